import { type CsvValue, formatCsv } from "../../../components/format/csv.ts";
import { isoInstant } from "../../../components/format/time.ts";
import { finiteOrNull } from "../../../services/kernel/numbers.ts";
import { RISK_COLUMNS } from "./risk_columns.ts";
import type { AnalyticsData } from "./read_analytics.ts";
import { riskRows } from "./RiskPanel.tsx";

/** The tables of the page that come as files. */
export const CSV_TABLES = ["comparison", "risk", "correlation", "rolling", "drawdown"] as const;
type CsvTable = typeof CSV_TABLES[number];

/** A table as CSV, a missing value being an empty field; `null` where it can't be measured. */
export function tableCsv(table: CsvTable, data: AnalyticsData): string | null {
  switch (table) {
    case "comparison":
      return comparisonCsv(data);
    case "risk":
      return riskCsv(data);
    case "correlation":
      return correlationCsv(data);
    case "rolling":
      return rollingCsv(data);
    case "drawdown":
      return drawdownCsv(data);
  }
}

function comparisonCsv({ comparison: { report } }: AnalyticsData): string | null {
  if (report === null) return null;
  const header = ["time", ...report.assets.map(({ assetId }) => `change_${assetId}`), "interval"];
  const rows = Array.from(report.t, (at, row): CsvValue[] => [
    isoInstant(at),
    ...report.assets.map(({ change }) => finiteOrNull(change[row])),
    report.interval,
  ]);
  return formatCsv(header, rows);
}

function riskCsv(data: AnalyticsData): string | null {
  if (data.risk.report === null) return null;
  const header = [
    "asset_id",
    "symbol",
    "period",
    ...RISK_COLUMNS.map(({ key }) => key),
    ...["benchmark", "closes", "returns", "missing", "interval", "from", "to", "asof", "source"],
  ];
  const rows = riskRows(data).map(({ report, symbol }): CsvValue[] => [
    report.asset.assetId,
    symbol,
    report.period,
    ...RISK_COLUMNS.map(({ valueOf }) => valueOf(report)),
    report.benchmark.assetId,
    report.n,
    report.returns,
    report.missing,
    report.interval,
    isoInstant(report.from),
    isoInstant(report.to),
    isoInstant(report.asof),
    report.asset.provenance?.source ?? null,
  ]);
  return formatCsv(header, rows);
}

/** A row for every two assets, each pair once. */
function correlationCsv({ matrix: { report } }: AnalyticsData): string | null {
  if (report === null) return null;
  const { assets, r, n, ci95, period, interval, from, to } = report;
  const rows = assets.flatMap((one, row) =>
    assets.slice(row + 1).map((other, after): CsvValue[] => {
      const at = row * assets.length + row + 1 + after;
      const [low, high] = ci95[at] ?? [null, null];
      return [
        one.assetId,
        other.assetId,
        finiteOrNull(r[at]),
        n[at] ?? null,
        low,
        high,
        period,
        interval,
        isoInstant(from),
        isoInstant(to),
      ];
    })
  );
  const header = ["asset_1", "asset_2", "correlation", "n", "ci95_low", "ci95_high"];
  return formatCsv([...header, "period", "interval", "from", "to"], rows);
}

function rollingCsv({ rolling: { report } }: AnalyticsData): string | null {
  if (report === null) return null;
  const [one, other] = report.assets;
  const rows = Array.from(report.t, (at, row): CsvValue[] => [
    isoInstant(at),
    one.assetId,
    other.assetId,
    report.window,
    finiteOrNull(report.correlation[row]),
    report.n[row] ?? null,
    report.interval,
  ]);
  return formatCsv(
    ["time", "asset_1", "asset_2", "window", "correlation", "n", "interval"],
    rows,
  );
}

function drawdownCsv({ drawdowns: { report } }: AnalyticsData): string | null {
  if (report === null) return null;
  const rows = report.flatMap(({ asset, t, curve, interval }) =>
    Array.from(t, (at, row): CsvValue[] => [
      isoInstant(at),
      asset.assetId,
      finiteOrNull(curve[row]),
      interval,
    ])
  );
  return formatCsv(["time", "asset_id", "drawdown", "interval"], rows);
}
