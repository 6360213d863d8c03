import { markNamesakes } from "@/services/defi/pool_marks.ts";
import { nameOf } from "@/services/defi/mod.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import { assertEquals } from "@/tests/assert.ts";
import { samplePool } from "./pool_sample.ts";

const ADDRESS = "0x2791bca1f2de4661ed88a30c99a7a9449aa84174";

function marksOf(pools: Parameters<typeof markNamesakes>[0]) {
  return markNamesakes(pools).map(({ mark }) => mark);
}

Deno.test("markNamesakes() leaves pools alone that no other is called like", () => {
  const pools = [
    samplePool(),
    samplePool({ symbol: "DAI" }),
    samplePool({ protocol: "compound-v3" }),
    samplePool({ chain: "base" }),
  ];
  assertEquals(markNamesakes(pools), pools);
});

Deno.test("markNamesakes() tells pools of one token, protocol and chain apart by address", () => {
  const pools = [
    samplePool({ poolAddress: ADDRESS }),
    samplePool({ symbol: "USDc", poolAddress: "usdc" }),
    samplePool({ symbol: "DAI" }),
  ];
  assertEquals(marksOf(pools), ["0x2791…4174", "usdc", undefined]);
});

Deno.test("markNamesakes() tells by the day of maturity where that is enough", () => {
  const june = utcMsOf(Date.UTC(2026, 5, 25));
  const december = utcMsOf(Date.UTC(2026, 11, 31));
  const pools = [
    samplePool({ poolAddress: "0xa", maturityAt: june }),
    samplePool({ poolAddress: "0xb", maturityAt: december }),
    samplePool({ poolAddress: "0xc", maturityAt: december }),
  ];
  assertEquals(marksOf(pools), ["2026-06-25", "0xb", "0xc"]);
});

Deno.test("nameOf() names token, protocol and chain, and what tells namesakes apart", () => {
  const pool = samplePool({ protocol: "aave-v3", chain: "polygon", poolAddress: ADDRESS });
  const [marked = pool] = markNamesakes([pool, { ...pool, poolAddress: "usdc" }]);
  assertEquals(nameOf(pool), "USDC at Aave v3 on Polygon");
  assertEquals(nameOf(marked), "USDC 0x2791…4174 at Aave v3 on Polygon");
});
