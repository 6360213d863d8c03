import type { AssetLabel } from "../market/mod.ts";
import { PILLARS } from "./method.ts";
import type { Scorecard } from "./score_run.ts";

/** What a list of scores may be sorted by: a column, or one of the pillars. */
export const SCORE_SORTS = ["rank", "score", "coverage", "name", ...PILLARS] as const;
export type ScoreSort = typeof SCORE_SORTS[number];
export type ScoreOrder = "asc" | "desc";

/** Which cards of a run are listed, and in which order. */
export interface ScoreListQuery {
  /** Only assets of this theme. */
  readonly theme?: string | null | undefined;
  /** Words, each of them a part of the name, symbol or id. */
  readonly search?: string | undefined;
  readonly sort: ScoreSort;
  /** `defaultScoreOrder(sort)` if left out. */
  readonly order?: ScoreOrder | undefined;
}

/** Ranks and names begin at the first, everything else at the most. */
export function defaultScoreOrder(sort: ScoreSort): ScoreOrder {
  return sort === "rank" || sort === "name" ? "asc" : "desc";
}

/**
 * The cards that fit the query, sorted; those without a value come last whatever the order, equals
 * by name. Cards of assets without a label are left out.
 */
export function listCards(
  cards: readonly Scorecard[],
  { labels, theme, search, sort, order }: ScoreListQuery & {
    readonly labels: ReadonlyMap<string, AssetLabel>;
  },
): readonly Scorecard[] {
  const wanted = cards.filter(({ assetId }) => isWanted(labels.get(assetId), { theme, search }));
  const direction = (order ?? defaultScoreOrder(sort)) === "asc" ? 1 : -1;
  const nameOf = ({ assetId }: Scorecard) => labels.get(assetId)?.name ?? assetId;
  const byName = (a: Scorecard, b: Scorecard) => nameOf(a) < nameOf(b) ? -1 : 1;
  if (sort === "name") return wanted.toSorted((a, b) => direction * byName(a, b));
  return wanted.toSorted((a, b) => {
    const [x, y] = [valueOf(a, sort), valueOf(b, sort)];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || byName(a, b);
    return direction * (x - y) || byName(a, b);
  });
}

function isWanted(
  label: AssetLabel | undefined,
  { theme, search = "" }: Pick<ScoreListQuery, "theme" | "search">,
): boolean {
  if (label === undefined) return false;
  const text = `${label.name} ${label.symbol} ${label.assetId}`.toLowerCase();
  const words = search.toLowerCase().split(/\s+/);
  return (theme === undefined || theme === null || label.themes.includes(theme)) &&
    words.every((word) => text.includes(word));
}

function valueOf(card: Scorecard, sort: Exclude<ScoreSort, "name">): number | null {
  return sort === "rank" || sort === "score" || sort === "coverage"
    ? card[sort]
    : card.pillars.find(({ id }) => id === sort)?.score ?? null;
}
