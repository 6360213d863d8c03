import { barSlots, type CandleSeries, slotCount } from "../../components/charts/candles_data.ts";
import { type CandleFrame, fullWindow, slotAt } from "../../components/charts/candles_frame.ts";
import { nearestCandle } from "../../components/charts/candles_merge.ts";
import type { ScaleMode } from "../../components/charts/candles_panes.ts";
import { CandleChart } from "./candle_chart.ts";
import { ChartGestures, type Explorable, type Point } from "./gestures.ts";
import { chartAction } from "./keys.ts";
import { readPalette, watchPalette } from "./palette.ts";
import { downloadPng, type PngCaption } from "./png.ts";
import { isFullWindow, panWindow, revealSlot, zoomWindow } from "./viewport.ts";

export interface ChartViewOptions {
  readonly series: CandleSeries;
  readonly mode: ScaleMode;
  /** The crosshair or the window moved; `at` is a candle of the frame, `null` without crosshair. */
  readonly onMove: (frame: CandleFrame, at: number | null) => void;
  /** A key moved the crosshair to a candle of the frame: time to say what is there. */
  readonly onRead: (frame: CandleFrame, at: number) => void;
}

/** A chart in its place on the page: sized, coloured and steered. Made once the place is in view. */
export class ChartView implements Explorable {
  readonly #plot: HTMLElement;
  readonly #canvas = document.createElement("canvas");
  readonly #chart: CandleChart;
  readonly #options: ChartViewOptions;
  readonly #stop = new AbortController();
  #painting = 0;
  #pending: (() => void) | null = null;

  constructor(plot: HTMLElement, options: ChartViewOptions) {
    this.#plot = plot;
    this.#options = options;
    this.#canvas.className = "c-canvas";
    this.#canvas.setAttribute("aria-hidden", "true");
    plot.append(this.#canvas);
    this.#chart = new CandleChart(this.#canvas, {
      series: options.series,
      mode: options.mode,
      width: plot.clientWidth,
      palette: readPalette(plot),
    });
    const { signal } = this.#stop;
    new ChartGestures(plot, this, { signal, ownsWheel: true });
    plot.addEventListener("keydown", (event) => this.#onKey(event), { signal });
    plot.addEventListener("blur", () => this.clear(), { signal });
    watchPalette(() => this.#chart.change({ palette: readPalette(plot) }), signal);
    const observer = new ResizeObserver(() => this.#resize());
    observer.observe(plot);
    signal.addEventListener("abort", () => observer.disconnect(), { once: true });
    this.#tell();
  }

  get frame(): CandleFrame {
    return this.#chart.frame;
  }

  get isWhole(): boolean {
    return isFullWindow(this.#chart.window, slotCount(this.#chart.series));
  }

  get slotsPerPx(): number {
    const { window, plotWidth } = this.frame;
    return (window.to - window.from) / plotWidth;
  }

  slotAt(x: number): number {
    return slotAt(this.frame, x);
  }

  /** Shows other bars or another scale. */
  change(change: { series?: CandleSeries; mode?: ScaleMode }): void {
    this.#chart.change(change);
    this.#tell();
  }

  /** Shows newer bars of the same series, in the window that the reader chose. */
  follow(series: CandleSeries): void {
    this.#chart.follow(series);
    this.#tell();
  }

  /** Puts the crosshair on the candle nearest to a point of the plot. */
  pointAt({ x, y }: Point): void {
    this.#paint(() => {
      const { frame } = this.#chart;
      const at = x > frame.plotWidth ? null : nearestCandle(frame.candles, slotAt(frame, x), frame);
      this.#chart.setCrosshair(at === null ? null : { at, y });
    });
  }

  clear(): void {
    this.#paint(() => this.#chart.setCrosshair(null));
  }

  /** Moves the window by slots. */
  pan(by: number): void {
    const { window, series } = this.#chart;
    this.#show(panWindow(window, slotCount(series), { by }));
  }

  /** Widens (above 1) or narrows the window around a slot, by default around the crosshair. */
  zoom(factor: number, anchor: number = this.#anchor()): void {
    const { window, series } = this.#chart;
    this.#show(zoomWindow(window, slotCount(series), { factor, anchor }));
  }

  /** Back to everything. */
  reset(): void {
    this.#show(fullWindow(this.#chart.series));
  }

  /** Saves the chart as it stands, with a caption that says what it is. */
  download(caption: PngCaption): Promise<void> {
    this.clear();
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const palette = readPalette(this.#plot);
    return downloadPng({ canvas: this.#canvas, width, height }, { caption, palette });
  }

  destroy(): void {
    this.#stop.abort();
    cancelAnimationFrame(this.#painting);
    this.#chart.destroy();
    this.#canvas.remove();
  }

  #anchor(): number {
    const { crosshair, frame, series } = this.#chart;
    if (crosshair === null) return Math.min(frame.window.to, barSlots(series));
    return (frame.candles.slot[crosshair.at] ?? frame.window.to) + frame.candles.factor / 2;
  }

  #show(window: { from: number; to: number }): void {
    // A crosshair is an index of the frame: regrouped candles have other indices.
    const slot = this.#anchor();
    const { crosshair, frame: before } = this.#chart;
    this.#chart.setWindow(window);
    const { frame } = this.#chart;
    if (crosshair !== null && frame.candles !== before.candles) {
      const at = nearestCandle(frame.candles, slot, frame);
      this.#chart.setCrosshair(at === null ? null : { at, y: crosshair.y });
    }
    this.#tell();
  }

  /** Runs the last of the changes asked for within a frame of the screen. */
  #paint(change: () => void): void {
    this.#pending = change;
    if (this.#painting !== 0) return;
    this.#painting = requestAnimationFrame(() => {
      this.#painting = 0;
      this.#pending?.();
      this.#pending = null;
      this.#tell();
    });
  }

  #tell(): void {
    this.#options.onMove(this.#chart.frame, this.#chart.crosshair?.at ?? null);
  }

  #resize(): void {
    const width = this.#plot.clientWidth;
    if (width > 0 && width !== this.#chart.frame.width) this.#chart.change({ width });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = chartAction(event.key, { shift: event.shiftKey });
    if (action === null) return;
    event.preventDefault();
    switch (action.kind) {
      case "move":
        return this.#step((at) => at + action.by);
      case "first":
        return this.#step(() => 0);
      case "last":
        return this.#step(() => this.frame.candles.length - 1);
      case "zoom":
        return this.zoom(action.factor);
      case "reset":
        return this.reset();
      case "clear":
        return this.clear();
    }
  }

  /** Moves the crosshair by key, bringing its candle into view; the first step stands at the end. */
  #step(move: (at: number) => number): void {
    const { candles, end } = this.frame;
    if (candles.length === 0) return;
    const from = this.#chart.crosshair?.at ?? end;
    const at = Math.min(candles.length - 1, Math.max(0, move(from)));
    const slot = candles.slot[at] ?? 0;
    const { window, series } = this.#chart;
    const revealed = revealSlot(window, slotCount(series), { slot, width: candles.factor });
    if (revealed !== window) this.#chart.setWindow(revealed);
    this.#chart.setCrosshair({ at, y: null });
    this.#tell();
    this.#options.onRead(this.frame, at);
  }
}
