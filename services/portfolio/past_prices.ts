import { Decimal } from "../kernel/decimal.ts";
import { MINUTE_MS, type UtcMs } from "../kernel/time.ts";
import type { AssetId } from "../market/mod.ts";
import type { Clock } from "../ports/mod.ts";
import type { PastPrices, PriceLookup } from "./kept_ledgers.ts";
import type { DecimalText } from "./transaction.ts";
import type { ValuationService } from "./valuation/valuation_service.ts";

/** How long what was read of the past is taken for read: candles of it come by imports alone. */
const FRESH_MS = MINUTE_MS;
/** Prices that are kept; beyond them all are read anew. */
const MAX_KEPT = 200_000;

type Moment = { readonly assetId: AssetId; readonly at: UtcMs };

/** Prices of past moments from stored closes and rates, each read at most once a minute. */
export class ClosePrices implements PastPrices {
  readonly #valuation: Pick<ValuationService, "valueMany">;
  readonly #clock: Clock;
  #kept = new Map<string, DecimalText | null>();
  #keptSince = -Infinity;

  constructor({ valuation, clock }: {
    readonly valuation: Pick<ValuationService, "valueMany">;
    readonly clock: Clock;
  }) {
    this.#valuation = valuation;
    this.#clock = clock;
  }

  async load(moments: readonly Moment[]): Promise<PriceLookup> {
    const now = this.#clock.now();
    if (now - this.#keptSince >= FRESH_MS || this.#kept.size > MAX_KEPT) {
      this.#kept = new Map();
      this.#keptSince = now;
    }
    const kept = this.#kept;
    const missing = moments.filter((moment) => !kept.has(keyOf(moment)));
    if (missing.length > 0) {
      const prices = await this.#valuation.valueMany(missing, { currency: "USD", now });
      for (const [index, moment] of missing.entries()) {
        const price = prices[index];
        const isPriced = price !== undefined && !("reason" in price);
        kept.set(keyOf(moment), isPriced ? new Decimal(price.priceUsd).toFixed() : null);
      }
    }
    return (assetId, at) => assetId === "usd" ? "1" : kept.get(keyOf({ assetId, at })) ?? null;
  }
}

function keyOf({ assetId, at }: Moment): string {
  return `${assetId} ${at}`;
}
