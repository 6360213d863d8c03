import { asofSpan, sourceNames } from "@/routes/(_overview)/AsofSpan.tsx";
import { coverage } from "@/routes/(_overview)/Totals.tsx";
import type { UtcMs } from "@/services/kernel/time.ts";
import type { AssetQuote } from "@/services/market/mod.ts";
import { assertEquals } from "@/tests/assert.ts";

const DAY = 86_400_000;
const unknown = { value: null, reason: "not given" } as const;

/** A priced asset whose newest close is of a day. */
function quote(day: number, marketCap: number | null): AssetQuote {
  const known = { value: 1, reason: null } as const;
  return {
    assetId: `asset-${day}` as AssetQuote["assetId"],
    symbol: "A",
    name: "A",
    themes: [],
    price: known,
    change24h: known,
    change7d: unknown,
    change30d: unknown,
    change1y: unknown,
    volume24hUsd: known,
    isVolumeEstimated: false,
    marketCapUsd: marketCap === null ? unknown : { value: marketCap, reason: null },
    sparkline: [],
    provenance: {
      source: "daily",
      resolution: "1d",
      asof: day * DAY as UtcMs,
      derivedFrom: null,
      isDemo: false,
    },
    freshness: "stale",
    state: "final",
    live: null,
  };
}

const cases: { name: string; quotes: AssetQuote[]; expected: string }[] = [
  {
    name: "is all where all are known and of one day",
    quotes: [quote(9, 1), quote(9, 2)],
    expected: "sum of all 2 priced assets",
  },
  {
    name: "counts the unknown apart",
    quotes: [quote(9, 1), quote(9, null)],
    expected: "sum of 1 of 2 priced assets",
  },
  {
    name: "dates the oldest part where it is a day or more behind",
    quotes: [quote(0, 1), quote(9, 2)],
    expected: "sum of all 2 priced assets; oldest of 1 Jan 1970",
  },
];
for (const { name, quotes, expected } of cases) {
  Deno.test(`coverage() ${name}`, () => {
    const overview = { quotes, unpriced: 0, asof: 9 * DAY as UtcMs };
    assertEquals(coverage(overview, ({ marketCapUsd }) => marketCapUsd), expected);
  });
}

Deno.test("asofSpan() is from the oldest to the newest, and null without any", () => {
  assertEquals(asofSpan([quote(4, 1), quote(2, 1), { provenance: null }]), {
    oldest: 2 * DAY,
    newest: 4 * DAY,
  });
  assertEquals(asofSpan([{ provenance: null }]), null);
});

Deno.test("sourceNames() names two sources and counts more", () => {
  assertEquals(sourceNames({ sources: [] }), "no source");
  assertEquals(sourceNames({ sources: ["a", "b"] }), "a, b");
  assertEquals(sourceNames({ sources: ["a", "b", "c"] }), "3 sources");
});
