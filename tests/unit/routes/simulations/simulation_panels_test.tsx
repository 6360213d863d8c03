import { renderToString } from "preact-render-to-string";
import { AllocationPanel } from "@/routes/simulations/(_components)/ResultPanels.tsx";
import { DecisionsPanel } from "@/routes/simulations/(_components)/DecisionsPanel.tsx";
import { parseSimulationView } from "@/routes/simulations/(_components)/simulation_view.ts";
import {
  growthSet,
  heldPools,
  shareColumns,
} from "@/routes/simulations/(_components)/simulation_series.ts";
import type { Pool } from "@/services/defi/mod.ts";
import { assertClose, assertEquals, assertMatch } from "@/tests/assert.ts";
import { sampleDay } from "../../defi/pool_sample.ts";
import { dailyPool, sampleSimulated } from "../../defi/autopilot/pools_sample.ts";

const looked = (count: number, given = {}) =>
  Array.from({ length: count }, (_, day) => ({ ...given, updatedAt: sampleDay(day) }));
const view = parseSimulationView(new URL("http://localhost/simulations/autopilot"));

Deno.test("shareColumns() adds up to all at each step, with cash as the last part", () => {
  const pools = Array.from({ length: 14 }, (_, at) => dailyPool(`p${at}`, looked(12)));
  const found = sampleSimulated({ maxWeight: 0.07 }, pools);
  const columns = shareColumns(found);
  assertEquals(columns.map(({ label }) => label).slice(-2), ["5 others", "Cash"]);
  for (const step of found.simulation.times.keys()) {
    assertClose(columns.reduce((sum, { values }) => sum + (values[step] ?? NaN), 0), 1);
  }
  assertEquals(heldPools(found).length, 14);
});

Deno.test("heldPools() labels no two pools alike", () => {
  const named = (address: string, given: Partial<Pool>) => {
    const history = dailyPool(address, looked(12));
    return { ...history, pool: { ...history.pool, chain: "polygon", symbol: "USDC", ...given } };
  };
  const pools = [
    named("a", { mark: "0x2791…4174" }),
    named("b", { mark: "0x3c49…3359" }),
    named("c", { protocol: "compound-v3" }),
    named("d", { symbol: "DAI" }),
  ];
  const found = sampleSimulated({ maxWeight: 0.25 }, pools);
  assertEquals(heldPools(found).map(({ label }) => label).sort(), [
    "DAI pol",
    "USDC pol 0x2791",
    "USDC pol 0x3c49",
    "USDC pol Compound v3",
  ]);
});

Deno.test("growthSet() marks the bars at which the portfolio was changed", () => {
  const { marks, lines } = growthSet(sampleSimulated());
  assertEquals(marks?.map(({ at, sign }) => [at, sign]), [[2, "↔"]]);
  assertEquals(lines.map(({ key }) => key), ["autopilot", "equal_weight", "largest_tvl", "hold"]);
  assertEquals(lines[0]?.values[0], 0);
});

const states = [
  { name: "a range without readings", pools: [dailyPool("a", [])], words: /No reading lies/ },
  {
    name: "readings that were fetched afterwards",
    pools: [dailyPool("a", looked(12, { ingestedAt: sampleDay(40) }))],
    words: /Nothing was known in time.*All 11 readings/s,
  },
  {
    name: "rules that leave nothing",
    pools: [dailyPool("a", looked(12, { supplyApy: 0 }))],
    words: /Nothing was bought.*0 pools could be had; left out: it paid nothing \(1\)/s,
  },
  {
    name: "costs that take all there is",
    given: { capitalUsd: 10, gasUsd: 11, feeBps: 7.5 },
    pools: [dailyPool("a", looked(12))],
    words: /Costs would have taken all there is.*costs 11\.00 USD of gas.*7\.5 basis points/s,
  },
];
for (const { name, pools, words, given = {} } of states) {
  Deno.test(`AllocationPanel tells what to do about ${name}`, () => {
    const found = sampleSimulated(given, pools);
    assertMatch(renderToString(<AllocationPanel found={found} view={view} />), words);
  });
}

Deno.test("DecisionsPanel pages through decisions, and says where a filter leaves none", () => {
  const found = sampleSimulated();
  const [decision] = found.simulation.decisions;
  const decisions = Array.from({ length: 45 }, () => decision).filter((one) => one !== undefined);
  const many = { ...found, simulation: { ...found.simulation, decisions } };
  const last = renderToString(<DecisionsPanel found={many} view={{ ...view, page: 99 }} />);
  assertMatch(last, /Page 3 of 3/);
  assertEquals(last.match(/explain\/decision\/\d+/g)?.length, 5);
  const none = renderToString(<DecisionsPanel found={many} view={{ ...view, shown: "put_off" }} />);
  assertMatch(none, /No such decision/);
});
