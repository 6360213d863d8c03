import { Decimal } from "../kernel/decimal.ts";
import type { AssetId, AssetQuote, Freshness, Provenance } from "../market/mod.ts";
import { knownSum } from "./known_sum.ts";
import type { Lot } from "./lots.ts";
import type { DecimalText } from "./transaction.ts";

/** What is held of an asset, over all its lots. */
export interface Holding {
  readonly assetId: AssetId;
  readonly quantity: DecimalText;
  readonly accounts: readonly { readonly account: string; readonly quantity: DecimalText }[];
  readonly lots: number;
  /**
   * Of the units whose cost is known, fees included, in what its lots are in; `null` where it is
   * known of none.
   */
  readonly cost: DecimalText | null;
  /** Units that nobody knows the cost of. */
  readonly uncosted: DecimalText;
}

/** What a holding cost and gained, of the units whose cost is known. */
export interface HoldingGain extends Pick<Holding, "cost" | "uncosted"> {
  /** Value less cost; `null` without a cost, or a value. */
  readonly unrealized: DecimalText | null;
  /** As a fraction of the cost. */
  readonly ratio: number | null;
}

/** What an asset costs now, and how that is known. */
export interface CurrentPrice {
  readonly priceUsd: number;
  readonly provenance: Provenance;
  readonly freshness: Freshness;
}

/** A holding at the price of now; what is not known is `null`, and `unpriced` says why. */
export interface Position extends Omit<Holding, "cost"> {
  readonly symbol: string;
  readonly name: string;
  /** `null` where there is none that may be used now. */
  readonly price: CurrentPrice | null;
  /** Why it has no value in the currency; `null` if it has one. */
  readonly unpriced: string | null;
  /** The last price before it grew too old to be used. */
  readonly lastKnown: CurrentPrice | null;
  readonly valueUsd: DecimalText | null;
  readonly value: DecimalText | null;
  readonly costUsd: DecimalText | null;
  /** Value less cost of the units whose cost is known; `null` without any, or without a price. */
  readonly unrealizedUsd: DecimalText | null;
  /** As a fraction of the cost. */
  readonly unrealizedRatio: number | null;
  /** The same in the currency, in which what it cost is at the rates of its purchases. */
  readonly own: HoldingGain;
  /** Fraction of the value of all priced positions. */
  readonly share: number | null;
  /** Fraction by which the price moved in 24 hours; `null` where either end is not known. */
  readonly change24h: number | null;
}

/** What prices did in 24 hours to what is held now; trades of the day do not count. */
export interface DayChange {
  readonly gainUsd: number;
  /** Fraction of what the same units were worth 24 hours before; `null` if that was nothing. */
  readonly ratio: number | null;
  /** Priced positions whose change is not known, which are in neither. */
  readonly unknown: number;
}

/** Sums the day's moves of all priced positions; `null` where the change of none is known. */
export function dayChange(positions: readonly Position[]): DayChange | null {
  let [before, gainUsd, known, unknown] = [0, 0, 0, 0];
  for (const { valueUsd, change24h } of positions) {
    if (valueUsd === null) continue;
    // A price that fell by all of itself tells nothing of what it was.
    if (change24h === null || change24h <= -1) {
      unknown++;
      continue;
    }
    const then = Number(valueUsd) / (1 + change24h);
    before += then;
    gainUsd += Number(valueUsd) - then;
    known++;
  }
  if (known === 0) return null;
  return { gainUsd, ratio: before > 0 ? gainUsd / before : null, unknown };
}

/**
 * The open lots of a book by asset, in the order of their ids. What left an account and arrived in
 * none is held nowhere, as performance has it too, until its other side is known.
 */
export function holdingsOf(lots: readonly Lot[]): readonly Holding[] {
  const byAsset = Map.groupBy(lots.filter(({ isInTransit }) => !isInTransit), (lot) => lot.assetId);
  return [...byAsset].sort(([a], [b]) => a < b ? -1 : 1).map(([assetId, own]) => ({
    assetId,
    quantity: unitsOf(own),
    accounts: [...Map.groupBy(own, ({ account }) => account)]
      .sort(([a], [b]) => a < b ? -1 : 1)
      .map(([account, some]) => ({ account, quantity: unitsOf(some) })),
    lots: own.length,
    cost: knownSum(own.map(({ cost }) => cost)).sum,
    uncosted: unitsOf(own.filter(({ cost }) => cost === null)),
  })).filter(({ quantity }) => quantity !== "0");
}

