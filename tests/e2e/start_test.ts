import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { startProduct } from "./product.ts";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the start command as its user would, until it ends by itself. */
async function runStart(env: Readonly<Record<string, string>>): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "tools/start.ts"],
    env: { TOKENLYSIS_PORT: "0", TOKENLYSIS_NETWORK: "off", ...env },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** A data folder for one test. */
async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function countCandles(url: string): Promise<number> {
  const response = await fetch(`${url}/assets/bitcoin/candles?interval=1d&limit=5000`);
  return (await response.json()).length;
}

Deno.test("start: wrong settings end it with 78 and one line for each", async () => {
  const { code, stdout, stderr } = await runStart({
    TOKENLYSIS_PORT: "http",
    TOKENLYSIS_HOST: "0.0.0.0",
    TOKENLYSIS_DEMOO: "on",
    DATABASE_URL: "mysql://user:hunter2@db/x",
  });
  assertEquals(code, 78);
  assertEquals(stdout, "");
  assertEquals(stderr.trim().split("\n").length, 4, stderr);
  assertMatch(stderr, /TOKENLYSIS_PORT: expected a whole number from 0 to 65535, got "http"/);
  assertMatch(stderr, /TOKENLYSIS_HOST: expected 127\.0\.0\.1/);
  assertMatch(stderr, /TOKENLYSIS_DEMOO: no such setting; did you mean TOKENLYSIS_DEMO\?/);
  assertMatch(stderr, /DATABASE_URL: expected sqlite:PATH or postgresql:/);
  assert(!stderr.includes("hunter2"), "the password is not printed");
});

const BROKEN_STORES: readonly {
  name: string;
  prepare: (file: string) => void | Promise<void>;
  pattern: RegExp;
}[] = [
  {
    name: "a database of another program",
    prepare(file) {
      const db = new DatabaseSync(file);
      db.exec("create table notes (text text)");
      db.close();
    },
    pattern: /another program made it; choose another path/,
  },
  {
    name: "a file that is no database",
    prepare: (file) => Deno.writeTextFile(file, "timestamp,open,high,low,close\n".repeat(500)),
    pattern: /tokenlysis\.db/,
  },
  {
    name: "a database of a newer version",
    async prepare(file) {
      const dataDir = file.slice(0, file.lastIndexOf("/"));
      await (await startProduct({ dataDir, env: { TOKENLYSIS_DEMO: "off" } })).close();
      const db = new DatabaseSync(file);
      db.exec("insert into schema_migrations (name, applied_at) values ('299901010000_x', 0)");
      db.close();
    },
    pattern: /newer/i,
  },
];
for (const { name, prepare, pattern } of BROKEN_STORES) {
  Deno.test(`start: ${name} stops it with one sentence that says what to do`, async () => {
    await withFolder(async (folder) => {
      await prepare(`${folder}/tokenlysis.db`);
      const before = await Deno.readFile(`${folder}/tokenlysis.db`);
      const { code, stderr } = await runStart({ TOKENLYSIS_DATA_DIR: folder });
      assertEquals(code, 1, stderr);
      assertMatch(stderr, pattern);
      assertEquals(stderr.trim().split("\n").length, 1, stderr);
      assert(!stderr.includes("    at "), "no stack is shown");
      assertEquals(await Deno.readFile(`${folder}/tokenlysis.db`), before, "the file is untouched");
    });
  });
}

Deno.test("start: a port in use stops it and names the setting", async () => {
  await withFolder(async (folder) => {
    const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { code, stderr } = await runStart({
      TOKENLYSIS_DATA_DIR: folder,
      TOKENLYSIS_PORT: String(taken.addr.port),
      TOKENLYSIS_DEMO: "off",
      TOKENLYSIS_LOG_LEVEL: "error",
    });
    taken.close();
    assertEquals(code, 1);
    assertMatch(stderr, /another program does: stop it or set TOKENLYSIS_PORT/);
  });
});

