import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, YEAR_MS } from "../../services/kernel/time.ts";

const MONTHS = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
] as const;

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** The day of an instant in UTC: `6 Jul 2021`. */
export function formatDay(at: number): string {
  const date = new Date(at);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** The day of an instant in UTC without its year: `6 Jul`. */
export function formatDayShort(at: number): string {
  const date = new Date(at);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}

/** The month of an instant in UTC: `Jul 2021`. */
export function formatMonth(at: number): string {
  const date = new Date(at);
  return `${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** The month of an instant in UTC, or its year where it is January: axis labels. */
export function formatMonthTick(at: number): string {
  const date = new Date(at);
  const month = date.getUTCMonth();
  return month === 0 ? String(date.getUTCFullYear()) : MONTHS[month] ?? "";
}

function clock(at: number): string {
  const date = new Date(at);
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

/** An instant in UTC to the minute: `6 Jul 2021 23:59 UTC`. */
export function formatUtc(at: number): string {
  return `${formatDay(at)} ${clock(at)} UTC`;
}

/** `UTC`, `UTC+2`, `UTC+5:30`, `UTC−4`. */
function zoneName(offsetMinutes: number): string {
  if (offsetMinutes === 0) return "UTC";
  const size = Math.abs(offsetMinutes);
  const minutes = size % 60 === 0 ? "" : `:${two(size % 60)}`;
  return `UTC${offsetMinutes < 0 ? "\u2212" : "+"}${Math.floor(size / 60)}${minutes}`;
}

/** An instant on a clock `offsetMinutes` ahead of UTC: `7 Jul 2021 01:59 UTC+2`. */
export function formatLocal(at: number, offsetMinutes: number): string {
  const shifted = at + offsetMinutes * MINUTE_MS;
  return `${formatDay(shifted)} ${clock(shifted)} ${zoneName(offsetMinutes)}`;
}

/** A span in its largest unit: `12 s`, `5 min`, `3 h`, `2 d`, `5 y`. Negative spans are none. */
export function formatSpan(spanMs: number): string {
  const span = Math.max(0, spanMs);
  if (span < MINUTE_MS) return `${Math.floor(span / SECOND_MS)} s`;
  if (span < HOUR_MS) return `${Math.floor(span / MINUTE_MS)} min`;
  if (span < 2 * DAY_MS) return `${Math.floor(span / HOUR_MS)} h`;
  if (span < 2 * YEAR_MS) return `${Math.floor(span / DAY_MS)} d`;
  return `${Math.floor(span / YEAR_MS)} y`;
}

/** How long ago while that is under an hour (`12 s ago`), else `null`. */
export function formatAgo(at: number, now: number): string | null {
  const age = now - at;
  return age < HOUR_MS && age > -MINUTE_MS ? `${formatSpan(age)} ago` : null;
}

/** What a `datetime` attribute takes. */
export function isoInstant(at: number): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}

/** A period of the address as pages write it: `90d` is `90 d`. */
export function formatPeriod(period: string): string {
  return period.replace(/^(\d+)(?=[a-z])/, "$1 ");
}
