import { assertClose, assertEquals, assertMatch } from "@/tests/assert.ts";
import { fakeCliIo } from "@/tests/fakes/cli_io.ts";
import { runScript } from "@/tools/cli.ts";
import { RETURNS_COMPUTE } from "@/tools/returns_compute.ts";

async function run(stdin: string, args: readonly string[] = ["--json"]) {
  const { io, printed } = fakeCliIo(args, { stdin });
  return { code: await runScript(RETURNS_COMPUTE, io), ...printed };
}

const FIELDS = [
  ...["twr", "xirr", "modified_dietz", "cumulative", "annual_return", "volatility"],
  ...["downside_risk", "sharpe", "sortino", "calmar", "max_drawdown", "var95", "es95", "beta"],
  ...["n", "missing"],
];

Deno.test("returns:compute prints every field of the contract, null where it can't", async () => {
  const { code, stdout, stderr } = await run("{}");
  assertEquals([code, stderr], [0, ""]);
  const outcome = JSON.parse(stdout);
  assertEquals(Object.keys(outcome), FIELDS);
  for (const field of FIELDS.slice(0, -2)) assertEquals(outcome[field], null, field);
  assertEquals([outcome.n, outcome.missing], [0, 0]);
});

Deno.test("returns:compute measures dated values and flows in any order", async () => {
  const { stdout } = await run(JSON.stringify({
    values: [
      { t: "2026-01-01T00:00:00Z", value: 160 },
      { t: "2025-01-01T01:00:00+01:00", value: 100 },
      { t: "2025-07-02", value: 120 },
    ],
    flows: [{ t: "2025-07-02T00:00:00.000Z", amount: -50 }],
  }));
  const outcome = JSON.parse(stdout);
  assertClose(outcome.twr, 0.12941176, 1e-8);
  assertClose(outcome.xirr, 0.08026584, 1e-8);
  assertClose(outcome.modified_dietz, 0.07995619, 1e-8);
});

Deno.test("returns:compute measures the risk of returns", async () => {
  const { stdout } = await run(JSON.stringify({
    returns: [null, 0.01, 0.1, -0.04, 0.02, 0.03, 0.02, 0.01, -0.1],
    benchmark: [0.1, 0.005, 0.05, -0.02, 0.01, 0.015, 0.01, 0.005, -0.05],
    periods_per_year: 252,
  }));
  const outcome = JSON.parse(stdout);
  assertClose(outcome.volatility, 0.9136465399704637);
  assertClose(outcome.sharpe, 1.7238613961706866);
  assertClose(outcome.calmar, 19.135925373194233);
  assertClose(outcome.beta, 2);
  assertEquals([outcome.n, outcome.missing], [8, 1]);
});

const refusals: { name: string; input: unknown; message: RegExp }[] = [
  { name: "a list", input: [], message: /Cannot read the input/ },
  { name: "no date", input: { values: [{ t: "1/2/25", value: 1 }] }, message: /ISO 8601/ },
  {
    name: "a day that is none",
    input: { flows: [{ t: "2025-06-31", amount: 1 }] },
    message: /06-31/,
  },
  { name: "no year at all", input: { periods_per_year: 0 }, message: /periods_per_year/ },
  {
    name: "a market of another length",
    input: { returns: [0.1], benchmark: [] },
    message: /expected 1/,
  },
  {
    name: "two values at one instant",
    input: { values: [{ t: "2025-01-01", value: 1 }, { t: "2025-01-01", value: 2 }] },
    message: /two values/,
  },
];
for (const { name, input, message } of refusals) {
  Deno.test(`returns:compute refuses ${name} in one sentence`, async () => {
    const { code, stdout, stderr } = await run(JSON.stringify(input));
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, message);
    assertEquals(stderr.trim().split("\n").length, 1);
  });
}

Deno.test("returns:compute runs as a process of its own", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-env", "tools/returns_compute.ts", "--json"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode('{"returns":[0.1,0.1]}'));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  assertClose(JSON.parse(new TextDecoder().decode(stdout)).cumulative, 0.21);
});