Deno.test("start: without network and data it answers with demo data and says so", async () => {
  await using product = await startProduct({ env: { TOKENLYSIS_DEMO: "auto" } });
  const health = await fetch(`${product.url}/health`);
  assertEquals(health.status, 200);
  assertEquals((await health.json()).status, "ok");
  for (const path of ["/", "/assets/bitcoin", "/docs", "/styleguide"]) {
    const response = await fetch(product.url + path);
    assertEquals(response.status, 200, path);
    assertMatch(await response.text(), /Demo data/, path);
  }
});

Deno.test("start: demo data stays away where it is turned off", async () => {
  await using product = await startProduct({ env: { TOKENLYSIS_DEMO: "off" } });
  assertEquals(await countCandles(product.url), 0);
  assertMatch(await (await fetch(product.url)).text(), /No candles are stored yet/);
});

Deno.test("start: each log line of a trial names its environment", async () => {
  const env = { ENVIRONMENT: "test", LOG_LEVEL: "debug", TOKENLYSIS_DEMO: "off" };
  const product = await startProduct({ env });
  await product.close();
  const lines = product.output().split("\n").filter((line) => line.startsWith("{"));
  assert(lines.length > 0, "it logged something");
  assertEquals(new Set(lines.map((line) => JSON.parse(line).environment)), new Set(["test"]));
});

Deno.test("start: it serves on, and keeps its log for the console, when nobody reads it", async () => {
  await withFolder(async (folder) => {
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", "tools/start.ts"],
      env: { TOKENLYSIS_PORT: "0", TOKENLYSIS_NETWORK: "off", TOKENLYSIS_DATA_DIR: folder },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    await process.stderr.cancel();
    let [text, url] = ["", ""];
    for await (const part of process.stdout.pipeThrough(new TextDecoderStream())) {
      text += part;
      url = /listening on (\S+)/.exec(text)?.[1] ?? "";
      if (url !== "") break;
    }
    const events = await fetch(`${url}/api/stream/prices`);
    for await (const part of events.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      if (part.includes("price_update")) break;
    }
    const { data } = await (await fetch(`${url}/api/ops/logs`)).json();
    const messages = data.map(({ message }: { message: string }) => message);
    assert(messages.includes("Feeding live prices"), messages.join());
    process.kill("SIGTERM");
    assertEquals((await process.status).code, 0);
  });
});

Deno.test("stop: SIGTERM ends it cleanly within five seconds, with a request under way", async () => {
  const product = await startProduct();
  const pending = fetch(`${product.url}/assets/bitcoin/candles?interval=5m&limit=5000`);
  const response = await pending;
  const toldMs = performance.now();
  product.process.kill("SIGTERM");
  assertEquals(response.status, 200);
  assert((await response.json()).length > 1_000);
  assertEquals((await product.process.status).code, 0, product.output());
  assert(performance.now() - toldMs < 5_000);
  await product.close();
});

Deno.test("stop: a killed process loses nothing and starts again on the same folder", async () => {
  await withFolder(async (dataDir) => {
    const first = await startProduct({ dataDir });
    const before = await countCandles(first.url);
    first.process.kill("SIGKILL");
    await first.close();
    await using second = await startProduct({ dataDir });
    assert(before > 700);
    assertEquals(await countCandles(second.url), before);
  });
});

Deno.test("start: --help says what it reads, and an argument it does not know is refused", async () => {
  const run = (arg: string) =>
    new Deno.Command(Deno.execPath(), { args: ["run", "--quiet", "-A", "tools/start.ts", arg] })
      .output();
  const help = await run("--help");
  assertEquals(help.code, 0);
  assertMatch(new TextDecoder().decode(help.stdout), /TOKENLYSIS_DATA_DIR/);
  const wrong = await run("--port");
  assertEquals(wrong.code, 2);
  assertMatch(new TextDecoder().decode(wrong.stderr), /Cannot read the argument "--port"/);
});
