import type { UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/assets.ts";
import { emptyColumns } from "../../market/candle.ts";
import type {
  FeedEvent,
  FeedStatus,
  MarketProvider,
  MarketProviderCapabilities,
  ProviderCandles,
  SpotPrice,
  Tick,
} from "../../market/ports.ts";
import type { Clock, Timer } from "../../ports/mod.ts";
import type { VenueProtocol, VenueTrade } from "../exchange/protocol.ts";
import type { Markets } from "../markets.ts";
import { readRecording, type RecordedLine } from "./recording.ts";

const MAX_ASSETS = 50;

/**
 * Recorded frames of one venue, read by its protocol as if they came now. Ticks keep the times at
 * which they were traded and the venue as their source; no trade comes twice. A second connection
 * in the recording is a gap since the frame before it.
 */
export class ReplayProvider implements MarketProvider {
  readonly name = "replay";
  readonly capabilities: MarketProviderCapabilities = { candles: [], spot: false, ticks: true };
  readonly #open: () => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
  readonly #protocol: VenueProtocol;
  readonly #markets: Markets;
  readonly #speed: number;
  readonly #clock: Clock;
  readonly #timer: Timer;

  constructor({ open, protocol, markets, speed, clock, timer }: {
    /** Opens the recording from its start: JSON lines, plain or gzip. */
    readonly open: () => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
    readonly protocol: VenueProtocol;
    readonly markets: Markets;
    /** Recorded seconds in a second; `Infinity` never waits. */
    readonly speed: number;
    readonly clock: Clock;
    readonly timer: Timer;
  }) {
    if (!(speed > 0)) throw new RangeError(`Cannot replay at speed ${speed}: expected above 0`);
    this.#open = open;
    this.#protocol = protocol;
    this.#markets = markets;
    this.#speed = speed;
    this.#clock = clock;
    this.#timer = timer;
  }

  candles(): Promise<ProviderCandles> {
    return Promise.resolve({ candles: emptyColumns(0), quarantined: [] });
  }

  spot(): Promise<readonly SpotPrice[]> {
    return Promise.resolve([]);
  }

  /** Ends with the recording, the last event a `silent` status. */
  async *ticks(assetIds: readonly AssetId[], signal: AbortSignal): AsyncGenerator<FeedEvent> {
    if (assetIds.length > MAX_ASSETS) {
      throw new RangeError(
        `Cannot stream ${assetIds.length} assets: expected at most ${MAX_ASSETS}`,
      );
    }
    const run = new Replay(assetIds, {
      protocol: this.#protocol,
      markets: this.#markets,
      clock: this.#clock,
    });
    const startedAt = this.#clock.now();
    let firstAt: UtcMs | null = null;
    for await (const line of readRecording(await this.#open())) {
      if (signal.aborted) return;
      if (line === null) {
        run.countBad();
        continue;
      }
      firstAt ??= line.at;
      const dueMs = startedAt + (line.at - firstAt) / this.#speed;
      await this.#wait(dueMs - this.#clock.now(), signal);
      if (signal.aborted) return;
      yield* run.take(line);
    }
    yield run.end();
  }

  #wait(delayMs: number, signal: AbortSignal): Promise<void> {
    if (!(delayMs > 0)) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => {
        cancel();
        signal.removeEventListener("abort", finish);
        resolve();
      };
      const cancel = this.#timer.after(delayMs, finish);
      signal.addEventListener("abort", finish);
    });
  }
}

/** One run through a recording: what its lines say, one after the other. */
class Replay {
  readonly #protocol: VenueProtocol;
  readonly #clock: Clock;
  readonly #assets: ReadonlyMap<string, AssetId>;
  /** The newest trade of each market. */
  readonly #lastIds = new Map<string, number>();
  #status: FeedStatus;
  #lastAt: UtcMs | null = null;

  constructor(
    assetIds: readonly AssetId[],
    { protocol, markets, clock }: { protocol: VenueProtocol; markets: Markets; clock: Clock },
  ) {
    this.#protocol = protocol;
    this.#clock = clock;
    this.#assets = new Map(assetIds.flatMap((assetId) => {
      const market = markets.marketOf(assetId);
      return market === null ? [] : [[market, assetId] as const];
    }));
    this.#status = {
      venue: protocol.venue,
      state: "connecting",
      url: "",
      since: clock.now(),
      lastFrameAt: null,
      attempts: 0,
      reason: null,
      badFrames: 0,
    };
  }

  *take(line: RecordedLine): Generator<FeedEvent> {
    if (line.dir === "connect") yield* this.#connect(line);
    if (line.dir !== "recv") return;
    this.#lastAt = line.at;
    this.#status = { ...this.#status, lastFrameAt: this.#clock.now() };
    const message = this.#protocol.read(line.text);
    if (message.kind === "bad") this.countBad();
    if (message.kind !== "trades") return;
    const ticks = message.trades.flatMap((trade) => this.#tickOf(trade) ?? []);
    if (ticks.length > 0) yield { kind: "ticks", ticks };
  }

  countBad(): void {
    this.#status = { ...this.#status, badFrames: this.#status.badFrames + 1 };
  }

  end(): FeedEvent {
    return this.#turn({ state: "silent", reason: "The recording ended" });
  }

  *#connect({ at, text }: RecordedLine): Generator<FeedEvent> {
    const [url = ""] = text.split("?");
    yield this.#turn({ state: "live", url });
    if (this.#lastAt === null) return;
    const { venue } = this.#protocol;
    const assetIds = [...this.#assets.values()];
    yield {
      kind: "gap",
      gap: { venue, assetIds, from: this.#lastAt, to: at, reason: "disconnected" },
    };
  }

  #turn(change: Partial<FeedStatus>): FeedEvent {
    this.#status = { ...this.#status, ...change, since: this.#clock.now() };
    return { kind: "status", status: this.#status };
  }

  #tickOf({ market, price, quantity, at, tradeId }: VenueTrade): Tick | null {
    const assetId = this.#assets.get(market);
    if (assetId === undefined || tradeId <= (this.#lastIds.get(market) ?? -1)) return null;
    this.#lastIds.set(market, tradeId);
    return { assetId, priceUsd: price, quantity, at, source: this.#protocol.venue, tradeId };
  }
}
