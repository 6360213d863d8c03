import type { IsoDay } from "../kernel/time.ts";
import type { Scorecard, ScoreRun } from "./score_run.ts";

/**
 * What a metric moved a score by. A score is 50 and what its present metrics add, so that one that
 * was not counted before moved it by all that it adds now.
 */
export interface MetricChange {
  readonly pillar: string;
  readonly metric: string;
  readonly label: string;
  readonly points: number;
  /** What it added to the score of either run; `null` where it was not counted in it. */
  readonly addedBefore: number | null;
  readonly addedAfter: number | null;
  readonly rawBefore: number | null;
  readonly rawAfter: number | null;
}

/** How an asset's score moved from one run to another. */
export interface ScoreChange {
  readonly assetId: string;
  readonly from: IsoDay;
  readonly to: IsoDay;
  /** Points; `null` unless both runs have a score. */
  readonly score: number | null;
  /** Places gained; `null` unless both runs have a rank. */
  readonly ranksGained: number | null;
  readonly letterBefore: string | null;
  readonly letterAfter: string | null;
  /** `entered` and `left`: what is scored; `null` for both runs alike. */
  readonly event: "entered" | "left" | null;
  /** Those that moved, most first; they add up to `score` to the last bit. */
  readonly metrics: readonly MetricChange[];
}

/** What changed from one run to the next, assets that moved most first, unknown changes last. */
export function changesBetween(before: ScoreRun, after: ScoreRun): readonly ScoreChange[] {
  const old = new Map(before.cards.map((card) => [card.assetId, card]));
  const fresh = new Map(after.cards.map((card) => [card.assetId, card]));
  const ids = [...new Set([...old.keys(), ...fresh.keys()])].sort();
  return ids.map((assetId): ScoreChange => {
    const [was, is] = [old.get(assetId), fresh.get(assetId)];
    const score = gapOf(was?.score, is?.score);
    return {
      assetId,
      from: before.day,
      to: after.day,
      score,
      ranksGained: gapOf(is?.rank, was?.rank),
      letterBefore: was?.grade?.letter ?? null,
      letterAfter: is?.grade?.letter ?? null,
      event: eventOf(was, is),
      metrics: score === null || !was || !is ? [] : metricChanges(was, is),
    };
  }).toSorted(bySize);
}

function bySize({ score: a }: ScoreChange, { score: b }: ScoreChange): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return Math.abs(b) - Math.abs(a);
}

function metricChanges(was: Scorecard, is: Scorecard): readonly MetricChange[] {
  const metricsOf = ({ pillars }: Scorecard) =>
    pillars.flatMap(({ id, metrics }) => metrics.map((metric) => ({ pillar: id, ...metric })));
  const old = new Map(metricsOf(was).map((metric) => [metric.id, metric]));
  return metricsOf(is).map(({ pillar, id, label, raw, contribution: addedAfter }) => {
    const addedBefore = old.get(id)?.contribution ?? null;
    return {
      ...{ pillar, metric: id, label, addedBefore, addedAfter },
      points: pointsOf(addedAfter) - pointsOf(addedBefore),
      rawBefore: old.get(id)?.raw ?? null,
      rawAfter: raw,
    };
  }).filter(({ points }) => points !== 0)
    .toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points));
}

/** A metric that is not counted is no part of the score's sum. */
function pointsOf(added: number | null): number {
  return added ?? 0;
}

function eventOf(was: Scorecard | undefined, is: Scorecard | undefined): ScoreChange["event"] {
  const [before, after] = [(was?.score ?? null) !== null, (is?.score ?? null) !== null];
  if (before === after) return null;
  return after ? "entered" : "left";
}

function gapOf(from: number | null | undefined, to: number | null | undefined): number | null {
  return from === null || from === undefined || to === null || to === undefined ? null : to - from;
}
