import { Chart, type ChartOptions } from "chart.js";
import { barSlots, type CandleSeries, slotCount } from "../../components/charts/candles_data.ts";
import {
  type CandleFrame,
  type ChartWindow,
  frameOf,
  fullWindow,
  mergedBy,
} from "../../components/charts/candles_frame.ts";
import { type MergedCandles, nearestCandle } from "../../components/charts/candles_merge.ts";
import type { ScaleMode } from "../../components/charts/candles_panes.ts";
import { axesOf } from "./axes.ts";
import { type Crosshair, drawCrosshair, drawPaneFrames, drawTail } from "./overlay.ts";
import type { ChartPalette } from "./palette.ts";
import { type FrameSource, registerPanes } from "./pane_controller.ts";
import { clampWindow, followWindow, keepBars } from "./viewport.ts";

export interface CandleChartOptions {
  readonly series: CandleSeries;
  readonly mode: ScaleMode;
  readonly width: number;
  readonly palette: ChartPalette;
}

/** What can change about a chart that is shown. */
export type CandleChartChange = Partial<CandleChartOptions>;

/**
 * A candle chart on a canvas. chart.js owns the canvas, lays out the axes and draws them and the
 * panes; the frame that the server draws as SVG says what is in view, so both show the same.
 */
export class CandleChart {
  readonly #chart: Chart<"pane">;
  readonly #source = (): FrameSource => ({ frame: this.#frame, palette: this.#options.palette });
  #options: CandleChartOptions;
  #merge: (factor: number) => MergedCandles;
  #window: ChartWindow;
  #frame: CandleFrame;
  #crosshair: Crosshair | null = null;

  constructor(canvas: HTMLCanvasElement, options: CandleChartOptions) {
    registerPanes();
    this.#options = options;
    this.#merge = mergedBy(options.series);
    this.#window = fullWindow(options.series);
    this.#frame = this.#layOut();
    canvas.width = options.width;
    canvas.height = this.#frame.height;
    this.#chart = new Chart(canvas, {
      type: "pane",
      data: { datasets: this.#datasets() },
      options: this.#chartOptions(),
      plugins: [{
        id: "overlay",
        beforeDraw: ({ ctx, width, height }) => {
          ctx.fillStyle = this.#options.palette.ground;
          ctx.fillRect(0, 0, width, height);
        },
        afterDraw: ({ ctx }) => this.#drawOverlay(ctx),
      }],
    });
  }

  get frame(): CandleFrame {
    return this.#frame;
  }

  get series(): CandleSeries {
    return this.#options.series;
  }

  get window(): ChartWindow {
    return this.#window;
  }

  get crosshair(): Crosshair | null {
    return this.#crosshair;
  }

  /** Takes other bars, another scale, width or palette. Other bars are shown whole. */
  change(change: CandleChartChange): void {
    this.#options = { ...this.#options, ...change };
    if (change.series !== undefined) {
      this.#merge = mergedBy(change.series);
      this.#window = fullWindow(change.series);
      this.#crosshair = null;
    }
    this.#frame = this.#layOut();
    this.#chart.data.datasets = this.#datasets();
    this.#chart.options = this.#chartOptions();
    this.#chart.resize(this.#frame.width, this.#frame.height);
    this.#chart.update("none");
  }

  /** Takes newer bars of the same series: what is in view and under the crosshair stays. */
  follow(series: CandleSeries): void {
    const shift = Math.round((this.series.origin - series.origin) / series.intervalMs);
    const window = followWindow(this.#window, {
      before: slotCount(this.series),
      after: slotCount(series),
      shift,
    });
    const crosshair = this.#crosshair;
    const { candles } = this.#frame;
    const slot = (candles.slot[crosshair?.at ?? 0] ?? 0) + shift + candles.factor / 2;
    this.change({ series });
    this.setWindow(window);
    const at = crosshair === null ? null : nearestCandle(this.#frame.candles, slot, this.#frame);
    if (crosshair !== null && at !== null) this.setCrosshair({ ...crosshair, at });
  }

  /** Brings other slots into view. */
  setWindow(window: ChartWindow): void {
    const { series } = this;
    this.#window = keepBars(clampWindow(window, slotCount(series)), barSlots(series));
    this.#frame = this.#layOut();
    this.#chart.update("none");
  }

  setCrosshair(crosshair: Crosshair | null): void {
    this.#crosshair = crosshair;
    this.#chart.draw();
  }

  destroy(): void {
    this.#chart.destroy();
  }

  #layOut(): CandleFrame {
    const { series, mode, width } = this.#options;
    return frameOf(series, { width, window: this.#window, mode, merge: this.#merge });
  }

  #datasets() {
    return this.#frame.panes.map(({ id }) => ({
      data: [],
      source: this.#source,
      yAxisID: id,
      clip: 0,
    }));
  }

  #chartOptions(): ChartOptions<"pane"> {
    return {
      animation: false,
      responsive: false,
      // Pointer and keys are read by the island, which also has to move the legend.
      events: [],
      layout: { padding: 0, autoPadding: false },
      scales: axesOf(this.#source),
    };
  }

  #drawOverlay(context: CanvasRenderingContext2D): void {
    drawTail(context, this.#source());
    drawPaneFrames(context, this.#source());
    if (this.#crosshair === null) return;
    drawCrosshair(context, this.#source(), { crosshair: this.#crosshair, series: this.series });
  }
}
