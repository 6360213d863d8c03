import { MINUTE_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";

/** At most one step down in so long. */
const SHARE_COOLDOWN_MS = MINUTE_MS;
/** A step up takes twice as long without any refusal (hysteresis), lest it swings. */
const SHARE_RISE_MS = 2 * SHARE_COOLDOWN_MS;
const LEAST_TENTHS = 5;
const MOST_TENTHS = 10;

/** How much of its budgets a provider is asked for: in tenths, from 5 to 10. */
export interface ShareState {
  readonly tenths: number;
  /** Latest step down, refusal or step up: from here on the quiet is counted. */
  readonly quietSince: UtcMs;
  readonly loweredAt: UtcMs | null;
}

/** The whole of the budgets. */
export function fullShare(now: UtcMs): ShareState {
  return { tenths: MOST_TENTHS, quietSince: now, loweredAt: null };
}

/** The share after the quiet until now: a tenth more for every 120 s without a refusal. */
export function settleShare(share: ShareState, now: UtcMs): ShareState {
  const steps = Math.floor(Math.max(0, now - share.quietSince) / SHARE_RISE_MS);
  if (steps === 0 || share.tenths === MOST_TENTHS) return share;
  return {
    ...share,
    tenths: Math.min(MOST_TENTHS, share.tenths + steps),
    quietSince: utcMsOf(share.quietSince + steps * SHARE_RISE_MS),
  };
}

/** The share after the provider refused a call as one too many. */
export function lowerShare(before: ShareState, now: UtcMs): ShareState {
  const share = settleShare(before, now);
  const isCoolingDown = share.loweredAt !== null && now - share.loweredAt < SHARE_COOLDOWN_MS;
  if (isCoolingDown) return { ...share, quietSince: now };
  return { tenths: Math.max(LEAST_TENTHS, share.tenths - 1), quietSince: now, loweredAt: now };
}
