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
    allowedHosts: [],
    port: 8000,
    dataDir: "./data",
    demo: "auto",
    isNetworkAllowed: true,
    auth: "local",
    logLevel: "info",
    database: { url: null, migrationUrl: null },
    redis: null,
    market: {
      venues: ["binance", "coinbase"],
      streamUrls: {},
      restUrls: {},
      liveAssets: null,
      coingeckoKey: null,
    },
    exchangerateKey: null,
    pools: {
      provider: null,
      duneKey: null,
      duneQueries: [],
      flipsideKey: null,
      flipsideSql: null,
      charts: [],
      tickSeconds: 1,
      minFetchSeconds: null,
      parameters: null,
    },
    etherscanKey: null,
    adminKey: null,
    maxStreams: null,
    rateLimits: "auto",
    trustedProxies: [],
  });
});

Deno.test("loadConfig() reads the names to answer to and the proxies to trust", () => {
  const { allowedHosts, trustedProxies } = loadConfig({
    TOKENLYSIS_ALLOWED_HOSTS: "crypto.example.org, my_box,*",
    TOKENLYSIS_TRUSTED_PROXIES: "127.0.0.1, ::1,10.0.0.0/8",
  });
  assertEquals(allowedHosts, ["crypto.example.org", "my_box", "*"]);
  assertEquals(trustedProxies, ["127.0.0.1", "::1", "10.0.0.0/8"]);
});

Deno.test("loadConfig() reads where pools come from, by the names that others use", () => {
  const { pools, adminKey } = loadConfig({
    DATA_PROVIDER: "dune",
    DUNE_API_KEY: "key",
    TOKENLYSIS_DUNE_QUERIES: "7, 8",
    SCHEDULER_TICK_SECONDS: "5",
    PROVIDER_MIN_FETCH_SECONDS: "60",
    POOLS_CONFIG_JSON: "{}",
    ADMIN_API_KEY: "admin",
  });
  assertEquals([pools.provider, pools.tickSeconds, pools.minFetchSeconds], ["dune", 5, 60]);
  assertEquals([pools.duneQueries, pools.parameters], [["7", "8"], "{}"]);
  assertEquals([pools.duneKey?.reveal(), adminKey?.reveal()], ["key", "admin"]);
  assertThrows(() => loadConfig({ DATA_PROVIDER: "dunne" }), { type: ConfigError });
});

Deno.test("loadConfig() reads where prices come from", () => {
  const { market, redis, rateLimits, maxStreams, exchangerateKey } = loadConfig({
    TOKENLYSIS_MARKET_VENUES: "coinbase, binance",
    TOKENLYSIS_MARKET_STREAM_URLS: "ws://127.0.0.1:9443/, coinbase=ws://localhost:9444," +
      "wss://ws-feed.exchange.coinbase.com, binance=wss://data-stream.binance.vision",
    TOKENLYSIS_MARKET_REST_URLS: "coingecko=https://pro-api.coingecko.com/api/v3",
    TOKENLYSIS_LIVE_ASSETS: "bitcoin, eth",
    COINGECKO_API_KEY: "key",
    TOKENLYSIS_EXCHANGERATE_KEY: "rates",
    UPSTASH_REDIS_REST_URL: "https://redis.example",
    UPSTASH_REDIS_REST_TOKEN: "token",
    TOKENLYSIS_RATE_LIMITS: "on",
    TOKENLYSIS_MAX_STREAMS: "15000",
  });
  assertEquals(maxStreams, 15_000);
  assertEquals(market.venues, ["binance", "coinbase"]);
  assertEquals(market.streamUrls, {
    binance: ["ws://127.0.0.1:9443", "wss://data-stream.binance.vision"],
    coinbase: ["ws://localhost:9444", "wss://ws-feed.exchange.coinbase.com"],
  });
  assertEquals(market.restUrls, { coingecko: ["https://pro-api.coingecko.com/api/v3"] });
  assertEquals(market.liveAssets, ["bitcoin", "eth"]);
  assertEquals(market.coingeckoKey?.reveal(), "key");
  assertEquals(exchangerateKey?.reveal(), "rates");
  assertEquals([redis?.url.reveal(), redis?.token.reveal()], ["https://redis.example", "token"]);
  assertEquals(rateLimits, "on");
  assertEquals(loadConfig({ TOKENLYSIS_MARKET_VENUES: "none" }).market.venues, []);
  assertEquals(
    loadConfig({ BINANCE_WS_URL: "wss://stream.binance.com:9443" }).market.streamUrls,
    { binance: ["wss://stream.binance.com:9443"] },
  );
});

