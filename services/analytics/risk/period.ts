import { AppError } from "../../kernel/errors.ts";
import { DAY_MS, HOUR_MS, WEEK_MS, YEAR_MS } from "../../kernel/time.ts";
import { type Interval, intervalMs, MAX_CANDLES } from "../../market/mod.ts";

/** How far back a figure looks. */
export interface Period {
  /** As the client wrote it: `24h`, `30d`, `1y`. */
  readonly text: string;
  readonly ms: number;
}

/** Bars of one window; the candle before them, which starts the first return, is read as well. */
const MAX_WINDOW_BARS = MAX_CANDLES - 1;

/** Closes of one window over all its assets: what one request may read. */
const MAX_WINDOW_CLOSES = 100_000;

/** The periods that pages offer. */
export const USUAL_PERIODS = ["24h", "7d", "30d", "90d", "1y"] as const;

const UNIT_MS: Readonly<Record<string, number>> = {
  h: HOUR_MS,
  d: DAY_MS,
  w: WEEK_MS,
  y: YEAR_MS,
};

/** Below this, days say too little: bars are hours where there are any. */
const DAILY_FROM_MS = 30 * DAY_MS;

/** Reads `24h`, `30d`, `12w`, `1y` (365 days). Throws `VALIDATION_FAILED` for anything else. */
export function parsePeriod(text: string): Period {
  const [, count, unit] = /^([1-9]\d{0,3})([hdwy])$/.exec(text) ?? [];
  const ms = Number(count) * (UNIT_MS[unit ?? ""] ?? NaN);
  if (!Number.isNaN(ms)) return { text, ms };
  throw new AppError(
    "VALIDATION_FAILED",
    `Cannot read period "${text}": expected hours, days, weeks or years such as 24h, 30d, 1y`,
    { details: { field: "period" } },
  );
}

/** The intervals that a span may be measured on, best first. */
export function intervalsFor(spanMs: number): readonly Interval[] {
  return spanMs < DAILY_FROM_MS ? ["1h", "1d"] : ["1d"];
}

/**
 * Whole bars of a span, for a window of several assets. Throws `VALIDATION_FAILED`, naming the
 * field, for fewer than two or more than may be read.
 */
export function countBars(
  spanMs: number,
  { interval, field, assets }: {
    readonly interval: Interval;
    readonly field: "period" | "start";
    readonly assets: number;
  },
): number {
  const bars = Math.floor(spanMs / intervalMs(interval));
  const most = Math.min(MAX_WINDOW_BARS, Math.floor(MAX_WINDOW_CLOSES / assets) - 1);
  if (bars >= 2 && bars <= most) return bars;
  const text = bars < 2
    ? `at least 2 bars of ${interval}`
    : `at most ${most} bars of ${interval} for ${assets} ${assets === 1 ? "asset" : "assets"}`;
  throw new AppError("VALIDATION_FAILED", `Cannot measure this ${field}: expected ${text}`, {
    details: { field, bars: Math.max(0, bars), interval },
  });
}
