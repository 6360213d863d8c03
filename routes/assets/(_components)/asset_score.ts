import { AppError } from "../../../services/kernel/errors.ts";
import type { UtcMs } from "../../../services/kernel/time.ts";
import {
  type ScoreDetail,
  type ScoreMethod,
  type ScoreQuery,
  type ScoreService,
} from "../../../services/scores/mod.ts";
import { readWhen } from "../../scores/(_components)/read_scores.ts";
import { readScoresView } from "../../scores/(_components)/scores_view.ts";
import type { ScoreScope } from "../../(_scores)/ScoreParts.tsx";

/** An asset's score as its page shows it. */
export interface AssetScore {
  /** `null` where it has none, for the reason given. */
  readonly detail: ScoreDetail | null;
  readonly reason: string | null;
  readonly method: ScoreMethod;
  readonly scope: ScoreScope;
  /** Whether others are scored on later days, on which this asset has no candles. */
  readonly isOld: boolean;
}

/**
 * The score that an address asks for; of an asset whose candles end before those of others, the
 * last one that it had.
 */
export async function readAssetScore(
  scores: ScoreService,
  assetId: string,
  { url, lastAt }: { readonly url: URL; readonly lastAt: UtcMs | null },
): Promise<AssetScore> {
  const { asof: asked, ...view } = readScoresView(url);
  const { method, asof } = readWhen({ method: view.method, asof: asked }, scores);
  const parts = { method: scores.getMethod(method), reason: null, isOld: false };
  const found = await findDetail(scores, assetId, { method, asof });
  if (!(found instanceof AppError)) {
    const scope = { method, asof: asof === undefined ? null : asked };
    return { ...parts, scope, detail: found };
  }
  const older = asof === undefined && lastAt !== null
    ? await findDetail(scores, assetId, { method, asof: lastAt })
    : found;
  if (older instanceof AppError) {
    return { ...parts, scope: { method, asof: null }, detail: null, reason: found.message };
  }
  return { ...parts, scope: { method, asof: older.run.day }, detail: older, isOld: true };
}

/** The score, or the refusal that says why there is none. */
async function findDetail(
  scores: ScoreService,
  assetId: string,
  query: ScoreQuery,
): Promise<ScoreDetail | AppError> {
  try {
    return await scores.getDetail(assetId, query);
  } catch (error) {
    if (error instanceof AppError && error.code === "RESOURCE_NOT_FOUND") return error;
    throw error;
  }
}