Deno.test("loadConfig() names every wrong setting of the market and of Redis", () => {
  const error = assertThrows(() =>
    loadConfig({
      TOKENLYSIS_MARKET_VENUES: "kraken",
      TOKENLYSIS_MARKET_STREAM_URLS: "https://stream.binance.com",
      TOKENLYSIS_MARKET_REST_URLS: "kraken=https://api.kraken.com",
      TOKENLYSIS_LIVE_ASSETS: Array.from({ length: 51 }, (_, at) => `coin-${at}`).join(),
      UPSTASH_REDIS_REST_URL: "redis://secret@host:6379",
      TOKENLYSIS_MAX_STREAMS: "0",
    }), { type: ConfigError });
  assert(error instanceof ConfigError);
  assertEquals(error.problems.map((line) => line.split(":")[0]), [
    "UPSTASH_REDIS_REST_URL",
    "TOKENLYSIS_REDIS_REST_TOKEN",
    "TOKENLYSIS_MARKET_VENUES",
    "TOKENLYSIS_MARKET_STREAM_URLS",
    "TOKENLYSIS_MARKET_REST_URLS",
    "TOKENLYSIS_LIVE_ASSETS",
    "TOKENLYSIS_MAX_STREAMS",
  ]);
  assert(!error.message.includes("secret"));
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

for (const other of ["DATABASE_URL", "ALEMBIC_DATABASE_URL", "LOG_LEVEL", "ENVIRONMENT"]) {
  Deno.test(`loadConfig() knows a setting by its other name ${other}`, () => {
    const values: Environment = { LOG_LEVEL: "debug", ENVIRONMENT: "development" };
    const { database, logLevel, environment } = loadConfig({
      [other]: values[other] ?? "sqlite:x",
    });
    const read: Environment = {
      DATABASE_URL: database.url?.reveal(),
      ALEMBIC_DATABASE_URL: database.migrationUrl?.reveal(),
      LOG_LEVEL: logLevel,
      ENVIRONMENT: environment,
    };
    assertEquals(read[other], values[other] ?? "sqlite:x");
  });
}

const databaseUrls: { url: string; isRead: boolean }[] = [
  { url: "sqlite:data/x.db", isRead: true },
  { url: "sqlite::memory:", isRead: true },
  { url: "postgresql://u:p@h:5432/d?sslmode=require", isRead: true },
  { url: "sqlite:", isRead: false },
  { url: "postgresql:d", isRead: false },
  { url: "postgres://u:hunter2@h:99999/d", isRead: false },
  { url: "hunter2", isRead: false },
];
for (const { url, isRead } of databaseUrls) {
  Deno.test(`loadConfig() ${isRead ? "takes" : "refuses"} the database ${url}`, () => {
    if (isRead) assertEquals(loadConfig({ DATABASE_URL: url }).database.url?.reveal(), url);
    else assertThrows(() => loadConfig({ DATABASE_URL: url }), { type: ConfigError });
  });
}

Deno.test("loadConfig() tells no secret, whether it is wrong, doubled or printed", () => {
  const wrong = "mysql://u:hunter2@h/d";
  const other = "postgres://u:hunter2@h/e";
  for (const url of [wrong, "postgres://u:hunter2@h/d"]) {
    const names = { TOKENLYSIS_DATABASE_URL: url, DATABASE_URL: other };
    const error = assertThrows(() => loadConfig(names), { type: ConfigError });
    assert(!`${error.message}${error.stack}`.includes("hunter2"));
  }
  const config = loadConfig({ DATABASE_URL: other, ALEMBIC_DATABASE_URL: other });
  assert(!`${Deno.inspect(config)}${JSON.stringify(config)}`.includes("hunter2"));
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
  ...["https://example.org", "example.org:443", "example.org/app", "*.example.org", "a b"].map(
    (given) => ({
      env: { TOKENLYSIS_ALLOWED_HOSTS: given },
      problem: "TOKENLYSIS_ALLOWED_HOSTS: expected host names between commas, without scheme, " +
        `port and path, or * for any, got "${given}"`,
    }),
  ),
  ...["proxy.example", "10.0.0.0/33", "127.0.0.1:80"].map((given) => ({
    env: { TOKENLYSIS_TRUSTED_PROXIES: given },
    problem: "TOKENLYSIS_TRUSTED_PROXIES: expected IP addresses and networks such as 10.0.0.0/8 " +
      `between commas, got "${given}"`,
  })),
];
for (const { env, problem } of problems) {
  const given = Object.entries(env).map((entry) => entry.join("="));
  Deno.test(`loadConfig() refuses ${given.join(" with ")}`, () => {
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

for (const line of [`A="hunter2`, `A='hunter2`, `A="hunter2" b`, `A="`, `A='it's'`]) {
  Deno.test(`readEnvFile() refuses ${line}, whose quote does not end the value`, () => {
    const error = assertThrows(() => readEnvFile(line), { type: ConfigError });
    assertEquals(error.problems, [".env line 1: expected nothing but a comment after the quotes"]);
  });
}

Deno.test("readEnvFile() reads a first line behind a byte order mark", () => {
  assertEquals({ ...readEnvFile("\uFEFFA=1\nB=2") }, { A: "1", B: "2" });
});

Deno.test("readEnvFile() keeps quotes inside a bare value, and the last of two lines", () => {
  assertEquals({ ...readEnvFile(`A=it's\nA=say "hi"\nB=''\nC="#1"`) }, {
    A: 'say "hi"',
    B: "",
    C: "#1",
  });
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
