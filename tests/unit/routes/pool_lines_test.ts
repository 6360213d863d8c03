import { poolColumns } from "@/components/pools/pool_columns.ts";
import { poolLinesHtml } from "@/routes/pools/(_components)/PoolLines.tsx";
import { DAY_MS } from "@/services/kernel/time.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { sampleCard } from "@/tests/unit/defi/pool_card_sample.ts";

const view = { method: "v1", asof: null } as const;
const columns = poolColumns("v1");

function lines(
  cards: Parameters<typeof poolLinesHtml>[0],
  newestAt: number | null = null,
): string {
  return poolLinesHtml(cards, { columns, view, newestAt });
}

Deno.test("poolLinesHtml() has a row a pool, whose figures lead to their explanation", () => {
  const html = lines([sampleCard({ symbol: "USDC" }), sampleCard({ symbol: "DAI" })]);
  assertEquals(html.match(/<tr /g)?.length, 2);
  assert(html.includes('href="/pools/aave-v3-ethereum-usdc/explain/supply_apy"'));
  assert(html.includes('data-figure="utilization" data-value="0.8"'), html);
});

Deno.test("poolLinesHtml() names what is the matter, and counts what has no room", () => {
  const days = [0.5, 0.5, 0.99].map((utilization, day) => ({
    ...{ utilization, tvlUsd: 1e6, supplyApy: 0.02 + day / 100, incentiveApy: 0.5 },
  }));
  const html = lines([sampleCard({}, days)]);
  assert(html.includes("<span>Nearly all lent</span><b>+2</b>"), html);
});

Deno.test("poolLinesHtml() dates a pool that was read long before the others", () => {
  const card = sampleCard();
  const { asof } = card.metrics;
  assert(!lines([card], asof + DAY_MS).includes("stale, last read"));
  assert(lines([card], asof + 3 * DAY_MS).includes("stale, last read"));
});

Deno.test("poolLinesHtml() tells what is unknown from what does not apply", () => {
  const unknown = { utilization: null, tvlUsd: null, borrowApy: null };
  const lending = lines([sampleCard({}, [unknown, unknown])]);
  assert(lending.includes("unknown: the source gives no utilisation"));
  const staking = lines([sampleCard({ kind: "staking" }, [unknown, unknown])]);
  assert(staking.includes("this pool lends nothing out"));
  assert(staking.includes("unknown: the source gives no TVL"));
});
