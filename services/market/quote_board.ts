import type { Clock } from "../ports/mod.ts";
import type { AssetId } from "./assets.ts";
import type { LivePrice, LivePrices } from "./live_ports.ts";
import { freshnessOfLive, isLivePriceInForce, withLivePrice } from "./live_quotes.ts";
import type { AssetFacts, MarketSnapshot } from "./market_snapshot.ts";
import { freshnessOf, missingQuote, type QuoteFacts, quoteOf } from "./quotes.ts";
import type { AssetLabel, AssetQuote } from "./read_models.ts";

/** A quote with a live price, and what it was made of. */
interface LiveQuote {
  readonly live: LivePrice;
  readonly stored: AssetQuote;
  readonly quote: AssetQuote;
}

/** Makes quotes of stored facts and live prices; holds each until a part of it changes. */
export class QuoteBoard {
  readonly #clock: Clock;
  readonly #live: LivePrices | null;
  readonly #stored = new WeakMap<AssetFacts, AssetQuote>();
  readonly #missing = new Map<AssetId, AssetQuote>();
  readonly #lively = new Map<AssetId, LiveQuote>();

  constructor({ clock, live }: { clock: Clock; live: LivePrices | null }) {
    this.#clock = clock;
    this.#live = live;
  }

  /** Versions of the store and of live prices in one: a change of either gives another number. */
  versionOf(snapshot: MarketSnapshot): number {
    return snapshot.version + (this.#live?.version() ?? 0);
  }

  /** The asset's live price, if it is the price of its quote. */
  livePriceOf(assetId: AssetId, facts: QuoteFacts | null): LivePrice | null {
    const live = this.#live?.find(assetId) ?? null;
    return live !== null && isLivePriceInForce(live, facts) ? live : null;
  }

  /** Whether anything is known of the asset's price. */
  isPriced(assetId: AssetId, snapshot: MarketSnapshot): boolean {
    const facts = snapshot.assets.get(assetId)?.quote ?? null;
    return facts !== null || this.livePriceOf(assetId, facts) !== null;
  }

  /** The asset's quote as of now. */
  quoteOf(asset: AssetLabel, snapshot: MarketSnapshot): AssetQuote {
    const facts = snapshot.assets.get(asset.assetId);
    const stored = facts?.quote
      ? this.#storedQuoteOf(facts, facts.quote)
      : this.#missingQuoteOf(asset);
    const live = this.livePriceOf(asset.assetId, facts?.quote ?? null);
    if (live === null) return stored;
    const now = this.#clock.now();
    const known = this.#lively.get(asset.assetId);
    const isFresh = known?.live === live && known.stored === stored &&
      known.quote.freshness === freshnessOfLive(live, now);
    if (isFresh) return known.quote;
    const quote = withLivePrice(stored, { live, facts: facts?.quote ?? null, now });
    this.#lively.set(asset.assetId, { live, stored, quote });
    return quote;
  }

  #missingQuoteOf(asset: AssetLabel): AssetQuote {
    const known = this.#missing.get(asset.assetId);
    if (known) return known;
    const quote = missingQuote(asset);
    this.#missing.set(asset.assetId, quote);
    return quote;
  }

  #storedQuoteOf(facts: AssetFacts, quote: QuoteFacts): AssetQuote {
    const now = this.#clock.now();
    const known = this.#stored.get(facts);
    if (known && known.freshness === freshnessOf(quote.series, now)) return known;
    const made = quoteOf(quote, now);
    this.#stored.set(facts, made);
    return made;
  }
}
