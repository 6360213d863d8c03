import { createHash } from "node:crypto";
import { DAY_MS, type IsoDay, isoDayOf, type UtcMs } from "../kernel/time.ts";
import { type AssetOfDay, type DailyPanel, marketAt } from "./daily_panel.ts";
import { type DailyHistory, dailyHistory } from "./daily_history.ts";
import { type Grade, nextGrade } from "./grade.ts";
import { reachOf, type ScoreMethod } from "./method.ts";
import { buildTables } from "./score_tables.ts";
import { type PlainScore, scoreAssets } from "./scorecard.ts";
import { drawUncertainty, type Uncertainty } from "./uncertainty.ts";

/** An asset's score with all that explains it. */
export interface Scorecard extends PlainScore, Uncertainty {
  readonly grade: Grade | null;
  /** Where its candles come from. */
  readonly source: string;
  readonly isDemo: boolean;
  /** End of the last day of its candles. */
  readonly asof: UtcMs;
}

/** What a run stands on, as sha-256 in hexadecimal: equal hashes mean equal results. */
export interface Lineage {
  readonly method: string;
  readonly universe: string;
  readonly weights: string;
  readonly inputs: string;
}

/** The market's scores on a day. */
export interface ScoreRun {
  /** Version of the method. */
  readonly method: string;
  readonly day: IsoDay;
  /** End of the day. */
  readonly asof: UtcMs;
  readonly lineage: Lineage;
  /** Members of the reference set, by id. */
  readonly universe: readonly string[];
  /** The run whose letters it goes on from. */
  readonly previousDay: IsoDay | null;
  /** By id. */
  readonly cards: readonly Scorecard[];
}

/** The letters of an earlier run. */
export interface GradesBefore {
  readonly day: IsoDay;
  readonly grades: ReadonlyMap<string, Grade>;
}

/** A market as it was known on a day, with what to measure it against. */
interface DayInput {
  readonly assets: readonly AssetOfDay[];
  readonly market: DailyHistory;
}

/**
 * Scores the market as it was known at the end of `day`. A pure function of the panel up to that
 * day, the method and the letters before: run twice it gives the same to the last bit.
 */
export function scoreRun(
  panel: DailyPanel,
  { method, day, before = null }: {
    method: ScoreMethod;
    day: UtcMs;
    before?: GradesBefore | null;
  },
): ScoreRun {
  const { assets, market } = inputOf(panel, { method, day });
  const tables = buildTables(assets, { method, market });
  const scores = scoreAssets(tables);
  const drawn = drawUncertainty(tables, scores);
  const cards = scores.map((score, at): Scorecard => {
    const { band = null, rankInterval = null } = drawn[at] ?? {};
    const { source = "", isDemo = false, asof = day } = assets[at] ?? {};
    const known = before?.grades.get(score.assetId) ?? null;
    const grade = score.score === null || band === null
      ? null
      : nextGrade(known, { score: score.score, band, grades: method.grades });
    return { ...score, band, rankInterval, grade, source, isDemo, asof };
  });
  const universe = cards.filter(({ outside }) => outside === null).map(({ assetId }) => assetId);
  return {
    method: method.version,
    day: isoDayOf(day),
    asof: day + DAY_MS as UtcMs,
    lineage: lineageOf(assets, { method, universe, before }),
    universe,
    previousDay: before?.day ?? null,
    cards,
  };
}

/** The scores of a day at the method's own windows, without draws, letters and hashes. */
export function scorePlainly(
  panel: DailyPanel,
  { method, day }: { method: ScoreMethod; day: UtcMs },
): readonly PlainScore[] {
  const { assets, market } = inputOf(panel, { method, day });
  return scoreAssets(buildTables(assets, { method, market, isPlain: true }));
}

function inputOf(
  panel: DailyPanel,
  { method, day }: { method: ScoreMethod; day: UtcMs },
): DayInput {
  const reach = reachOf(method);
  const assets = marketAt(panel, { day, reach });
  const own = assets.find(({ assetId }) => assetId === method.market_asset)?.history;
  return { assets, market: own ?? missingHistory(reach) };
}

/** A market that nothing is known of. */
function missingHistory(days: number): DailyHistory {
  const column = new Float64Array(days).fill(NaN);
  return dailyHistory({ close: column, volumeUsd: column, marketCapUsd: column });
}

function lineageOf(
  assets: readonly AssetOfDay[],
  { method, universe, before }: {
    method: ScoreMethod;
    universe: readonly string[];
    before: GradesBefore | null;
  },
): Lineage {
  const inputs = createHash("sha256");
  for (const { assetId, themes, source, history } of assets) {
    inputs.update(JSON.stringify([assetId, themes, source]));
    for (const column of [history.close, history.volumeUsd, history.supply]) {
      inputs.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
    }
  }
  inputs.update(JSON.stringify(before && [before.day, [...before.grades]]));
  return {
    method: hashOf(method),
    universe: hashOf(universe),
    weights: hashOf(method.pillars.map(({ id, weight }) => [id, weight])),
    inputs: inputs.digest("hex"),
  };
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
