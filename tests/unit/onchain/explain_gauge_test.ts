import {
  explainGauge,
  GAUGE_METRICS,
  gaugeFigureName,
  gaugeFigureOf,
} from "@/services/onchain/mod.ts";
import type { GaugeView } from "@/services/onchain/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { GAUGE_START, sampleGas } from "./gauge_sample.ts";

const FAST = { gauge: "eth_gas", metric: "fast" } as const;
const NONE = { resolution: "1m", points: [], hours: [] } as const;
const READ: GaugeView<"eth_gas"> = {
  ...{ enabled: true, source: "etherscan", latest: sampleGas(), isStale: false, tried: null },
  history: NONE,
};

Deno.test("gaugeFigureOf() reads the name that gaugeFigureName() gives every figure", () => {
  for (const metric of GAUGE_METRICS.eth_gas) {
    const name = gaugeFigureName("eth_gas", metric);
    assertEquals(gaugeFigureOf(name), { gauge: "eth_gas", metric });
  }
  for (const metric of GAUGE_METRICS.btc_mempool) {
    const name = gaugeFigureName("btc_mempool", metric);
    assertEquals(gaugeFigureOf(name), { gauge: "btc_mempool", metric });
  }
  for (const name of ["gas", "gas:", "gas:size", "mempool:fast", "price"]) {
    assertEquals(gaugeFigureOf(name), null, name);
  }
});

Deno.test("explainGauge() gives value, unit, source and what was read beside it", () => {
  const explained = explainGauge(FAST, READ);
  assertEquals([explained.figure, explained.assetId], ["gas:fast", "ethereum"]);
  assertEquals([explained.value, explained.unit, explained.reason], [36, "gwei", null]);
  assertEquals([explained.source, explained.asof], ["etherscan", GAUGE_START]);
  assertEquals(explained.inputs.map(({ value }) => value), [34, 35, 33.95]);
  assert(explained.words.length > 0 && explained.formula.length > 0);
});

const MISSING: readonly { name: string; view: GaugeView<"eth_gas">; reason: string }[] = [
  {
    name: "a gauge that is off by what turns it on",
    view: { enabled: false, reason: "ETHERSCAN_API_KEY is not set", setting: "set it" },
    reason: "ETHERSCAN_API_KEY is not set: set it",
  },
  {
    name: "a gauge that nobody read yet",
    view: { ...READ, latest: null },
    reason: "Nothing was read yet",
  },
  {
    name: "a gauge that can't be read by what its source says",
    view: { ...READ, latest: null, tried: { at: GAUGE_START, problem: "Invalid API Key" } },
    reason: "Invalid API Key",
  },
];
for (const { name, view, reason } of MISSING) {
  Deno.test(`explainGauge() tells the missing figure of ${name}`, () => {
    const explained = explainGauge(FAST, view);
    assertEquals([explained.value, explained.reason, explained.inputs], [null, reason, []]);
  });
}

Deno.test("explainGauge() tells a figure that the source leaves out", () => {
  const view = { ...READ, latest: sampleGas(GAUGE_START, { baseFee: null }) };
  const explained = explainGauge({ gauge: "eth_gas", metric: "base_fee" }, view);
  assertEquals([explained.value, explained.reason], [null, "The source does not give it"]);
});
