import { ConfigError } from "@/services/config.ts";
import { AppError, StartupError } from "@/services/kernel/errors.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "@/tests/assert.ts";
import { fakeCliIo } from "@/tests/fakes/cli_io.ts";
import {
  choiceOf,
  counted,
  Progress,
  readStdin,
  runScript,
  type Script,
  UsageError,
} from "@/tools/cli.ts";

const greet = {
  name: "greet",
  usage: "NAME [--times N]\n\nSays hello.",
  flags: { times: { type: "string" } },
  positionals: { min: 1, max: 2 },
  main({ flags, positionals, report }) {
    report({ names: positionals, times: flags.times ?? null }, `Hello ${positionals.join(" ")}`);
    return Promise.resolve();
  },
} as const satisfies Script<{ times: { type: "string" } }>;

function failing(error: unknown): Script {
  return { name: "fail", usage: "", flags: {}, main: () => Promise.reject(error) };
}

Deno.test("runScript() prints the text, or one JSON object with --json", async () => {
  const plain = fakeCliIo(["Ada"]);
  assertEquals(await runScript(greet, plain.io), 0);
  assertEquals(plain.printed, { stdout: "Hello Ada\n", stderr: "" });

  const json = fakeCliIo(["Ada", "--json", "--times", "2"]);
  assertEquals(await runScript(greet, json.io), 0);
  assertEquals(JSON.parse(json.printed.stdout), { names: ["Ada"], times: "2" });
  assertEquals(json.printed.stderr, "");
});

Deno.test("runScript() explains itself with --help, whatever else is missing", async () => {
  const { io, printed } = fakeCliIo(["--help"]);
  assertEquals(await runScript(greet, io), 0);
  assertMatch(printed.stdout, /^Usage: deno task greet NAME \[--times N\]\n\nSays hello\.\n$/);
});

const misuses: { name: string; args: string[]; message: RegExp }[] = [
  { name: "an unknown flag", args: ["Ada", "--loud"], message: /Unknown option '--loud'\n/ },
  { name: "a flag without its value", args: ["Ada", "--times"], message: /--times/ },
  { name: "too few arguments", args: [], message: /Got 0 arguments: expected 1-2/ },
  { name: "too many arguments", args: ["a", "b", "c"], message: /Got 3 arguments/ },
];
for (const { name, args, message } of misuses) {
  Deno.test(`runScript() exits with 2 for ${name}`, async () => {
    const { io, printed } = fakeCliIo(args);
    assertEquals(await runScript(greet, io), 2);
    assertMatch(printed.stderr, message);
    assertMatch(printed.stderr, /--help for its flags\n$/);
    assertEquals(printed.stdout, "");
  });
}

const failures: { error: Error; code: number; stderr: string }[] = [
  { error: new StartupError("No database"), code: 1, stderr: "fail: No database\n" },
  { error: new ConfigError(["A: bad", "B: bad"]), code: 1, stderr: "fail: A: bad\nB: bad\n" },
  { error: new AppError("CONFLICT", "Taken"), code: 1, stderr: "fail: Taken\n" },
  {
    error: new UsageError("Give a file"),
    code: 2,
    stderr: "fail: Give a file\nRun deno task fail --help for its flags\n",
  },
];
for (const { error, code, stderr } of failures) {
  Deno.test(`runScript() tells a ${error.name} in its own words`, async () => {
    const { io, printed } = fakeCliIo([]);
    assertEquals(await runScript(failing(error), io), code);
    assertEquals(printed, { stdout: "", stderr });
  });
}

Deno.test("runScript() shows where our own mistakes are", async () => {
  const { io, printed } = fakeCliIo([]);
  assertEquals(await runScript(failing(new RangeError("oops")), io), 1);
  assertMatch(printed.stderr, /RangeError: oops\n\s+at /);
});

Deno.test("Progress draws on a terminal after one second, and clears its line", () => {
  let now = 0;
  const { io, printed } = fakeCliIo([], { isTerminal: true, elapsedMs: () => now });
  const progress = new Progress("Importing", io);
  now = 900;
  progress.update(1, 4);
  assertEquals(printed.stderr, "");
  now = 1_000;
  progress.update(2, 4, "2 rows");
  assertMatch(printed.stderr, /Importing █{12}░{12} {2}50 % 2 rows$/);
  const drawn = printed.stderr;
  now = 1_050;
  progress.update(3, 4);
  assertEquals(printed.stderr, drawn, "not more often than every 100 ms");
  progress.end();
  assert(printed.stderr.endsWith("\r\x1b[2K"));
});

Deno.test("Progress is silent off a terminal", () => {
  let now = 0;
  const { io, printed } = fakeCliIo([], { elapsedMs: () => now });
  const progress = new Progress("Importing", io);
  now = 5_000;
  progress.update(1, 2);
  progress.end();
  assertEquals(printed.stderr, "");
});

Deno.test("readStdin() reads all of it, up to its limit", async () => {
  const { io } = fakeCliIo([], { stdin: "µ = 1" });
  assertEquals(await readStdin(io, { maxBytes: 6 }), "µ = 1");
  const short = fakeCliIo([], { stdin: "µ = 12" });
  const failed = await readStdin(short.io, { maxBytes: 6 }).catch((error) => error);
  assert(failed instanceof UsageError);
});

Deno.test("choiceOf() gives the name that was chosen, and refuses others with what there is", () => {
  const names = ["fifo", "lifo"] as const;
  assertEquals(choiceOf("lifo", { flag: "--method", names }), "lifo");
  assertThrows(() => choiceOf("best", { flag: "--method", names }), {
    type: UsageError,
    pattern: /^--method "best": expected one of fifo, lifo$/,
  });
});

Deno.test("counted() says one file and two files", () => {
  assertEquals([0, 1, 2].map((count) => counted(count, "file")), ["0 files", "1 file", "2 files"]);
});
