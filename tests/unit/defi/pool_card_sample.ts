import { poolEpisodes } from "@/services/defi/episodes.ts";
import { poolScores } from "@/services/defi/explain_score.ts";
import type { Pool, StoredSnapshot } from "@/services/defi/pool.ts";
import { poolHistory } from "@/services/defi/pool_history.ts";
import { poolMetrics } from "@/services/defi/pool_metrics.ts";
import type { PoolCard } from "@/services/defi/pool_service.ts";
import { DEFAULT_POOL_SETTINGS } from "@/services/defi/pool_settings.ts";
import { poolTrend } from "@/services/defi/pool_trend.ts";
import { poolWarnings } from "@/services/defi/pool_warnings.ts";
import { assert } from "@/tests/assert.ts";
import { sampleDays, samplePool } from "./pool_sample.ts";

/** The card of a pool with a reading a day; each entry changes that day's. */
export function sampleCard(
  given: Partial<Pool> = {},
  days: readonly Partial<StoredSnapshot>[] = [{}, {}],
): PoolCard {
  const settings = DEFAULT_POOL_SETTINGS;
  const pool = samplePool({ poolAddress: given.symbol ?? "0x", ...given });
  const history = poolHistory(pool, sampleDays(days, pool));
  const metrics = poolMetrics(history, settings);
  assert(metrics !== null);
  const episodes = poolEpisodes(history);
  return {
    ...{ pool, metrics, episodes, source: "sample", trend: poolTrend(history) },
    scores: poolScores(pool, { metrics, settings }),
    warnings: poolWarnings(pool, { metrics, episodes }),
  };
}
