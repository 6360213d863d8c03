import { MIN_COMMON_POINTS } from "./common_rows.ts";
import { parsePeriod, type Period } from "./period.ts";
import type { RiskReport } from "./reports.ts";

/** What the explain drawer says about a risk figure, and where a report holds it. */
export interface RiskFigure {
  readonly label: string;
  /** `usd`, `fraction` for a change, `share` for a level in fractions; empty for a ratio. */
  readonly unit: string;
  readonly words: string;
  readonly formula: string;
  /** The figure of a report. */
  readonly valueOf: (report: RiskReport) => number | null;
  /** Under which name the report says why it is missing. */
  readonly reasonName: string;
}

/** Every risk figure that can be taken apart, by the name that its explanation goes by. */
const FIGURES = {
  price_stddev: {
    label: "Standard deviation of prices",
    unit: "usd",
    words: "How far the closes of the period lie from their average, in the unit of the price: " +
      "twice the price, twice the figure.",
    formula: "√(Σ (close − mean)² / n)",
    valueOf: ({ priceStddev }) => priceStddev,
    reasonName: "priceStddev",
  },
  volatility: {
    label: "Volatility",
    unit: "share",
    words: "How much the log returns of the period vary, as if they went on for a year.",
    formula: "sample deviation of ln(close / close before) × √(bars a year)",
    valueOf: ({ volatility }) => volatility,
    reasonName: "volatility",
  },
  cumulative: {
    label: "Return",
    unit: "fraction",
    words: "What the price made of one unit of money between the first close and the last.",
    formula: "last close / first close − 1",
    valueOf: ({ measures }) => measures.cumulative,
    reasonName: "cumulative",
  },
  annual_return: {
    label: "Annual return",
    unit: "fraction",
    words: "The return of the period as if it went on for a year.",
    formula: "(last close / first close)^(bars a year / bars) − 1",
    valueOf: ({ measures }) => measures.annualReturn,
    reasonName: "annualReturn",
  },
  sharpe: {
    label: "Sharpe ratio",
    unit: "",
    words: "Mean return above that of an investment without risk, for each unit of deviation.",
    formula: "(mean return − risk-free return) / sample deviation × √(bars a year)",
    valueOf: ({ measures }) => measures.sharpe,
    reasonName: "sharpe",
  },
  sortino: {
    label: "Sortino ratio",
    unit: "",
    words:
      "Mean return above the required one, for each unit of downside risk: rises cost nothing.",
    formula: "(mean return − required) × bars a year / downside risk",
    valueOf: ({ measures }) => measures.sortino,
    reasonName: "sortino",
  },
  calmar: {
    label: "Calmar ratio",
    unit: "",
    words: "Annual return for each unit of the deepest fall.",
    formula: "annual return / |max drawdown|",
    valueOf: ({ measures }) => measures.calmar,
    reasonName: "calmar",
  },
  downside_risk: {
    label: "Downside risk",
    unit: "share",
    words: "How far returns fell short of the required one, as if it went on for a year.",
    formula: "√(mean of min(return − required, 0)²) × √(bars a year)",
    valueOf: ({ measures }) => measures.downsideRisk,
    reasonName: "downsideRisk",
  },
  max_drawdown: {
    label: "Max drawdown",
    unit: "fraction",
    words: "The deepest fall of a close below the highest one before it.",
    formula: "min(close / highest close so far − 1)",
    valueOf: ({ drawdown }) => drawdown?.depth ?? null,
    reasonName: "maxDrawdown",
  },
  current_drawdown: {
    label: "Drawdown",
    unit: "fraction",
    words: "How far the last close stands below the highest one of the period.",
    formula: "last close / highest close − 1",
    valueOf: ({ currentDrawdown }) => currentDrawdown,
    reasonName: "currentDrawdown",
  },
  var95: {
    label: "Value at risk, 95 %",
    unit: "share",
    words: "The loss of one bar that 5 % of the bars reached or exceeded: one that happened.",
    formula: "−(5 % quantile of simple returns, the lower of two)",
    valueOf: ({ measures }) => measures.var95,
    reasonName: "var95",
  },
  es95: {
    label: "Expected shortfall, 95 %",
    unit: "share",
    words: "The mean loss of those 5 % of the bars.",
    formula: "−(mean of the simple returns at or below the 5 % quantile)",
    valueOf: ({ measures }) => measures.es95,
    reasonName: "es95",
  },
  beta: {
    label: "Beta",
    unit: "",
    words: "By how much the asset moved for each move of the benchmark, where both have a return.",
    formula: "cov(return, benchmark's return) / var(benchmark's return)",
    valueOf: ({ benchmark }) => benchmark.beta,
    reasonName: "beta",
  },
  correlation: {
    label: "Correlation with the benchmark",
    unit: "",
    words: "How closely the log returns of the two moved together, −1 to 1, where both have one; " +
      `none below ${MIN_COMMON_POINTS} common returns.`,
    formula: "cov(a, b) / (deviation of a × deviation of b)",
    valueOf: ({ benchmark }) => benchmark.correlation,
    reasonName: "correlation",
  },
} as const satisfies Readonly<Record<string, RiskFigure>>;

/** The figures that can be taken apart, each followed by a period: `sharpe:1y`. */
export const RISK_FIGURES = Object.keys(FIGURES) as readonly (keyof typeof FIGURES)[];

/** A figure over a period. */
export interface PeriodFigure {
  readonly figure: RiskFigure;
  readonly period: Period;
}

/** Reads `sharpe:1y`; `null` for what names no risk figure. */
export function parseRiskFigure(text: string): PeriodFigure | null {
  const [name = "", period, ...rest] = text.split(":");
  const found = RISK_FIGURES.find((known) => known === name);
  if (found === undefined || period === undefined || rest.length > 0) return null;
  return { figure: FIGURES[found], period: parsePeriod(period) };
}
