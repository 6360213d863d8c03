import type { CandleTick } from "../../components/api/live_events.ts";
import { watchCandles } from "../../components/api/live.ts";
import {
  type LiveOutcome,
  streamInterval,
  withLiveBar,
  withLivePart,
} from "../../components/charts/candles_live.ts";
import type { ChartSnapshot } from "../../components/charts/candles_view.ts";

/** Intervals whose bars the server builds from trades. */
const STREAMED: ReadonlySet<string> = new Set(["5m", "1h", "1d"]);
/** Bars change with every trade; a chart drawn more often than this only costs battery. */
const DRAW_EVERY_MS = 250;
/** A closed bar brings its indicators with the next reading, which not all charts ask for at once. */
const REREAD_AFTER_MS = 2_000;
const REREAD_JITTER_MS = 3_000;

export interface LiveBarsOptions {
  readonly assetId: string;
  readonly read: () => ChartSnapshot;
  /** The chart with newer bars. */
  readonly onBars: (snapshot: ChartSnapshot) => void;
  /** The chart has to be read again. */
  readonly onReread: () => void;
}

/** Lets a chart draw along while it is in sight: the bar under way, and the next when it begins. */
export class LiveBars {
  readonly #options: LiveBarsOptions;
  readonly #pending = new Map<number, CandleTick>();
  #interval = "";
  #stopWatching = () => {};
  #drawing: ReturnType<typeof setTimeout> | undefined;
  #rereading: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LiveBarsOptions) {
    this.#options = options;
  }

  /** Follows what the chart shows from now on; the answer ends it. */
  start(): () => void {
    const stop = new AbortController();
    document.addEventListener("visibilitychange", () => this.#onVisibility(), {
      signal: stop.signal,
    });
    this.#watch();
    return () => {
      stop.abort();
      this.#unwatch();
    };
  }

  /** The chart shows something else: other bars may be wanted. */
  update(): void {
    this.#pending.clear();
    if (streamInterval(this.#options.read()) !== this.#interval) this.#watch();
  }

  #watch(): void {
    this.#unwatch();
    const interval = this.#interval = streamInterval(this.#options.read());
    if (document.hidden || !STREAMED.has(interval)) return;
    const { assetId: coinId } = this.#options;
    this.#stopWatching = watchCandles({ coinId, interval }, {
      onCandle: (tick) => this.#take(tick),
      onReset: () => this.#reread(),
    });
  }

  #unwatch(): void {
    this.#stopWatching();
    this.#stopWatching = () => {};
    this.#interval = "";
    this.#pending.clear();
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    clearTimeout(this.#rereading);
    this.#rereading = undefined;
  }

  /** A hidden tab gives its stream back, and reads what it missed when it is seen again. */
  #onVisibility(): void {
    if (document.hidden) return this.#unwatch();
    this.#watch();
    this.#options.onReread();
  }

  #take(tick: CandleTick): void {
    if (tick.source !== this.#options.read().origin?.source) return;
    this.#pending.set(tick.openTime, tick);
    this.#drawing ??= setTimeout(() => this.#draw(), DRAW_EVERY_MS);
  }

  #draw(): void {
    this.#drawing = undefined;
    const ticks = [...this.#pending.values()].sort((a, b) => a.openTime - b.openTime);
    this.#pending.clear();
    const before = this.#options.read();
    let snapshot = before;
    for (const tick of ticks) {
      const outcome = place(snapshot, tick);
      const isWhole = outcome.kind === "known" ||
        (outcome.kind === "changed" && tick.isProvisional);
      if (!isWhole) this.#reread();
      if (!("data" in outcome)) continue;
      const origin = snapshot.origin && { ...snapshot.origin, asof: tick.asof };
      snapshot = { ...snapshot, data: outcome.data, origin, freshness: "live" };
    }
    if (snapshot !== before) this.#options.onBars(snapshot);
  }

  #reread(): void {
    const waitMs = REREAD_AFTER_MS + Math.random() * REREAD_JITTER_MS;
    this.#rereading ??= setTimeout(() => {
      this.#rereading = undefined;
      this.#options.onReread();
    }, waitMs);
  }
}

function place({ data }: ChartSnapshot, tick: CandleTick): LiveOutcome {
  return tick.interval === data.interval ? withLiveBar(data, tick) : withLivePart(data, tick);
}
