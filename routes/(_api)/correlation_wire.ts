import { z } from "zod";
import { formatUtcMs } from "../../services/kernel/time.ts";
import type {
  ComparisonReport,
  CorrelationMatrixReport,
  CorrelationReport,
  RollingCorrelationReport,
} from "../../services/analytics/mod.ts";
import { ReasonsByFigure, reasonsToWire } from "./reasons_wire.ts";
import {
  BASIS,
  basisToWire,
  instantToWire,
  Interval95,
  pairToWire,
  Part,
  partToWire,
  valuesToWire,
} from "./risk_wire.ts";
import { Epoch, Instant } from "./schemas.ts";

/** Shapes of the answers about several assets, each beside the function that makes it. */

const R = z.number().nullable();

const PAIR = { coin_1: z.string(), coin_2: z.string(), ...BASIS };

export const Correlation = z.object({
  ...PAIR,
  correlation: R.describe("Pearson's r of log returns; null below 30 common ones"),
  n: z.number().int().describe("Returns that both have"),
  ci95: Interval95,
  missing: z.number().int().describe("Bars without a return of both"),
  coverage: z.number().describe("Share of the window's bars with a return of both"),
  asof: Instant,
  coins: z.array(Part),
  reasons: ReasonsByFigure,
}).meta({ id: "Correlation" });

export const RollingCorrelation = z.object({
  ...PAIR,
  window: z.number().int().describe("Bars of each window"),
  t: z.array(Epoch).describe("Starts of the bars that the windows end with"),
  correlation: z.array(R).describe("null until the window is full, and below 30 common returns"),
  n: z.array(z.number().int()),
  asof: Instant,
  coins: z.array(Part),
}).meta({ id: "RollingCorrelation" });

export const CorrelationMatrix = z.object({
  ...BASIS,
  coins: z.array(Part).describe("In the order of rows and columns"),
  correlation: z.array(z.array(R)),
  n: z.array(z.array(z.number().int())),
  ci95: z.array(z.array(Interval95)),
  asof: Instant,
}).meta({ id: "CorrelationMatrix" });

const { period: _, ...COMPARED } = BASIS;

export const Comparison = z.object({
  ...COMPARED,
  start: Instant.describe("Start of the bar whose close counts as 0"),
  t: z.array(Epoch),
  coins: z.array(Part.extend({
    base_at: Instant.nullable().describe("Bar of its own base, later where it was listed later"),
    total: z.number().nullable().describe("Change from there to its last close, a fraction"),
    change: z.array(z.number().nullable()),
    reasons: ReasonsByFigure,
  })),
  asof: Instant,
}).meta({ id: "Comparison" });

/** One pair. */
export function correlationToWire(report: CorrelationReport): z.output<typeof Correlation> {
  const { correlation, n, ci95, missing, bars, reasons } = report;
  return {
    ...pairedToWire(report),
    correlation,
    n,
    ci95: pairToWire(ci95),
    missing,
    coverage: n / bars,
    reasons: reasonsToWire(reasons),
  };
}

/** One pair through time, as columns. */
export function rollingToWire(
  report: RollingCorrelationReport,
): z.output<typeof RollingCorrelation> {
  const { window, t, correlation, n } = report;
  return {
    ...pairedToWire(report),
    window,
    t: [...t],
    correlation: valuesToWire(correlation),
    n: [...n],
  };
}

/** Every pair, row by row. */
export function matrixToWire(report: CorrelationMatrixReport): z.output<typeof CorrelationMatrix> {
  const { assets, period, r, n, ci95, asof } = report;
  const size = assets.length;
  const rowsOf = <T>(cells: readonly T[]) =>
    assets.map((_, row) => cells.slice(row * size, (row + 1) * size));
  return {
    period,
    ...basisToWire(report),
    coins: assets.map(partToWire),
    correlation: rowsOf(valuesToWire(r)),
    n: rowsOf([...n]),
    ci95: rowsOf(ci95.map(pairToWire)),
    asof: formatUtcMs(asof),
  };
}

/** Several lines from one start, as columns. */
export function comparisonToWire(report: ComparisonReport): z.output<typeof Comparison> {
  const { start, t, assets, asof } = report;
  return {
    ...basisToWire(report),
    start: formatUtcMs(start),
    t: [...t],
    coins: assets.map((asset) => ({
      ...partToWire(asset),
      base_at: instantToWire(asset.baseAt),
      total: asset.total,
      change: valuesToWire(asset.change),
      reasons: reasonsToWire(asset.reasons),
    })),
    asof: formatUtcMs(asof),
  };
}

function pairedToWire(report: CorrelationReport | RollingCorrelationReport) {
  const [first, second] = report.assets;
  return {
    coin_1: first.assetId,
    coin_2: second.assetId,
    period: report.period,
    ...basisToWire(report),
    asof: formatUtcMs(report.asof),
    coins: report.assets.map(partToWire),
  };
}
