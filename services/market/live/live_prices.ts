import type { UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../assets.ts";
import { CONSOLIDATED_SOURCE, type LivePrice, type VenuePrice } from "../live_ports.ts";
import type { Tick } from "../ports.ts";
import { DEMO_SOURCE } from "../series_choice.ts";
import { consolidate } from "./consolidation.ts";

/** Holds each venue's last trade and makes prices of them, for the assets that traded. */
export class PriceMaker {
  readonly #trades = new Map<AssetId, Map<string, VenuePrice>>();
  readonly #traded = new Set<AssetId>();
  #excluded = 0;

  /** How often a venue was left out of a price, since the start. */
  get excluded(): number {
    return this.#excluded;
  }

  /** Takes a trade that is believed. An older one than the venue's last says nothing new. */
  add({ assetId, source: venue, priceUsd, at }: Tick): void {
    let venues = this.#trades.get(assetId);
    if (venues === undefined) this.#trades.set(assetId, venues = new Map());
    const last = venues.get(venue);
    if (last !== undefined && last.at > at) return;
    venues.set(venue, { venue, priceUsd, at });
    this.#traded.add(assetId);
  }

  /** The prices of all assets that traded since the last call. */
  take(now: UtcMs): readonly LivePrice[] {
    const prices: LivePrice[] = [];
    for (const assetId of this.#traded) {
      const price = this.#priceOf(assetId, now);
      if (price) prices.push(price);
    }
    this.#traded.clear();
    return prices;
  }

  /** Takes back prices that could not be stored, so that they are made anew. */
  giveBack(prices: readonly LivePrice[]): void {
    for (const { assetId } of prices) this.#traded.add(assetId);
  }

  #priceOf(assetId: AssetId, now: UtcMs): LivePrice | null {
    const trades = [...this.#trades.get(assetId)?.values() ?? []];
    const made = consolidate(trades, now);
    if (made === null) return null;
    this.#excluded += made.excluded.filter(({ reason }) => reason === "off_median").length;
    const isDemo = made.venues.every(({ venue }) => venue === DEMO_SOURCE);
    return { assetId, source: isDemo ? DEMO_SOURCE : CONSOLIDATED_SOURCE, market: null, ...made };
  }
}
