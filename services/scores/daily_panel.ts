import { DAY_MS, type IsoDay, type UtcMs } from "../kernel/time.ts";
import { countPresent, type DailyHistory, lastDays } from "./daily_history.ts";

/** Daily values of one source. */
export interface SourceHistory {
  readonly source: string;
  readonly isDemo: boolean;
  readonly history: DailyHistory;
}

export interface PanelAsset {
  readonly assetId: string;
  readonly themes: readonly string[];
  /** By preference, where two sources know as much. */
  readonly sources: readonly SourceHistory[];
}

/** Daily values of many assets on one axis of days. */
export interface DailyPanel {
  readonly firstDay: UtcMs;
  readonly days: number;
  readonly assets: readonly PanelAsset[];
}

/** An asset as it was known at the end of a day. */
export interface AssetOfDay {
  readonly assetId: string;
  readonly themes: readonly string[];
  readonly source: string;
  readonly isDemo: boolean;
  readonly history: DailyHistory;
  /** End of the last day that has a close. */
  readonly asof: UtcMs;
}

/** Of two sources the one that knows more of these days is better; then of all. */
const RECENT_DAYS = 30;

/**
 * The assets that have a close in the `reach` days up to the end of `day`, by id. Nothing after
 * that day is looked at: not by the choice of a source, nor by its values.
 */
export function marketAt(
  panel: DailyPanel,
  { day, reach }: { day: UtcMs; reach: number },
): readonly AssetOfDay[] {
  const end = Math.min(panel.days, (day - panel.firstDay) / DAY_MS + 1);
  const view = (history: DailyHistory) => lastDays(history, { end, days: reach });
  return panel.assets.flatMap(({ assetId, themes, sources }) => {
    const known = sources.map((source) => ({ ...source, history: view(source.history) }))
      .toSorted((a, b) =>
        knownDays(b, RECENT_DAYS) - knownDays(a, RECENT_DAYS) ||
        knownDays(b, reach) - knownDays(a, reach)
      );
    const best = known[0];
    if (best === undefined || knownDays(best, reach) === 0) return [];
    const { source, isDemo, history } = best;
    const last = history.close.findLastIndex((close) => close === close);
    const asof = panel.firstDay + (end - history.close.length + last + 1) * DAY_MS as UtcMs;
    return [{ assetId, themes, source, isDemo, history, asof }];
  }).toSorted((a, b) => a.assetId < b.assetId ? -1 : 1);
}

function knownDays({ history }: SourceHistory, days: number): number {
  return countPresent(history.close.subarray(-days));
}

/** The start of a day. */
export function startOfDay(day: IsoDay): UtcMs {
  return Date.parse(`${day}T00:00:00Z`) as UtcMs;
}
