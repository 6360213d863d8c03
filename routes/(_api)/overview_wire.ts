import { z } from "zod";
import { formatUtcMs } from "../../services/kernel/time.ts";
import type { MarketOverview } from "../../services/market/mod.ts";
import { quoteToWire } from "./quote_wire.ts";
import { Instant, Quote } from "./schemas.ts";

const Total = z.object({ value: z.number().nullable(), reason: z.string().nullable() });

/** The market at a glance, as clients read it. */
export const Overview = z.object({
  asof: Instant.nullable(),
  quotes: z.array(Quote),
  gainers: z.array(Quote),
  losers: z.array(Quote),
  breadth: z.object({
    advancing: z.number().int(),
    declining: z.number().int(),
    unchanged: z.number().int(),
    unknown: z.number().int(),
    median_change_24h: Total,
  }),
  total_market_cap: Total,
  total_volume_24h: Total,
  dominance: z.record(z.string(), z.number()).describe(
    "Share of the known market value, as a fraction, by asset; the ten largest",
  ),
  unpriced: z.number().int(),
  sources: z.array(z.string()),
  demo: z.boolean(),
  themes: z.array(z.string()),
}).meta({ id: "Overview" });

/** The overview with its first `limit` quotes. */
export function overviewToWire(
  overview: MarketOverview,
  { limit, hasSparkline }: { limit: number; hasSparkline: boolean },
): z.output<typeof Overview> {
  const { breadth } = overview;
  return {
    asof: overview.asof === null ? null : formatUtcMs(overview.asof),
    quotes: overview.quotes.slice(0, limit).map((quote) => ({
      ...quoteToWire(quote),
      ...hasSparkline && { sparkline: [...quote.sparkline] },
    })),
    gainers: overview.gainers.map(quoteToWire),
    losers: overview.losers.map(quoteToWire),
    breadth: {
      advancing: breadth.advancing,
      declining: breadth.declining,
      unchanged: breadth.unchanged,
      unknown: breadth.unknown,
      median_change_24h: breadth.medianChange24h,
    },
    total_market_cap: overview.totalMarketCapUsd,
    total_volume_24h: overview.totalVolume24hUsd,
    dominance: dominanceOf(overview),
    unpriced: overview.unpriced,
    sources: [...overview.sources],
    demo: overview.isDemo,
    themes: [...overview.themes],
  };
}

/** Assets whose dominance is listed. */
const DOMINANT = 10;

function dominanceOf({ quotes, totalMarketCapUsd }: MarketOverview): Record<string, number> {
  const total = totalMarketCapUsd.value;
  if (total === null || total <= 0) return {};
  const known = quotes.flatMap(({ assetId, marketCapUsd: { value } }) =>
    value === null || value <= 0 ? [] : [{ assetId, value }]
  );
  const largest = known.toSorted((a, b) => b.value - a.value).slice(0, DOMINANT);
  return Object.fromEntries(largest.map(({ assetId, value }) => [assetId, value / total]));
}
