import { Chart, DatasetController, Element, LinearScale, LogarithmicScale } from "chart.js";
import type { CandleFrame } from "../../components/charts/candles_frame.ts";
import { paintPane } from "./painter.ts";
import type { ChartPalette } from "./palette.ts";

/** What the panes of a chart are drawn from; the chart asks for it at each draw. */
export interface FrameSource {
  readonly frame: CandleFrame;
  readonly palette: ChartPalette;
}

declare module "chart.js" {
  interface ChartTypeRegistry {
    pane: {
      chartOptions: Record<never, never>;
      datasetOptions: { source: () => FrameSource; yAxisID: string; clip: number };
      defaultDataPoint: never;
      metaExtensions: Record<never, never>;
      parsedDataType: never;
      scales: "linear" | "logarithmic";
    };
  }
}

/** chart.js wants an element type of every controller; this one is never made. */
class PaneElement extends Element {
  static id = "paneMark";
}

/**
 * Draws one pane as a chart.js dataset. It keeps no element per point: the frame already holds at
 * most one candle per three pixels, and painting that takes less time than updating elements.
 */
class PaneController extends DatasetController<"pane"> {
  static id = "pane";
  static defaults = { datasetElementType: false, dataElementType: PaneElement.id };

  override update(): void {
    // Nothing is kept between draws.
  }

  override draw(): void {
    const dataset = this.chart.data.datasets[this.index];
    if (dataset === undefined || !("source" in dataset)) return;
    const { frame, palette } = dataset.source();
    const pane = frame.panes.find(({ id }) => id === dataset.yAxisID);
    if (pane === undefined) return;
    this.chart.ctx.save();
    paintPane({ context: this.chart.ctx, frame, pane, palette });
    this.chart.ctx.restore();
  }
}

/** Makes the parts of chart.js known that these charts use; the rest stays out of the bundle. */
export function registerPanes(): void {
  Chart.register(PaneController, PaneElement, LinearScale, LogarithmicScale);
}
