import type { AssetId } from "../../market/assets.ts";
import type { FeedEvent } from "../../market/ports.ts";
import type { Clock, Log, Random, Timer } from "../../ports/mod.ts";
import type { SocketClient } from "../../ports/sockets.ts";
import type { Markets } from "../markets.ts";
import type { TickSource } from "../tick_source.ts";
import { type BadFrame, BadFrames } from "./bad_frames.ts";
import { ExchangeFeed } from "./exchange_feed.ts";
import { FeedMarkets } from "./feed_markets.ts";
import { FeedQueue } from "./feed_queue.ts";
import type { VenueProtocol } from "./protocol.ts";

const MAX_ASSETS = 50;

export interface ExchangeStreamDeps {
  readonly protocol: VenueProtocol;
  readonly sockets: SocketClient;
  readonly markets: Markets;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly random: Random;
  readonly log: Log;
  /** Gets frames that could not be read, at most ten a minute. */
  readonly onBadFrame?: (bad: BadFrame) => void;
}

/**
 * The trades of one venue as they happen, over one socket at any time. It connects, watches and
 * reconnects by itself; trades come once and in order, and what is missing is told as a gap.
 */
export class ExchangeStream implements TickSource {
  readonly #deps: ExchangeStreamDeps;
  readonly #badFrames: BadFrames;
  #feed: ExchangeFeed | null = null;
  #markets: FeedMarkets | null = null;
  #repeatedBefore = 0;

  /** Throws `TypeError` for an address that no socket could open: better now than at a retry. */
  constructor(deps: ExchangeStreamDeps) {
    for (const base of deps.protocol.urls) {
      const { protocol } = deps.protocol.address(base, []);
      if (protocol !== "wss:" && protocol !== "ws:") {
        throw new TypeError(`Cannot stream from "${base}": expected an address of wss: or ws:`);
      }
    }
    this.#deps = deps;
    this.#badFrames = new BadFrames(deps.onBadFrame ?? (() => {}));
  }

  /** Trades that the venue sent more than once, since the start. */
  get repeated(): number {
    return this.#repeatedBefore + (this.#markets?.repeated ?? 0);
  }

  /** Frames that could not be read, since the start. */
  get badFrames(): number {
    return this.#badFrames.count;
  }

  /**
   * Ends when `signal` aborts, or the reader leaves. A later call ends an earlier one, whose
   * socket is closed before the new one opens. Throws `RangeError` for more than 50 assets.
   */
  ticks(assetIds: readonly AssetId[], signal: AbortSignal): AsyncIterable<FeedEvent> {
    if (assetIds.length > MAX_ASSETS) {
      throw new RangeError(
        `Cannot stream ${assetIds.length} assets: expected at most ${MAX_ASSETS}`,
      );
    }
    return this.#events(assetIds, signal);
  }

  async *#events(assetIds: readonly AssetId[], signal: AbortSignal): AsyncGenerator<FeedEvent> {
    if (signal.aborted) return;
    const { protocol, markets, clock, timer } = this.#deps;
    const queue = new FeedQueue({ venue: protocol.venue });
    const followed = new FeedMarkets(assetIds, { protocol, markets, queue, clock, timer });
    const feed = new ExchangeFeed({
      ...this.#deps,
      markets: followed,
      queue,
      badFrames: this.#badFrames,
    });
    const before = this.#feed;
    this.#repeatedBefore = this.repeated;
    this.#feed = feed;
    this.#markets = followed;
    const stop = () => feed.stop();
    signal.addEventListener("abort", stop, { once: true });
    before?.stop();
    const started = feed.start(before?.ended ?? Promise.resolve());
    try {
      yield* queue;
    } finally {
      signal.removeEventListener("abort", stop);
      feed.stop();
      await started;
    }
  }
}
