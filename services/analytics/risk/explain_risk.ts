import {
  type AssetLabel,
  type Explanation,
  type ExplanationInput,
  intervalMs,
  lastRows,
} from "../../market/mod.ts";
import { YEAR_MS } from "../../kernel/time.ts";
import type { PeriodFigure } from "./figures.ts";
import type { WindowCandles } from "./window_reader.ts";
import type { RiskReport } from "./reports.ts";

const ROUNDING = "None: a 64-bit float as computed. Pages round what they show, copies do not.";

/** A figure of a risk report taken apart, with the newest candles that it was computed from. */
export function explainRiskFigure(
  asset: AssetLabel,
  { name, asked: { figure, period }, report, read }: {
    /** As asked for: `sharpe:1y`. */
    readonly name: string;
    readonly asked: PeriodFigure;
    readonly report: RiskReport;
    /** `null` where the window holds no candle. */
    readonly read: WindowCandles | null;
  },
): Explanation {
  const { label, unit, words, formula } = figure;
  const value = figure.valueOf(report);
  return {
    figure: name,
    asset,
    label: `${label}, ${period.text}`,
    value,
    unit,
    reason: value === null ? report.reasons[figure.reasonName] ?? null : null,
    words,
    formula,
    inputs: inputsOf(report, figure.reasonName),
    rounding: ROUNDING,
    provenance: report.asset.provenance,
    rows: read === null ? [] : lastRows(read.candles),
  };
}

/** The counts that a figure stands on, and how sure it is. Its closes are the rows. */
function inputsOf(
  { asset, interval, n, returns, missing, benchmark }: RiskReport,
  figure: string,
): readonly ExplanationInput[] {
  const { provenance } = asset;
  const input = (name: string, value: number): ExplanationInput => ({
    name,
    value,
    unit: "",
    asof: provenance?.asof ?? null,
    source: provenance?.source ?? null,
    resolution: interval,
  });
  const isAgainstBenchmark = figure === "beta" || figure === "correlation";
  const [low, high] = figure === "correlation" ? benchmark.ci95 ?? [] : [];
  return [
    input("closes", n),
    input("returns", returns),
    input("missing bars", missing),
    ...isAgainstBenchmark
      ? [input(`returns in common with ${benchmark.assetId}`, benchmark.n)]
      : [],
    ...low === undefined ? [] : [input("95 % interval, from", low)],
    ...high === undefined ? [] : [input("95 % interval, to", high)],
    { ...input("bars a year", YEAR_MS / intervalMs(interval)), asof: null, source: null },
  ];
}
