import { Decimal } from "../kernel/decimal.ts";
import { MINUTE_MS, type UtcMs } from "../kernel/time.ts";
import type { AssetId, TrackedSeries } from "../market/mod.ts";
import type { ChangeFeed, Clock } from "../ports/mod.ts";
import { isCash } from "./cash.ts";
import type { PriceLookup } from "./kept_ledger.ts";
import type { PastPrices } from "./kept_ledgers.ts";
import type { DecimalText } from "./transaction.ts";
import { type CloseMarks, closeMarksOf, closesChangedFrom } from "./valuation/close_marks.ts";
import type { SeriesByAsset } from "./valuation/close_reader.ts";
import type { ValuationService } from "./valuation/valuation_service.ts";

/** How long prices are taken for read although nothing changed: with age they become coarser. */
const FRESH_MS = MINUTE_MS;
/** Prices that are kept; beyond them all are read anew. */
const MAX_KEPT = 200_000;

type Moment = { readonly assetId: AssetId; readonly at: UtcMs };

export interface ClosePricesDeps {
  readonly valuation: Pick<ValuationService, "valueMany">;
  readonly listSeries: () => Promise<SeriesByAsset<TrackedSeries>>;
  /** The version of the exchange rates. */
  readonly fxVersion: () => Promise<number>;
  /** Moves when candles or rates change. */
  readonly changes: ChangeFeed;
  readonly clock: Clock;
}

/** What of an asset, or of money, was read. */
interface KeptAsset {
  /** Grows only: who looked it up before goes on to find what was found then. */
  prices: Map<UtcMs, DecimalText | null>;
  marks: CloseMarks;
}

/**
 * Prices of past moments from stored closes and rates. What was read is kept until candles or rates
 * behind it change, and for a minute at most.
 */
export class ClosePrices implements PastPrices {
  readonly #deps: ClosePricesDeps;
  #kept = new Map<AssetId, KeptAsset>();
  #size = 0;
  #keptSince = -Infinity;
  #change = NaN;
  #fxVersion = NaN;

  constructor(deps: ClosePricesDeps) {
    this.#deps = deps;
  }

  mark(): string {
    const { changes, clock } = this.#deps;
    return `${changes.current()} ${Math.floor(clock.now() / FRESH_MS)}`;
  }

  async load(moments: readonly Moment[]): Promise<PriceLookup> {
    if (moments.length === 0) return () => null;
    const { clock, valuation } = this.#deps;
    const now = clock.now();
    if (now - this.#keptSince >= FRESH_MS || this.#size > MAX_KEPT) {
      this.#kept = new Map();
      this.#size = 0;
      this.#keptSince = now;
      this.#change = NaN;
    }
    const kept = this.#kept;
    await this.#dropChanged(moments);
    const find = (assetId: AssetId, at: UtcMs) => kept.get(assetId)?.prices.get(at);
    const missing = moments.filter(({ assetId, at }) => find(assetId, at) === undefined);
    if (missing.length > 0) {
      const prices = await valuation.valueMany(missing, { currency: "USD", now });
      for (const [index, { assetId, at }] of missing.entries()) {
        const price = prices[index];
        const isPriced = price !== undefined && !("reason" in price);
        const text = isPriced ? new Decimal(price.priceUsd).toFixed() : null;
        kept.get(assetId)?.prices.set(at, text);
      }
      this.#size += missing.length;
    }
    const found = new Map([...kept].map(([assetId, { prices }]) => [assetId, prices]));
    return (assetId, at) => assetId === "usd" ? "1" : found.get(assetId)?.get(at) ?? null;
  }

  /** Forgets what candles and rates that changed since were read for. */
  async #dropChanged(moments: readonly Moment[]): Promise<void> {
    const { changes, listSeries, fxVersion } = this.#deps;
    const change = changes.current();
    const wanted = new Set(moments.map(({ assetId }) => assetId));
    const isNew = [...wanted].some((assetId) => !this.#kept.has(assetId));
    if (change === this.#change && !isNew) return;
    const kept = this.#kept;
    const rates = await fxVersion();
    // Before prices are read: what changes from here on is found at the next look.
    const series = await listSeries();
    for (const [assetId, own] of kept) {
      const now = series.get(assetId) ?? [];
      const from = isCash(assetId)
        ? rates === this.#fxVersion ? null : -Infinity
        : closesChangedFrom(own.marks, now);
      if (from === null) continue;
      own.prices = new Map([...own.prices].filter(([at]) => at < from));
      own.marks = closeMarksOf(now);
    }
    for (const assetId of wanted) {
      if (kept.has(assetId)) continue;
      kept.set(assetId, { prices: new Map(), marks: closeMarksOf(series.get(assetId) ?? []) });
    }
    this.#change = change;
    this.#fxVersion = rates;
  }
}
