import type { ComponentChildren } from "preact";
import { Change, explainHref, Unknown } from "../../components/figures/Figures.tsx";
import { formatDecimal, formatPlain, formatShare } from "../../components/format/number.ts";
import type { RISK_FIGURES, RiskReport } from "../../services/analytics/mod.ts";
import { formatUtcMs, type UtcMs } from "../../services/kernel/time.ts";

/** A figure of a report as tables show it. */
export interface RiskFigure {
  /** Its name in explanations and in files. */
  readonly key: typeof RISK_FIGURES[number];
  readonly label: string;
  /** What it says, for the header's tooltip. */
  readonly words: string;
  readonly kind: "change" | "share" | "ratio";
  readonly valueOf: (report: RiskReport) => number | null;
  /** Under which name the report says why it is missing. */
  readonly reasonName: string;
}

export const VOLATILITY: RiskFigure = {
  key: "volatility",
  label: "Volatility",
  words: "Deviation of log returns, a year",
  kind: "share",
  valueOf: ({ volatility }) => volatility,
  reasonName: "volatility",
};
export const MAX_DRAWDOWN: RiskFigure = {
  key: "max_drawdown",
  label: "Max drawdown",
  words: "Deepest fall below the highest close before it",
  kind: "share",
  valueOf: ({ drawdown }) => drawdown?.depth ?? null,
  reasonName: "maxDrawdown",
};
export const SHARPE: RiskFigure = {
  key: "sharpe",
  label: "Sharpe",
  words: "Mean return for each unit of deviation, a year",
  kind: "ratio",
  valueOf: ({ measures }) => measures.sharpe,
  reasonName: "sharpe",
};
export const BETA: RiskFigure = {
  key: "beta",
  label: "Beta",
  words: "Move for each move of the benchmark",
  kind: "ratio",
  valueOf: ({ benchmark }) => benchmark.beta,
  reasonName: "beta",
};

/** A value in the form of its kind; ratios and shares in full on hover. */
function RiskValue(
  { value, kind }: { readonly value: number; readonly kind: RiskFigure["kind"] },
) {
  if (kind === "change") return <Change fraction={value} />;
  const text = kind === "share" ? formatShare(value) : formatDecimal(value, 2);
  return <span title={formatPlain(value)}>{text}</span>;
}

/** What a figure is measured on, beside its asset and period. */
export interface ExplainScope {
  readonly period: string;
  readonly asof: UtcMs;
  readonly interval: string;
  readonly benchmark?: string;
}

/** Where a risk figure is taken apart: on the very bars that it stands on. */
export function riskExplainHref(
  figure: string,
  assetId: string,
  { period, asof, interval, benchmark }: ExplainScope,
): string {
  const query = new URLSearchParams({ asof: formatUtcMs(asof), interval });
  if (benchmark !== undefined) query.set("benchmark", benchmark);
  return `${explainHref(`${figure}:${period}`, assetId)}?${query}`;
}

/** A figure of a report that opens its explanation, or the dash with its reason. */
export function RiskCell(
  { figure, report }: { readonly figure: RiskFigure; readonly report: RiskReport },
): ComponentChildren {
  const value = figure.valueOf(report);
  if (value === null) return <Unknown reason={report.reasons[figure.reasonName] ?? null} />;
  const { period, asof, interval, asset, benchmark } = report;
  const scope = {
    period,
    asof,
    interval,
    ...figure.key === "beta" && { benchmark: benchmark.assetId },
  };
  return (
    <a class="explain" href={riskExplainHref(figure.key, asset.assetId, scope)}>
      <RiskValue value={value} kind={figure.kind} />
    </a>
  );
}
