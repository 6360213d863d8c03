import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import {
  type CurrencyCode,
  ECB_CURRENCY,
  type FxKind,
  type FxRate,
  maxAgeMs,
  PRICE_CURRENCY,
} from "./fx_rate.ts";

/** How a rate came from what is stored. */
export type FxPath = "direct" | "inverse" | "cross";

/** A rate as it is used: `rate` units of `to` for one unit of `from`. */
export interface FxQuote {
  readonly rate: number;
  readonly source: string;
  readonly path: FxPath;
  /** `eod` is to be said beside the value; `close` is the price of a coin, which is no money. */
  readonly kind: FxKind | "close";
  /** When the rate was made; of a cross the older of its two. */
  readonly asof: UtcMs;
}

export interface CurrencyPair {
  readonly from: CurrencyCode;
  readonly to: CurrencyCode;
}

/** Currencies over which two others are crossed: that of prices, then that of the ECB. */
const PIVOTS = [PRICE_CURRENCY, ECB_CURRENCY] as const;

/** A rate as a fraction, so that a cross divides once. */
interface Leg {
  readonly numerator: number;
  readonly denominator: number;
  readonly asof: number;
  readonly isInverse: boolean;
}

/** Rates of one pair, ascending by time. */
interface RateColumn {
  readonly at: number[];
  readonly rate: number[];
}

/** What one source publishes of one kind: a rate is made of one group, never of two. */
interface Group {
  readonly kind: FxKind;
  readonly source: string;
  readonly pairs: Map<string, RateColumn>;
}

/**
 * Rates in memory, and the one rule by which a rate is found. Intraday rates that are fresh, else
 * end-of-day rates within their limit; in each the newest; made of a direct rate, an inverse or a
 * cross, in that order. No rate is `null`: never 1, never 0, and nothing of a later time.
 */
export class FxBook {
  readonly #groups: readonly Group[];

  /** `rates` ascend by time, as the store lists them. */
  constructor(rates: readonly FxRate[]) {
    const groups = new Map<string, Group>();
    for (const { kind, source, base, quote, at, rate } of rates) {
      const name = `${kind} ${source}`;
      const group = groups.get(name) ?? { kind, source, pairs: new Map() };
      groups.set(name, group);
      const pair = pairName(base, quote);
      const column = group.pairs.get(pair) ?? { at: [], rate: [] };
      group.pairs.set(pair, column);
      column.at.push(at);
      column.rate.push(rate);
    }
    // By name, so that of equally new rates it is always the same one.
    this.#groups = [...groups.values()].sort((a, b) => a.source < b.source ? -1 : 1);
  }

  /** The rate that holds at an instant; `null` if there is none. */
  rateAt(pair: CurrencyPair, at: UtcMs): FxQuote | null {
    return this.newest(pair, { kind: "intraday", at, maxAgeMs: maxAgeMs("intraday") }) ??
      this.newest(pair, { kind: "eod", at, maxAgeMs: maxAgeMs("eod") });
  }

  /** The newest rate of one kind, not older than a limit; `null` if there is none. */
  newest(
    pair: CurrencyPair,
    { kind, at, maxAgeMs }: {
      readonly kind: FxKind;
      readonly at: UtcMs;
      readonly maxAgeMs: number;
    },
  ): FxQuote | null {
    if (pair.from === pair.to) {
      throw new RangeError(`Cannot convert ${pair.from} to itself: expected two currencies`);
    }
    let best: FxQuote | null = null;
    for (const group of this.#groups) {
      if (group.kind !== kind) continue;
      const found = quoteIn(group, { pair, at, since: at - maxAgeMs });
      if (found !== null && (best === null || found.asof > best.asof)) best = found;
    }
    return best;
  }
}

interface Question {
  readonly pair: CurrencyPair;
  readonly at: number;
  readonly since: number;
}

function quoteIn(group: Group, { pair: { from, to }, at, since }: Question): FxQuote | null {
  const leg = (one: CurrencyCode, other: CurrencyCode) =>
    legIn(group, { pair: { from: one, to: other }, at, since });
  const { kind, source } = group;
  const straight = leg(from, to);
  if (straight !== null) {
    const path = straight.isInverse ? "inverse" : "direct";
    return { rate: ratioOf(straight), source, path, kind, asof: utcMsOf(straight.asof) };
  }
  for (const pivot of PIVOTS) {
    if (pivot === from || pivot === to) continue;
    const first = leg(from, pivot);
    const second = first && leg(pivot, to);
    if (!first || !second) continue;
    const rate = ratioOf({
      numerator: first.numerator * second.numerator,
      denominator: first.denominator * second.denominator,
    });
    const asof = utcMsOf(Math.min(first.asof, second.asof));
    return { rate, source, path: "cross", kind, asof };
  }
  return null;
}

function legIn({ pairs }: Group, { pair: { from, to }, at, since }: Question): Leg | null {
  const direct = newestIn(pairs.get(pairName(from, to)), { at, since });
  if (direct) {
    return { numerator: direct.rate, denominator: 1, asof: direct.at, isInverse: false };
  }
  const inverse = newestIn(pairs.get(pairName(to, from)), { at, since });
  if (!inverse) return null;
  return { numerator: 1, denominator: inverse.rate, asof: inverse.at, isInverse: true };
}

function newestIn(
  column: RateColumn | undefined,
  { at, since }: { readonly at: number; readonly since: number },
): { readonly at: number; readonly rate: number } | null {
  if (column === undefined) return null;
  let low = 0;
  let high = column.at.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((column.at[middle] ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  const foundAt = column.at[low - 1];
  const rate = column.rate[low - 1];
  return foundAt === undefined || rate === undefined || foundAt < since
    ? null
    : { at: foundAt, rate };
}

function ratioOf({ numerator, denominator }: Pick<Leg, "numerator" | "denominator">): number {
  return numerator / denominator;
}

function pairName(base: CurrencyCode, quote: CurrencyCode): string {
  return `${base}/${quote}`;
}