function unitsOf(lots: readonly Lot[]): DecimalText {
  return knownSum(lots.map(({ quantity }) => quantity)).sum ?? "0";
}

/** Why a quote is no price of now; `null` if it is one. */
function staleness(quote: AssetQuote | null): string | null {
  if (quote === null) return "The asset is not in the registry";
  if (quote.price.value === null) return quote.price.reason;
  if (quote.freshness !== "stale" && quote.provenance !== null) return null;
  return "Its last price is too old";
}

/**
 * Holdings, in dollars, at what their assets cost now; `rate` is the currency's units for a dollar,
 * and `own` are the holdings in it. Without a rate they are in dollars too.
 */
export function positionsOf(
  holdings: readonly Holding[],
  { quoteOf, rate, own = holdings, whyNoRate }: {
    readonly quoteOf: (assetId: AssetId) => AssetQuote | null;
    readonly rate: number | null;
    readonly own?: readonly Holding[];
    /** Said of each position where there is no rate. */
    readonly whyNoRate: string;
  },
): readonly Position[] {
  const priced = holdings.map((holding) => pricedHolding(holding, quoteOf(holding.assetId)));
  const total = knownSum(priced.map(({ valueUsd }) => valueUsd)).sum;
  const ownOf = new Map(own.map((holding) => [holding.assetId, holding]));
  // A dollar is one dollar, which is what they are in where the currency has no rate.
  const ownRate = rate === null ? 1 : rate;
  return priced.map((position) => ({
    ...position,
    unpriced: position.unpriced ?? (rate === null ? whyNoRate : null),
    value: position.valueUsd === null ? null : converted(position.valueUsd, rate),
    own: gainOf(ownOf.get(position.assetId) ?? null, position, ownRate),
    share: position.valueUsd === null || total === null || total === "0"
      ? null
      : new Decimal(position.valueUsd).dividedBy(total).toNumber(),
  }));
}

type PricedHolding = Omit<Position, "share" | "value" | "own">;

/** What a holding gained at a price; nothing is known of one that is not there. */
function gainOf(
  holding: Holding | null,
  { price, quantity }: Pick<Position, "price" | "quantity">,
  rate: number,
): HoldingGain {
  if (holding === null) return { cost: null, uncosted: quantity, unrealized: null, ratio: null };
  const { cost, uncosted } = holding;
  // Units of unknown cost have no gain; they are named beside that of the others.
  const costed = new Decimal(holding.quantity).minus(uncosted);
  const unrealized = price === null || cost === null
    ? null
    : costed.times(price.priceUsd).times(rate).minus(cost);
  return {
    ...{ cost, uncosted },
    unrealized: unrealized?.toFixed() ?? null,
    ratio: unrealized === null || cost === null || cost === "0"
      ? null
      : unrealized.dividedBy(cost).toNumber(),
  };
}

function pricedHolding(
  { cost: costUsd, ...holding }: Holding,
  quote: AssetQuote | null,
): PricedHolding {
  const unpriced = staleness(quote);
  const price = currentPrice(quote);
  const valueUsd = price === null
    ? null
    : new Decimal(holding.quantity).times(price.priceUsd).toFixed();
  const { quantity } = holding;
  const gain = gainOf({ ...holding, cost: costUsd }, { price, quantity }, 1);
  return {
    ...{ ...holding, costUsd },
    symbol: quote?.symbol ?? holding.assetId.toUpperCase(),
    name: quote?.name ?? holding.assetId,
    price,
    unpriced,
    lastKnown: unpriced === null ? null : lastPrice(quote),
    valueUsd,
    change24h: price === null ? null : quote?.change24h.value ?? null,
    unrealizedUsd: gain.unrealized,
    unrealizedRatio: gain.ratio,
  };
}

/** The price of a quote, if it may be used now. */
export function currentPrice(quote: AssetQuote | null): CurrentPrice | null {
  return staleness(quote) === null ? lastPrice(quote) : null;
}

function lastPrice(quote: AssetQuote | null): CurrentPrice | null {
  if (quote === null || quote.price.value === null || quote.provenance === null) return null;
  const { price: { value: priceUsd }, provenance, freshness } = quote;
  return { priceUsd, provenance, freshness };
}

/** Dollars in a currency; `null` without a rate. */
export function converted(usd: DecimalText, rate: number | null): DecimalText | null {
  return rate === null ? null : new Decimal(usd).times(rate).toFixed();
}
