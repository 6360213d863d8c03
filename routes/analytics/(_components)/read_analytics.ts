import {
  type ComparisonReport,
  type CorrelationMatrixReport,
  DEFAULT_BENCHMARK,
  type DrawdownReport,
  MAX_COMPARED_ASSETS,
  type RiskReport,
  type RiskService,
  type RollingCorrelationReport,
} from "../../../services/analytics/mod.ts";
import { AppError } from "../../../services/kernel/errors.ts";
import type { UtcMs } from "../../../services/kernel/time.ts";
import {
  type AssetLabel,
  intervalMs,
  labelOf,
  type MarketService,
} from "../../../services/market/mod.ts";
import { AsofParam, StartParam } from "../../(_api)/params.ts";
import { type AnalyticsView, readAnalyticsView } from "./analytics_view.ts";
import { defaultAssets } from "./default_assets.ts";

/** A report, or in a sentence why there is none: other panels stand without it. */
export type Settled<T> =
  | { readonly report: T; readonly refusal: null }
  | { readonly report: null; readonly refusal: string };

/** Everything that the page shows. */
export interface AnalyticsData {
  readonly view: AnalyticsView;
  /** Every asset that may be chosen, those with the largest value first. */
  readonly choices: readonly AssetLabel[];
  /** The chosen ones. */
  readonly assets: readonly AssetLabel[];
  /** Why these, in words; `null` where the address names them. */
  readonly whyThese: string | null;
  readonly pair: readonly [first: AssetLabel, second: AssetLabel];
  readonly benchmark: AssetLabel;
  /** What of the address was left out, and why. */
  readonly notes: readonly string[];
  readonly risk: Settled<readonly RiskReport[]>;
  readonly matrix: Settled<CorrelationMatrixReport>;
  readonly comparison: Settled<ComparisonReport>;
  readonly rolling: Settled<RollingCorrelationReport>;
  readonly drawdowns: Settled<readonly DrawdownReport[]>;
}

/** The assets of a question, and what could not be taken as one. */
type Chosen = Pick<
  AnalyticsData,
  "choices" | "assets" | "whyThese" | "pair" | "benchmark" | "notes"
>;

/** Reads what an address asks for; `null` while nothing has a price and nothing is asked for. */
export async function readAnalytics(
  { market, risk }: { readonly market: MarketService; readonly risk: RiskService },
  url: URL,
): Promise<AnalyticsData | null> {
  const view = readAnalyticsView(url);
  const asof = instantOf(AsofParam.safeParse(view.asof || undefined));
  const chosen = await chooseAssets(market, { view, asof: asof.at });
  if (chosen === null) return null;
  const start = instantOf(StartParam.safeParse(view.start || undefined));
  const notes = [
    ...chosen.notes,
    ...asof.isRefused ? [`"${view.asof}" is no date, so there is no as-of`] : [],
    ...start.isRefused ? [`"${view.start}" is no date, so lines start with the period`] : [],
  ];
  const ids = chosen.assets.map(({ assetId }) => assetId);
  const [first, second] = [chosen.pair[0].assetId, chosen.pair[1].assetId];
  const scope = { asof: asof.at, interval: view.interval ?? undefined };
  const query = { ...scope, period: view.period };
  const matrix = await settle(() => risk.getCorrelationMatrix(ids, query));
  const [reports, comparison, rolling, drawdowns] = await Promise.all([
    settle(() => risk.listRisk(ids, { ...query, benchmark: chosen.benchmark.assetId })),
    settle(() => risk.compare(ids, { ...scope, ...linesFrom(matrix, { start: start.at, scope }) })),
    settle(() => risk.getRollingCorrelation([first, second], { ...query, window: view.window })),
    settle(() =>
      Promise.all([...new Set([first, second])].map((id) => risk.getDrawdown(id, query)))
    ),
  ]);
  return { view, ...chosen, notes, risk: reports, matrix, comparison, rolling, drawdowns };
}

/** The bars of a comparison: from a start that was asked for, else the very ones of the matrix. */
function linesFrom(
  { report, refusal }: AnalyticsData["matrix"],
  { start, scope }: {
    readonly start: UtcMs | undefined;
    readonly scope: Pick<Parameters<RiskService["compare"]>[1], "asof" | "interval">;
  },
): Parameters<RiskService["compare"]>[1] {
  if (start !== undefined) return { ...scope, start };
  if (report === null) throw new AppError("VALIDATION_FAILED", refusal);
  const { from, asof, interval } = report;
  return { start: from - intervalMs(interval) as UtcMs, asof, interval };
}

function instantOf(
  parsed: { readonly success: boolean; readonly data?: UtcMs | undefined },
): { readonly at: UtcMs | undefined; readonly isRefused: boolean } {
  return { at: parsed.data, isRefused: !parsed.success };
}

async function settle<T>(read: () => Promise<T>): Promise<Settled<T>> {
  try {
    return { report: await read(), refusal: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { report: null, refusal: error.message };
  }
}

async function chooseAssets(
  market: MarketService,
  { view, asof }: { readonly view: AnalyticsView; readonly asof: UtcMs | undefined },
): Promise<Chosen | null> {
  const ranked = await market.listByValue();
  const priced = ranked.map(({ asset }) => asset);
  const notes: string[] = [];
  const find = (name: string): AssetLabel | null => {
    try {
      return labelOf(market.resolve(name));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      notes.push(error.message);
      return null;
    }
  };
  const asked = distinct(view.coins.map(find).filter((label) => label !== null));
  const usual = asked.length > 0 ? null : defaultAssets(ranked, { period: view.period, asof });
  const wanted = usual?.assets ?? asked;
  const assets = wanted.slice(0, MAX_COMPARED_ASSETS);
  const [first] = assets;
  if (first === undefined) return null;
  if (assets.length < wanted.length) {
    notes.push(`${MAX_COMPARED_ASSETS} assets are measured at once, the first of those asked for`);
  }
  const benchmark = view.benchmark === "" ? null : find(view.benchmark);
  const [a, b] = view.pair.map((name) => name === "" ? null : find(name));
  const one = a ?? first;
  const other = b ?? [...assets, ...priced].find(({ assetId }) => assetId !== one.assetId) ?? one;
  return {
    choices: distinct([...priced, ...asked]),
    assets,
    whyThese: usual?.reason ?? null,
    pair: [one, other],
    benchmark: benchmark ?? labelOf(market.resolve(DEFAULT_BENCHMARK)),
    notes,
  };
}

/** Each asset once, by its first place. */
function distinct(labels: readonly AssetLabel[]): readonly AssetLabel[] {
  return [...new Map(labels.map((label) => [label.assetId, label])).values()];
}
