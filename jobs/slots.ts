import { DAY_MS, SECOND_MS, type UtcMs } from "../services/kernel/time.ts";
import { latestCronMinute, parseCron } from "./cron_expression.ts";

/**
 * When a job starts by itself: at every whole multiple of `everyMs` since 1970, or at the minutes
 * of a cron expression (`minute hour day month weekday`, UTC).
 */
export type JobSchedule = { readonly everyMs: number } | { readonly cron: string };

const MIN_EVERY_MS = SECOND_MS;
const MAX_EVERY_MS = DAY_MS;

/** Throws `RangeError` for a schedule that can't be kept. */
export function checkSchedule(schedule: JobSchedule): void {
  if ("cron" in schedule) {
    parseCron(schedule.cron);
    return;
  }
  const { everyMs } = schedule;
  if (!(Number.isSafeInteger(everyMs) && everyMs >= MIN_EVERY_MS && everyMs <= MAX_EVERY_MS)) {
    throw new RangeError(
      `Cannot schedule every ${everyMs} ms: expected ${MIN_EVERY_MS} to ${MAX_EVERY_MS}`,
    );
  }
}

/** The newest slot that has begun at `now`; `null` if a cron expression had none in a day. */
export function latestSlot(schedule: JobSchedule, now: UtcMs): UtcMs | null {
  if ("everyMs" in schedule) return now - now % schedule.everyMs as UtcMs;
  return latestCronMinute(parseCron(schedule.cron), now);
}
