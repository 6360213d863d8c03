import type { UtcMs } from "../../kernel/time.ts";

/** One trade as a venue's frame tells it. */
export interface VenueTrade {
  /** The venue's name of the market: `BTCUSDT`, `BTC-USD`. */
  readonly market: string;
  readonly price: number;
  readonly quantity: number;
  readonly at: UtcMs;
  readonly tradeId: number;
}

/** What one frame of a venue says. */
export type VenueMessage =
  | { readonly kind: "trades"; readonly trades: readonly VenueTrade[] }
  /** Alive, with the number of the market's last trade where it tells one. */
  | {
    readonly kind: "heartbeat";
    readonly market: string;
    readonly lastTradeId: number;
    readonly at: UtcMs;
  }
  | { readonly kind: "subscribed"; readonly markets: readonly string[] }
  /** The venue refuses something, or is about to close. */
  | { readonly kind: "refused"; readonly reason: string; readonly markets: readonly string[] }
  | { readonly kind: "closing"; readonly reason: string }
  /** Well-formed, and of no concern. */
  | { readonly kind: "ignored" }
  /** Not readable: quarantined with its reason. */
  | { readonly kind: "bad"; readonly reason: string };

/** What tells one exchange's stream from another's; pure. */
export interface VenueProtocol {
  readonly venue: string;
  /** Base addresses in the order to try them. */
  readonly urls: readonly string[];
  /** The address to open for the markets, below one of `urls`. */
  address(base: string, markets: readonly string[]): URL;
  /** Frames to send once it is open. */
  subscribe(markets: readonly string[]): readonly string[];
  unsubscribe(markets: readonly string[]): readonly string[];
  read(frame: string): VenueMessage;
  /** Whether trade ids of one market are consecutive, so that a hole in them is a gap. */
  readonly hasConsecutiveTradeIds: boolean;
  /** Planned reconnect, before the venue cuts the connection by itself. */
  readonly maxConnectionMs: number;
}
