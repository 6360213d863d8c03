import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { fakeCliIo } from "@/tests/fakes/cli_io.ts";
import { runScript } from "@/tools/cli.ts";
import { INDICATORS_COMPUTE } from "@/tools/indicators_compute.ts";

async function run(stdin: string, args: readonly string[] = ["--json"]) {
  const { io, printed } = fakeCliIo(args, { stdin });
  return { code: await runScript(INDICATORS_COMPUTE, io), ...printed };
}

const REQUEST = {
  names: ["sma:2", "macd:1-2-1", "tr"],
  close: [1, 3, null, 5],
  high: [2, 4, 5, 6],
  low: [1, 2, 3, 4],
};
const ANSWER = {
  series: {
    "sma:2": [null, 2, null, null],
    "macd:1-2-1": {
      macd: [null, 1, null, null],
      signal: [null, 1, null, null],
      histogram: [null, 0, null, null],
    },
    tr: [null, 3, null, null],
  },
  missing: 1,
};

Deno.test("indicators:compute prints one JSON object and nothing else", async () => {
  for (const args of [["--json"], []]) {
    const { code, stdout, stderr } = await run(JSON.stringify(REQUEST), args);
    assertEquals([code, stderr], [0, ""]);
    assertEquals(JSON.parse(stdout), ANSWER);
  }
});

const refusals: { name: string; stdin: string; message: RegExp }[] = [
  { name: "no input", stdin: "", message: /expected a JSON object/ },
  { name: "no JSON", stdin: "{", message: /valid JSON/ },
  { name: "another shape", stdin: '{"names":["sma:2"],"close":[1,"2"]}', message: /close\.1/ },
  { name: "an infinite number", stdin: '{"names":["sma:2"],"close":[1e999]}', message: /close\.0/ },
  { name: "an unknown name", stdin: '{"names":["foo:2"],"close":[1]}', message: /sma:N/ },
  { name: "no names", stdin: '{"names":[],"close":[1]}', message: /1 to 20/ },
  { name: "no ranges", stdin: '{"names":["tr"],"close":[1]}', message: /high and low/ },
  {
    name: "ranges of another length",
    stdin: '{"names":["tr"],"close":[1],"high":[1,2],"low":[1]}',
    message: /high with close: expected 1 values, got 2/,
  },
];
for (const { name, stdin, message } of refusals) {
  Deno.test(`indicators:compute refuses ${name} in one sentence`, async () => {
    const { code, stdout, stderr } = await run(stdin);
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, message);
    assertEquals(stderr.trim().split("\n").length, 1);
  });
}

Deno.test("indicators:compute exits with 2 for a flag that it does not know", async () => {
  assertEquals((await run("{}", ["--fast"])).code, 2);
});

Deno.test("indicators:compute explains itself", async () => {
  const { code, stdout } = await run("", ["--help"]);
  assertEquals(code, 0);
  assertMatch(stdout, /^Usage: deno task indicators:compute/);
});

Deno.test("indicators:compute takes a million points", async () => {
  const close = Array.from({ length: 1_000_000 }, (_, i) => i % 1_000 === 999 ? null : 100 + i % 7);
  const { code, stdout } = await run(JSON.stringify({ names: ["sma:7"], close }));
  assertEquals(code, 0);
  const { series, missing } = JSON.parse(stdout);
  assertEquals(series["sma:7"].length, 1_000_000);
  assertEquals(missing, 1_000);
});

Deno.test("indicators:compute runs as a process of its own", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-env", "tools/indicators_compute.ts", "--json"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(REQUEST)));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  assertEquals(new TextDecoder().decode(stderr), "");
  assertEquals(code, 0);
  const text = new TextDecoder().decode(stdout);
  assert(text.endsWith("\n"));
  assertEquals(JSON.parse(text), ANSWER);
});
