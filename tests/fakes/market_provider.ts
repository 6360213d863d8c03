import type {
  AssetId,
  FeedEvent,
  Interval,
  MarketProvider,
  ProviderCandles,
  QuarantinedRow,
  SpotPrice,
  TimeRange,
} from "@/services/market/mod.ts";
import { type CandleSketch, columnsOf } from "./memory_candle_store.ts";

/** What the provider was asked for. */
export interface CandleQuestion {
  readonly assetId: AssetId;
  readonly interval: Interval;
  readonly range: TimeRange;
}

/** A venue that has the candles a test gives it, and fails when the test says so. */
export class FakeMarketProvider implements MarketProvider {
  readonly name: string;
  readonly capabilities: MarketProvider["capabilities"];
  readonly questions: CandleQuestion[] = [];
  /** Called before each answer; what it throws is what the venue does. */
  onQuestion: (question: CandleQuestion, count: number) => void | Promise<void> = () => {};
  /** Rows of every answer that cannot be read. */
  unreadable: readonly QuarantinedRow[] = [];
  readonly #candles = new Map<string, readonly CandleSketch[]>();

  constructor(
    name = "binance",
    { intervals = ["5m", "1h", "1d"] }: { intervals?: readonly Interval[] } = {},
  ) {
    this.name = name;
    this.capabilities = { candles: intervals, spot: false, ticks: false };
  }

  /** What the venue has of an asset, oldest first. */
  has(
    { assetId, interval }: Pick<CandleQuestion, "assetId" | "interval">,
    candles: readonly CandleSketch[],
  ): void {
    this.#candles.set(`${assetId} ${interval}`, candles);
  }

  async candles(
    assetId: AssetId,
    { interval, range, signal }: {
      interval: Interval;
      range: TimeRange;
      signal?: AbortSignal;
    },
  ): Promise<ProviderCandles> {
    signal?.throwIfAborted();
    const question = { assetId, interval, range };
    this.questions.push(question);
    await this.onQuestion(question, this.questions.length);
    const inside = (this.#candles.get(`${assetId} ${interval}`) ?? [])
      .filter(({ openTime }) => openTime >= range.from && openTime < range.to);
    return { candles: columnsOf(inside), quarantined: this.unreadable };
  }

  spot(): Promise<readonly SpotPrice[]> {
    return Promise.resolve([]);
  }

  async *ticks(): AsyncGenerator<FeedEvent> {}
}
