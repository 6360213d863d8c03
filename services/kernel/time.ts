import { AppError } from "./errors.ts";

declare const utcMs: unique symbol;
declare const isoDay: unique symbol;

/** An instant: whole milliseconds since 1970-01-01T00:00:00Z. */
export type UtcMs = number & { readonly [utcMs]: true };
/** A UTC calendar day, `YYYY-MM-DD`. */
export type IsoDay = string & { readonly [isoDay]: true };

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
export const WEEK_MS = 7 * DAY_MS;
/** The year of every annualised figure: 365 days. */
export const YEAR_MS = 365 * DAY_MS;

/** The clocks that are furthest ahead, on the Line Islands. */
const MAX_OFFSET_MS = 14 * HOUR_MS;
/** The largest instant a `Date` can hold. */
const MAX_UTC_MS = 8_640_000_000_000_000;

/** Marks a number of milliseconds as an instant; refuses what no `Date` can hold. */
export function utcMsOf(value: number): UtcMs {
  if (!Number.isInteger(value) || Math.abs(value) > MAX_UTC_MS) {
    throw new RangeError(`Cannot read instant ${value}: expected whole milliseconds`);
  }
  return value as UtcMs;
}

const ISO_INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/**
 * Reads an ISO 8601 day or instant, or `null` if it is none. Without a zone it is UTC; fractions
 * below a millisecond are cut. Days that do not exist (31 June), the time 24:00,
 * years before 100 and offsets beyond 14 hours are none.
 */
export function parseUtcMs(text: string): UtcMs | null {
  const match = ISO_INSTANT.exec(text);
  if (!match) return null;
  const fields = match.map((part) => Number(part ?? 0));
  const [, year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields;
  // Date.UTC reads years 0 to 99 as 1900 to 1999.
  if (year < 100) return null;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const millis = Number((match[7] ?? "").slice(0, 3).padEnd(3, "0"));
  const at = Date.UTC(year, month - 1, day, hour, minute, second, millis);
  const offset = zoneOffsetMs(match[8] ?? "Z");
  return offset === null ? null : (at - offset) as UtcMs;
}

function zoneOffsetMs(zone: string): number | null {
  if (zone === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  const offset = hours * HOUR_MS + minutes * MINUTE_MS;
  if (minutes > 59 || offset > MAX_OFFSET_MS) return null;
  return zone[0] === "-" ? -offset : offset;
}

/** `2021-01-01T00:00:00.000Z`; whole seconds are written without the fraction. */
export function formatUtcMs(at: UtcMs): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}

/** The UTC day of an instant. */
export function isoDayOf(at: UtcMs): IsoDay {
  return new Date(at).toISOString().split("T")[0] as IsoDay;
}

/**
 * Reads an instant that a client gave as epoch milliseconds or ISO 8601.
 * Throws `VALIDATION_FAILED` naming the parameter otherwise.
 */
export function readUtcMs(text: string, name: string): UtcMs {
  // Four digits are refused: they may as well be a year.
  const isEpochMs = /^-?\d{1,16}$/.test(text) && !/^\d{4}$/.test(text);
  const at = isEpochMs ? Number(text) : parseUtcMs(text);
  if (at === null || Math.abs(at) > MAX_UTC_MS) {
    throw new AppError(
      "VALIDATION_FAILED",
      `Cannot read ${name} "${text}": expected ISO 8601 (2021-01-31 or 2021-01-31T12:00:00Z) ` +
        "or epoch milliseconds",
      { details: { field: name } },
    );
  }
  return at as UtcMs;
}
