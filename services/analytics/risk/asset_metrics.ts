import { finiteOrNull } from "../../kernel/numbers.ts";
import type { AnalyticsService, IndicatorLine } from "../analytics_service.ts";
import type { RiskReport } from "./reports.ts";
import type { RiskQuery, RiskService } from "./risk_service.ts";

/** Settings of the momentum figures, as charts have them. */
export const RSI_PERIOD = 14;
export const MACD_PERIODS = { fast: 12, slow: 26, signal: 9 } as const;

const { fast, slow, signal } = MACD_PERIODS;
const RSI = `rsi:${RSI_PERIOD}`;
const MACD = `macd:${fast}-${slow}-${signal}`;
const [FAST_EMA, SLOW_EMA] = [`ema:${fast}`, `ema:${slow}`];

/** Momentum at the newest bar that the risk was measured up to; `null` in the warm-up. */
export interface Momentum {
  readonly rsi: number | null;
  readonly macd: number | null;
  readonly macdSignal: number | null;
  readonly macdHistogram: number | null;
  /** The averages that the MACD is the difference of, in dollars. */
  readonly fastEma: number | null;
  readonly slowEma: number | null;
}

export interface AssetMetrics {
  readonly risk: RiskReport;
  readonly momentum: Momentum;
}

/** Risk and momentum of an asset, both on the candles of one source and up to the same bar. */
export async function getAssetMetrics(
  { analytics, risk }: { readonly analytics: AnalyticsService; readonly risk: RiskService },
  asset: string,
  query: RiskQuery,
): Promise<AssetMetrics> {
  const report = await risk.getRisk(asset, query);
  const { provenance, to } = report.asset;
  if (provenance === null || to === null) return { risk: report, momentum: NONE };
  const { series } = await analytics.getIndicators(asset, {
    names: [RSI, MACD, FAST_EMA, SLOW_EMA],
    interval: report.interval,
    from: to,
    to: report.asof,
    limit: 1,
    source: provenance.source,
  });
  const macd = (line: string) => newestOf(series[MACD], line);
  return {
    risk: report,
    momentum: {
      rsi: newestOf(series[RSI]),
      macd: macd("macd"),
      macdSignal: macd("signal"),
      macdHistogram: macd("histogram"),
      fastEma: newestOf(series[FAST_EMA]),
      slowEma: newestOf(series[SLOW_EMA]),
    },
  };
}

type Lines = IndicatorLine | Readonly<Record<string, IndicatorLine>>;

/** The last value of an indicator, or of one of its lines. */
function newestOf(lines: Lines | undefined, line = ""): number | null {
  if (lines === undefined) return null;
  const values = isLine(lines) ? lines : lines[line];
  return finiteOrNull(values?.at(-1));
}

function isLine(lines: Lines): lines is IndicatorLine {
  return Array.isArray(lines);
}

const NONE: Momentum = {
  rsi: null,
  macd: null,
  macdSignal: null,
  macdHistogram: null,
  fastEma: null,
  slowEma: null,
};
