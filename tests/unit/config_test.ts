import {
  ConfigError,
  type Environment,
  loadConfig,
  readEnvFile,
  withEnvFile,
} from "@/services/config.ts";
import { assert, assertEquals, assertThrows } from "@/tests/assert.ts";

Deno.test("loadConfig() runs a bare checkout on this machine alone", () => {
  assertEquals(loadConfig({ PATH: "/bin", HOME: "/root" }), {
    environment: "production",
    host: "127.0.0.1",
    port: 8000,
    dataDir: "./data",
    demo: "auto",
    isNetworkAllowed: true,
    auth: "local",
    logLevel: "info",
    database: { url: null, migrationUrl: null },
  });
});

Deno.test("loadConfig() reads every setting", () => {
  const config = loadConfig({
    TOKENLYSIS_HOST: " LOCALHOST ",
    TOKENLYSIS_PORT: "0",
    TOKENLYSIS_DATA_DIR: "/srv/data",
    TOKENLYSIS_DEMO: "off",
    TOKENLYSIS_NETWORK: "off",
    TOKENLYSIS_AUTH: "local",
    TOKENLYSIS_ENVIRONMENT: "test",
    TOKENLYSIS_LOG_LEVEL: "WARN",
    TOKENLYSIS_DATABASE_URL: "sqlite:x.db",
    ALEMBIC_DATABASE_URL: "postgres://u:p@h/d",
  });
  assertEquals(
    [config.host, config.port, config.dataDir, config.demo, config.isNetworkAllowed],
    ["localhost", 0, "/srv/data", "off", false],
  );
  assertEquals([config.environment, config.logLevel], ["test", "warn"]);
  assertEquals(config.database.url?.reveal(), "sqlite:x.db");
  assertEquals(config.database.migrationUrl?.reveal(), "postgres://u:p@h/d");
});

Deno.test("loadConfig() takes an empty text for a setting that is not set", () => {
  const empty = loadConfig({ TOKENLYSIS_PORT: "", TOKENLYSIS_DEMO: "  ", DATABASE_URL: "" });
  assertEquals(empty, loadConfig({}));
});

Deno.test("loadConfig() freezes the result throughout", () => {
  const config = loadConfig({ DATABASE_URL: "sqlite:x" });
  assert(Object.isFrozen(config) && Object.isFrozen(config.database));
});

const problems: { env: Environment; problem: string }[] = [
  {
    env: { TOKENLYSIS_HOST: "0.0.0.0" },
    problem: "TOKENLYSIS_HOST: expected 127.0.0.1, ::1, localhost, " +
      'as TOKENLYSIS_AUTH=local serves this machine only, got "0.0.0.0"',
  },
  {
    env: { TOKENLYSIS_PORT: "65536" },
    problem: 'TOKENLYSIS_PORT: expected a whole number from 0 to 65535, got "65536"',
  },
  {
    env: { TOKENLYSIS_PORT: "80.5" },
    problem: 'TOKENLYSIS_PORT: expected a whole number from 0 to 65535, got "80.5"',
  },
  {
    env: { TOKENLYSIS_DEMO: "maybe" },
    problem: 'TOKENLYSIS_DEMO: expected auto, on, off, got "maybe"',
  },
  {
    env: { TOKENLYSIS_AUTH: "password" },
    problem: "TOKENLYSIS_AUTH: expected local, as it is the only mode of this version, " +
      'got "password"',
  },
  {
    env: { LOG_LEVEL: "loud" },
    problem: 'LOG_LEVEL: expected debug, info, warn, error, got "loud"',
  },
  {
    env: { LOG_LEVEL: "info", TOKENLYSIS_LOG_LEVEL: "warn" },
    problem: "TOKENLYSIS_LOG_LEVEL: differs from LOG_LEVEL, another name of it; set one of them",
  },
  {
    env: { DATABASE_URL: "mysql://root:hunter2@h/d" },
    problem: "DATABASE_URL: expected sqlite:PATH or " +
      "postgresql://USER:PASSWORD@HOST:PORT/DATABASE",
  },
  {
    env: { TOKENLYSIS_PROT: "80" },
    problem: "TOKENLYSIS_PROT: no such setting; did you mean TOKENLYSIS_PORT?",
  },
  {
    env: { ENVIRONMENT: "staging" },
    problem: 'ENVIRONMENT: expected development, production, test, got "staging"',
  },
];
for (const { env, problem } of problems) {
  Deno.test(`loadConfig() refuses ${Object.keys(env).join(" with ")}=${Object.values(env)[0]}`, () => {
    const error = assertThrows(() => loadConfig(env), { type: ConfigError });
    assertEquals(error.problems, [problem]);
  });
}

Deno.test("loadConfig() tells all problems at once, a line each, for exit code 78", () => {
  const env = Object.assign({}, ...problems.slice(0, 4).map((one) => one.env));
  const error = assertThrows(() => loadConfig({ ...env, TOKENLYSIS_X: "1" }), {
    type: ConfigError,
  });
  assertEquals(error.problems.length, 4);
  assertEquals(error.message, error.problems.join("\n"));
  assertEquals(error.exitCode, 78);
});

Deno.test("loadConfig() takes two equal names for one", () => {
  const config = loadConfig({ LOG_LEVEL: "error", TOKENLYSIS_LOG_LEVEL: "error" });
  assertEquals(config.logLevel, "error");
});

Deno.test("readEnvFile() reads names and values, bare and quoted", () => {
  const text = [
    "\uFEFF# settings",
    "",
    "A=1",
    "  export B = two words  # a note",
    "C='as $it \\n stands' # a note",
    'D="line\\nbreak \\"quoted\\""',
    "E=",
    "F=a#b",
    "G=postgres://u:p=1@h/d?x=y",
    "H= # empty",
  ].join("\r\n");
  assertEquals({ ...readEnvFile(text) }, {
    A: "1",
    B: "two words",
    C: "as $it \\n stands",
    D: 'line\nbreak "quoted"',
    E: "",
    F: "a#b",
    G: "postgres://u:p=1@h/d?x=y",
    H: "",
  });
});

Deno.test("readEnvFile() names the lines that it can't read, not what they hold", () => {
  const error = assertThrows(() => readEnvFile("A=1\nhunter2\n1B=2"), { type: ConfigError });
  assertEquals(error.problems, [
    ".env line 2: expected NAME=value",
    ".env line 3: expected NAME=value",
  ]);
});

Deno.test("withEnvFile() lets the environment win, unless it is empty there", () => {
  const env = { A: "env", B: "", C: undefined };
  assertEquals({ ...withEnvFile(env, "A=file\nB=file\nC=file") }, {
    A: "env",
    B: "file",
    C: "file",
  });
  assertEquals(withEnvFile(env, null), env);
});
