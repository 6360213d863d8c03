import { DAY_MS, MINUTE_MS, type UtcMs } from "../services/kernel/time.ts";

/** The minutes, hours, days of the month, months and weekdays (0 is Sunday) of an expression. */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Both given: a day fits if either fits, as in every cron. */
  readonly isEitherDay: boolean;
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

const FIELDS = {
  minute: { name: "minute", min: 0, max: 59 },
  hour: { name: "hour", min: 0, max: 23 },
  day: { name: "day", min: 1, max: 31 },
  month: { name: "month", min: 1, max: 12 },
  weekday: { name: "weekday", min: 0, max: 7 },
} as const satisfies Record<string, Field>;

const SUNDAY_AGAIN = 7;
const PART = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/;

/**
 * Reads `minute hour day month weekday`, each `*`, a number, a range `a-b`, a step of either
 * (a star or a range, then `/n`), or a list of these. Throws `RangeError` for anything else.
 */
export function parseCron(expression: string): Cron {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== 5) {
    throw new RangeError(
      `Cannot read cron expression "${expression}": expected 5 fields, got ${parts.length}`,
    );
  }
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = parts;
  const weekdays = readField(weekday, { field: FIELDS.weekday, expression });
  return {
    minutes: readField(minute, { field: FIELDS.minute, expression }),
    hours: readField(hour, { field: FIELDS.hour, expression }),
    days: readField(day, { field: FIELDS.day, expression }),
    months: readField(month, { field: FIELDS.month, expression }),
    weekdays: new Set([...weekdays].map((value) => value % SUNDAY_AGAIN)),
    isEitherDay: !day.startsWith("*") && !weekday.startsWith("*"),
  };
}

/** The newest minute of the expression at or before `now`, at most a day back; else `null`. */
export function latestCronMinute(cron: Cron, now: UtcMs): UtcMs | null {
  const newest = now - now % MINUTE_MS;
  for (let at = newest; at > newest - DAY_MS; at -= MINUTE_MS) {
    if (fits(cron, new Date(at))) return at as UtcMs;
  }
  return null;
}

function fits(cron: Cron, at: Date): boolean {
  return cron.minutes.has(at.getUTCMinutes()) && cron.hours.has(at.getUTCHours()) &&
    cron.months.has(at.getUTCMonth() + 1) && isDayOf(cron, at);
}

function isDayOf({ days, weekdays, isEitherDay }: Cron, at: Date): boolean {
  const isDay = days.has(at.getUTCDate());
  const isWeekday = weekdays.has(at.getUTCDay());
  return isEitherDay ? isDay || isWeekday : isDay && isWeekday;
}

function readField(
  text: string,
  { field: { name, min, max }, expression }: { field: Field; expression: string },
): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const match = PART.exec(part);
    const [, first, last, step] = match ?? [];
    const from = Number(first ?? min);
    // "5/10" goes on to the end of the field, as "*/10" does.
    const to = Number(last ?? (first === undefined || step !== undefined ? max : first));
    const by = Number(step ?? 1);
    if (!match || from < min || to > max || from > to || by < 1) {
      throw new RangeError(
        `Cannot read cron expression "${expression}": ${name} "${part}" is not within ` +
          `${min} to ${max}`,
      );
    }
    for (let value = from; value <= to; value += by) values.add(value);
  }
  return values;
}
