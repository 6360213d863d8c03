import { priceFreshness } from "../kernel/price_freshness.ts";
import { DAY_MS, formatUtcMs, MINUTE_MS, type UtcMs } from "../kernel/time.ts";
import { intervalMs } from "./candle.ts";
import { CONSOLIDATED_SOURCE, type LivePrice } from "./live_ports.ts";
import {
  CHANGE_SPANS,
  type ChangeBase,
  type ChangeFigure,
  figureOf,
  missing,
  NOTHING_STORED,
  type QuoteFacts,
} from "./quotes.ts";
import type { AssetQuote, Figure, Freshness, Provenance } from "./read_models.ts";
import { changeRatio, finiteOrNull } from "../kernel/numbers.ts";
import { asofOfSeries, DEMO_SOURCE, isDemoSource } from "./series_choice.ts";

/** Sources whose prices are the last trades, as opposed to an answer asked for now and then. */
const TRADED_SOURCES: ReadonlySet<string> = new Set([CONSOLIDATED_SOURCE, DEMO_SOURCE]);

/** A live price that stopped this long before the newest candle is no longer the asset's price. */
const MAX_BEHIND_CANDLE_MS = MINUTE_MS;

/** Figures of another time than the price stand beside it for at most this long. */
const MAX_ASIDE_MS = 2 * DAY_MS;

/** A base may lie off the instant that a change looks back to by this share of the span. */
const MAX_BASE_OFFSET = 1 / 7;

/** How a live price stands against the time of asking. */
export function freshnessOfLive(
  { source, asof }: Pick<LivePrice, "source" | "asof">,
  now: UtcMs,
): Freshness {
  return priceFreshness(now - asof, { isTraded: TRADED_SOURCES.has(source) });
}

/**
 * Whether the live price is the asset's price: unless candles go on well after it. A synthetic one
 * is only where the demo market's candles show, which hide as soon as anything real is stored.
 */
export function isLivePriceInForce(live: LivePrice, facts: QuoteFacts | null): boolean {
  const isLiveDemo = isDemoSource(live.source);
  if (facts === null) return !isLiveDemo;
  const { series } = facts;
  if (isLiveDemo !== isDemoSource(series.source)) return !isLiveDemo;
  return asofOfSeries(series) - live.asof <= MAX_BEHIND_CANDLE_MS;
}

/** The stored facts that may stand beside the live price: of the same world, and not too old. */
export function factsBeside(live: LivePrice, facts: QuoteFacts | null): QuoteFacts | null {
  if (facts === null || isDemoSource(live.source) !== isDemoSource(facts.series.source)) {
    return null;
  }
  return live.asof - asofOfSeries(facts.series) <= MAX_ASIDE_MS ? facts : null;
}

/** Where a live price comes from. */
export function provenanceOfLive({ source, asof }: LivePrice): Provenance {
  return { source, resolution: "tick", asof, derivedFrom: null, isDemo: isDemoSource(source) };
}

/**
 * The change of the live price over the span: against the stored close that stands that long
 * before it, give or take a seventh of the span.
 */
export function liveChangeFigure(
  live: LivePrice,
  { figure, facts }: { figure: ChangeFigure; facts: QuoteFacts | null },
): Figure {
  const { ms: spanMs, words } = CHANGE_SPANS[figure];
  const base = facts?.bases[figure] ?? null;
  const instant = live.asof - spanMs as UtcMs;
  const isNear = base !== null && Math.abs(closeOf(base) - instant) <= spanMs * MAX_BASE_OFFSET;
  if (!isNear) return missing(`No stored candle closes near ${formatUtcMs(instant)}`);
  return figureOf(
    changeRatio(finiteOrNull(base.candle.close), live.priceUsd),
    `The close ${words} before is not a positive price`,
  );
}

/** When the candle of a base closes. */
export function closeOf({ candle, interval }: ChangeBase): UtcMs {
  return candle.openTime + intervalMs(interval) as UtcMs;
}

/** The quote with the live price in its place, and everything that follows from the price. */
export function withLivePrice(
  quote: AssetQuote,
  { live, facts, now }: { live: LivePrice; facts: QuoteFacts | null; now: UtcMs },
): AssetQuote {
  const beside = factsBeside(live, facts);
  const change = (figure: ChangeFigure) => liveChangeFigure(live, { figure, facts: beside });
  const market = live.market && live.asof - live.market.asof <= MAX_ASIDE_MS ? live.market : null;
  return {
    ...quote,
    price: { value: live.priceUsd, reason: null },
    change24h: change("change_24h"),
    change7d: change("change_7d"),
    change30d: change("change_30d"),
    change1y: change("change_1y"),
    volume24hUsd: marketFigure(market?.volume24hUsd, beside ? quote.volume24hUsd : null),
    isVolumeEstimated: (market?.volume24hUsd ?? null) === null && quote.isVolumeEstimated,
    marketCapUsd: marketFigure(market?.marketCapUsd, beside ? quote.marketCapUsd : null),
    sparkline: beside ? quote.sparkline : quote.sparkline.map(() => null),
    provenance: provenanceOfLive(live),
    freshness: freshnessOfLive(live, now),
    state: null,
    live,
  };
}

/** A source's own figure before the one of the candles. */
function marketFigure(given: number | null | undefined, stored: Figure | null): Figure {
  const value = given ?? null;
  if (value !== null) return { value, reason: null };
  return stored ?? missing(NOTHING_STORED);
}
