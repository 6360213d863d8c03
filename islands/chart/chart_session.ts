import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { fetchChart } from "../../components/api/chart.ts";
import { ClientError } from "../../components/api/client.ts";
import type { CandleSeries } from "../../components/charts/candles_data.ts";
import { type CandleFrame, candleSpan } from "../../components/charts/candles_frame.ts";
import { legendOf, spokenLegend } from "../../components/charts/candles_legend.ts";
import {
  chartHref,
  type ChartQuery,
  RANGES,
  readChartQuery,
} from "../../components/charts/candles_query.ts";
import { formatBarTime, summarizeCandles } from "../../components/charts/candles_summary.ts";
import type { ChartSnapshot } from "../../components/charts/candles_view.ts";
import { Announcer } from "./announcer.ts";
import type { ChartView } from "./chart_view.ts";
import { LiveBars } from "./live_bars.ts";

export interface ChartSessionOptions {
  readonly assetId: string;
  readonly name: string;
  readonly query: Signal<ChartQuery>;
  readonly snapshot: Signal<ChartSnapshot>;
  readonly series: ReadonlySignal<CandleSeries>;
  readonly frame: Signal<CandleFrame>;
}

export interface ChartFailure {
  readonly message: string;
  /** Names the request in the server's log. */
  readonly requestId: string | null;
}

/** Far enough ahead of the viewport that the canvas is there before the reader is. */
const LOAD_MARGIN = "200px";

/**
 * What a reader does with a chart: choosing what it shows, loading that, and exploring it. The
 * canvas and its library are fetched when the chart comes into view.
 */
export class ChartSession {
  readonly isBusy = signal(false);
  readonly isLive = signal(false);
  readonly failure = signal<ChartFailure | null>(null);
  /** The candle under the crosshair, an index of the frame. */
  readonly cursor = signal<number | null>(null);
  /** The days in view while they are not all. */
  readonly zoomed = signal<string | null>(null);
  /** What assistive technology is told. */
  readonly spoken = signal("");
  readonly #options: ChartSessionOptions;
  readonly #announcer = new Announcer((text) => this.spoken.value = text);
  readonly #bars: LiveBars;
  #view: ChartView | null = null;
  #load: AbortController | null = null;

  constructor(options: ChartSessionOptions) {
    this.#options = options;
    this.#bars = new LiveBars({
      assetId: options.assetId,
      read: () => options.snapshot.value,
      onBars: (snapshot) => this.#follow(snapshot),
      onReread: () => void this.#reread(),
    });
  }

  /** Draws along with the market; the answer ends it. */
  goLive(): () => void {
    return this.#bars.start();
  }

  get series(): ReadonlySignal<CandleSeries> {
    return this.#options.series;
  }

  /** Takes over links to other states of this page; all others go where they point. */
  follow(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (!isPlain || !(link instanceof HTMLAnchorElement)) return;
    if (link.pathname !== location.pathname) return;
    event.preventDefault();
    const menu = link.closest("details");
    if (menu !== null) menu.open = false;
    void this.#go(readChartQuery(new URL(link.href).searchParams));
  }

  retry(): void {
    void this.#fetch();
  }

  /** Puts a canvas into the plot once it is near the viewport; the answer takes it away again. */
  show(plot: HTMLElement): () => void {
    let isGone = false;
    const observer = new IntersectionObserver(async (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      const { ChartView } = await import("./chart_view.ts");
      if (isGone) return;
      this.#view = new ChartView(plot, {
        series: this.series.value,
        mode: this.#options.query.value.scale,
        onMove: (frame, at) => this.#onMove(frame, at),
        onRead: (frame, at) => this.#read(frame, at),
      });
      this.isLive.value = true;
    }, { rootMargin: LOAD_MARGIN });
    observer.observe(plot);
    return () => {
      isGone = true;
      observer.disconnect();
      this.#view?.destroy();
      this.#view = null;
      this.isLive.value = false;
      this.cursor.value = null;
      this.zoomed.value = null;
    };
  }

  /** Shows all bars again. */
  reset(): void {
    this.#view?.reset();
  }

  savePng(): void {
    const { assetId, name, query, snapshot } = this.#options;
    const { origin, data } = snapshot.value;
    void this.#view?.download({
      title: `${name}, ${data.interval}, ${query.value.scale} scale`,
      note: [
        this.zoomed.value ?? RANGES.find(({ range }) => range === query.value.range)?.title,
        "times in UTC",
        origin === null ? null : `source: ${origin.source}${origin.isDemo ? ", simulated" : ""}`,
      ].filter(Boolean).join("  ·  "),
      fileName: `${assetId}-${query.value.range}-${data.interval}.png`,
    });
  }

  stop(): void {
    this.#load?.abort();
    this.#announcer.stop();
  }

  async #go(next: ChartQuery): Promise<void> {
    const { assetId, query } = this.#options;
    const before = query.value;
    query.value = next;
    history.replaceState(history.state, "", chartHref(assetId, next));
    if (next.scale !== before.scale) this.#view?.change({ mode: next.scale });
    const isSameData = next.range === before.range && next.interval === before.interval &&
      next.indicators.join() === before.indicators.join();
    if (!isSameData) await this.#fetch();
  }

  async #fetch(): Promise<void> {
    const { assetId, query, snapshot, name } = this.#options;
    this.#load?.abort();
    const load = this.#load = new AbortController();
    this.isBusy.value = true;
    this.failure.value = null;
    try {
      const next = await fetchChart(assetId, query.value, { signal: load.signal });
      snapshot.value = next;
      this.cursor.value = null;
      this.#view?.change({ series: this.series.value });
      this.#bars.update();
      this.#announcer.announce(summarizeCandles(name, this.series.value));
    } catch (error) {
      // Somebody asked for something else meanwhile, and that is on its way.
      if (load.signal.aborted) return;
      if (!(error instanceof ClientError)) throw error;
      this.failure.value = { message: error.message, requestId: error.requestId };
    } finally {
      if (this.#load === load) this.isBusy.value = false;
    }
  }

  /** Newer bars of what is shown: the reader's window stays, and nothing is announced. */
  #follow(next: ChartSnapshot): void {
    this.#options.snapshot.value = next;
    this.#view?.follow(this.series.value);
  }

  /** Reads the chart again without a word: a failure leaves the bars as they are. */
  async #reread(): Promise<void> {
    const { assetId, query } = this.#options;
    if (this.isBusy.value) return;
    const load = this.#load = new AbortController();
    try {
      const next = await fetchChart(assetId, query.value, { signal: load.signal });
      this.#follow(next);
    } catch (error) {
      if (!load.signal.aborted && !(error instanceof ClientError)) throw error;
    }
  }

  #onMove(frame: CandleFrame, at: number | null): void {
    const { frame: shown } = this.#options;
    if (shown.value !== frame) {
      shown.value = frame;
      this.zoomed.value = this.#zoomWords(frame);
    }
    this.cursor.value = at;
  }

  #zoomWords(frame: CandleFrame): string | null {
    const { candles, start, end } = frame;
    if (this.#view === null || this.#view.isWhole || end <= start) return null;
    const series = this.series.value;
    const from = candleSpan(series, { candles, at: start }).from;
    const to = candleSpan(series, { candles, at: end - 1 }).to - series.intervalMs;
    const words = (at: number) => formatBarTime(at, series.intervalMs);
    return `${words(from)} – ${words(to)}`;
  }

  #read({ candles }: CandleFrame, at: number): void {
    this.#announcer.announce(spokenLegend(legendOf(this.series.value, { candles, at })));
  }
}
