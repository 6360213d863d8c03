import type { PoolMark } from "../pools/PoolMarks.tsx";
import { ClientError, field } from "./client.ts";

/** The last price of an asset, as the stream or the API gives it. */
export interface PriceTick {
  readonly coinId: string;
  readonly priceUsd: number;
  /** Time of the newest trade that counts, UTC milliseconds. */
  readonly at: number;
  readonly source: string;
  /** The exchanges that count; none for a source that gives prices and no trades. */
  readonly venues: readonly string[];
  /** Fraction against the close 24 hours before; absent where the message does not say. */
  readonly change24h?: number | null;
}

/** A bar as it stands now. */
export interface CandleTick {
  readonly coinId: string;
  readonly interval: string;
  /** Start of the bar, UTC milliseconds. */
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Units of the asset. */
  readonly volume: number | null;
  readonly isProvisional: boolean;
  readonly source: string;
  /** When the bar stood so, UTC milliseconds. */
  readonly asof: number;
}

/** A score as it is told when it is new. */
export interface ScoreTick {
  readonly coinId: string;
  readonly method: string;
  /** `null` for an asset without enough data. */
  readonly score: number | null;
  readonly rank: number | null;
  /** End of the day that is scored, UTC milliseconds. */
  readonly asof: number;
}

function numberOf(value: unknown, name: string): number {
  const found = field(value, name);
  if (typeof found === "number" && Number.isFinite(found)) return found;
  throw new ClientError(`Cannot read the event: "${name}" is no number`);
}

function textOf(value: unknown, name: string): string {
  const found = field(value, name);
  if (typeof found === "string" && found !== "") return found;
  throw new ClientError(`Cannot read the event: "${name}" is no text`);
}

/** An instant as ISO 8601 or as epoch milliseconds. */
function instantOf(value: unknown, name: string): number {
  const found = field(value, name);
  const at = typeof found === "string" ? Date.parse(found) : found;
  if (typeof at === "number" && Number.isFinite(at)) return at;
  throw new ClientError(`Cannot read the event: "${name}" is no instant`);
}

function venuesOf(value: unknown): string[] {
  const found = field(value, "venues");
  return Array.isArray(found) ? found.filter((venue) => typeof venue === "string") : [];
}

/** Reads the data of a `price_update`; throws `ClientError` for what is none. */
export function parsePriceUpdate(value: unknown): PriceTick {
  return {
    coinId: textOf(value, "coin_id"),
    priceUsd: numberOf(value, "price"),
    at: instantOf(value, "timestamp"),
    source: textOf(value, "source"),
    venues: venuesOf(value),
  };
}

/** Reads the data of a `candle`; throws `ClientError` for what is none. */
export function parseCandleEvent(value: unknown): CandleTick {
  const volume = field(value, "v");
  return {
    coinId: textOf(value, "coin_id"),
    interval: textOf(value, "interval"),
    openTime: instantOf(value, "t"),
    open: numberOf(value, "o"),
    high: numberOf(value, "h"),
    low: numberOf(value, "l"),
    close: numberOf(value, "c"),
    volume: typeof volume === "number" ? volume : null,
    isProvisional: field(value, "state") === "provisional",
    source: textOf(value, "source"),
    asof: instantOf(value, "asof"),
  };
}

/** Reads the data of a `score_update`; throws `ClientError` for what is none. */
export function parseScoreUpdate(value: unknown): ScoreTick {
  const [score, rank] = [field(value, "score"), field(value, "rank")];
  return {
    coinId: textOf(value, "coin_id"),
    method: textOf(value, "method"),
    score: typeof score === "number" ? score : null,
    rank: typeof rank === "number" ? rank : null,
    asof: instantOf(value, "asof"),
  };
}

const SEVERITIES = ["info", "caution", "danger"] as const;

/** A pool's newest reading; yields are fractions, `null` is not known. */
export interface PoolTick {
  readonly poolId: string;
  readonly supplyApy: number;
  readonly incentiveApy: number | null;
  readonly borrowApy: number | null;
  readonly utilization: number | null;
  readonly kinkDistance: number | null;
  readonly tvlUsd: number | null;
  readonly withdrawableUsd: number | null;
  readonly volatilityPp: number | null;
  readonly scoreV0: number | null;
  readonly scoreV1: number | null;
  /** What is the matter with the pool, the gravest first. */
  readonly warnings: readonly PoolMark[];
  /** Time of the reading, UTC milliseconds. */
  readonly at: number;
}

/** Reads the data of a `pool_update`; throws `ClientError` for what is none. */
export function parsePoolUpdate(value: unknown): PoolTick {
  const numberOrNull = (from: unknown, name: string) => {
    const found = field(from, name);
    return typeof found === "number" && Number.isFinite(found) ? found : null;
  };
  const scores = field(value, "scores");
  return {
    poolId: textOf(value, "id"),
    supplyApy: numberOf(value, "supply_apy"),
    incentiveApy: numberOrNull(value, "incentive_apy"),
    borrowApy: numberOrNull(value, "borrow_apy"),
    utilization: numberOrNull(value, "utilization"),
    kinkDistance: numberOrNull(value, "kink_distance"),
    tvlUsd: numberOrNull(value, "tvl_usd"),
    withdrawableUsd: numberOrNull(value, "withdrawable_usd"),
    volatilityPp: numberOrNull(value, "volatility_pp"),
    scoreV0: numberOrNull(scores, "v0"),
    scoreV1: numberOrNull(scores, "v1"),
    warnings: marksOf(value),
    at: instantOf(value, "asof"),
  };
}

function marksOf(value: unknown): readonly PoolMark[] {
  const rows = field(value, "warnings");
  if (!Array.isArray(rows)) throw new ClientError("Cannot read the warnings of a pool");
  return rows.map((row) => {
    const severity = SEVERITIES.find((name) => name === field(row, "severity"));
    if (severity === undefined) throw new ClientError("Cannot read how grave a warning is");
    return {
      ...{ code: textOf(row, "code"), severity },
      ...{ title: textOf(row, "title"), words: textOf(row, "words") },
    };
  });
}

/** The pools of an answer of `/api/pools`; throws `ClientError` for what is none. */
export function poolTicksOf(rows: unknown): PoolTick[] {
  if (!Array.isArray(rows)) throw new ClientError("Cannot read the list of pools");
  return rows.map(parsePoolUpdate);
}

/** The quotes of `/api/market/prices` that are live prices; closes of candles are none. */
export function livePricesOf(quotes: unknown): PriceTick[] {
  if (!Array.isArray(quotes)) throw new ClientError("Cannot read the list of prices");
  return quotes.filter((quote) => field(quote, "resolution") === "tick").map((quote) => {
    const change = field(quote, "change_24h");
    return {
      coinId: textOf(quote, "coin_id"),
      priceUsd: numberOf(quote, "price"),
      at: instantOf(quote, "asof"),
      source: textOf(quote, "source"),
      venues: field(quote, "venue_prices") === undefined ? [] : venuesOf(quote),
      change24h: typeof change === "number" ? change : null,
    };
  });
}
