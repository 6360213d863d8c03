import { formatCount } from "../../../components/format/number.ts";
import { formatDay, formatPeriod } from "../../../components/format/time.ts";
import { parsePeriod } from "../../../services/analytics/mod.ts";
import { AppError } from "../../../services/kernel/errors.ts";
import type { UtcMs } from "../../../services/kernel/time.ts";
import type { AssetLabel, ValuedAsset } from "../../../services/market/mod.ts";

/** Assets of the first visit: enough to compare, few enough to tell apart. */
const DEFAULT_ASSETS = 8;

/** Assets that nobody asked for by name, and in words why these. */
export interface DefaultAssets {
  readonly assets: readonly AssetLabel[];
  readonly reason: string;
}

/**
 * The most valuable assets with prices within the period, so that there is something to measure
 * and to compare; where no price reaches into it, the most valuable of all. `ranked` is in the
 * order of value; the period ends at `asof`, or else with the newest price.
 */
export function defaultAssets(
  ranked: readonly ValuedAsset[],
  { period, asof }: { readonly period: string; readonly asof: UtcMs | undefined },
): DefaultAssets {
  const end = asof ?? Math.max(...ranked.map(({ pricedAt }) => pricedAt));
  const reaching = ranked.filter(({ pricedAt }) => pricedAt > end - periodMs(period));
  const among = reaching.length > 0 ? reaching : ranked;
  const chosen = among.slice(0, DEFAULT_ASSETS);
  const ended = ranked.length - among.length;
  const count = chosen.length === among.length
    ? formatCount(chosen.length)
    : `first ${formatCount(chosen.length)} of ${formatCount(among.length)}`;
  const within = ended > 0
    ? ` with prices in the ${formatPeriod(period)} to ${formatDay(end)}`
    : "";
  return {
    assets: chosen.map(({ asset }) => asset),
    reason: [
      `The ${count} ${among.length === 1 ? "asset" : "assets"}${within}, ${orderOf(chosen)}`,
      ...ended > 0 ? [`Prices of ${formatCount(ended)} more end before`] : [],
      ...borrowedOf(chosen),
    ].join(". ") + ".",
  };
}

/** What they are in order by, in words. */
function orderOf(chosen: readonly ValuedAsset[]): string {
  const unvalued = chosen.filter(({ marketValueUsd }) => marketValueUsd === null);
  if (unvalued.length === chosen.length) {
    return "by dollars traded in 24 hours, as no source gives a market value";
  }
  return unvalued.length === 0
    ? "by market value"
    : `by market value; ${symbolsOf(unvalued)} follow by dollars traded in 24 hours`;
}

/** Whose market value is of another source than the price, a sentence for each source. */
function borrowedOf(chosen: readonly ValuedAsset[]): readonly string[] {
  const bySource = new Map<string, ValuedAsset[]>();
  for (const one of chosen) {
    if (one.borrowed === null) continue;
    const name = `${one.borrowed.source}, ${formatDay(one.borrowed.asof)}`;
    bySource.set(name, [...bySource.get(name) ?? [], one]);
  }
  return [...bySource].map(([name, some]) => `Market value of ${symbolsOf(some)}: ${name}`);
}

function symbolsOf(some: readonly ValuedAsset[]): string {
  return some.map(({ asset }) => asset.symbol).join(", ");
}

/** A period that can't be read is told where it is measured; here it keeps nothing away. */
function periodMs(period: string): number {
  try {
    return parsePeriod(period).ms;
  } catch (error) {
    if (error instanceof AppError) return Infinity;
    throw error;
  }
}
