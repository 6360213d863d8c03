import { DAY_MS, formatUtcMs, type UtcMs, YEAR_MS } from "../../kernel/time.ts";
import type { Simulation } from "./simulation.ts";

/** Growth a year from first to last value; `null` of less than a day. */
export function annualized(times: readonly UtcMs[], values: readonly number[]): number | null {
  const spanMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const [first = 0, last = 0] = [values[0], values.at(-1)];
  if (spanMs < DAY_MS || !(first > 0)) return null;
  return last > 0 ? Math.expm1(Math.log(last / first) * (YEAR_MS / spanMs)) : -1;
}

/** The calendar month of the least growth, UTC; a month runs from the last value before it. */
export function worstMonth(
  times: readonly UtcMs[],
  values: readonly number[],
): Simulation["worstMonth"] {
  let worst: Simulation["worstMonth"] = null;
  let base = values[0] ?? 0;
  for (const [step, at] of times.entries()) {
    const month = monthOf(at);
    const next = times[step + 1];
    if (next !== undefined && monthOf(next) === month) continue;
    const value = values[step] ?? base;
    const growth = base > 0 ? value / base - 1 : 0;
    if (step > 0 && (worst === null || growth < worst.growth)) worst = { month, growth };
    base = value;
  }
  return worst;
}

/** The deepest fall below the highest value before it, never above 0. */
export function maxDrawdown(values: readonly number[]): number {
  let peak = 0;
  let deepest = 0;
  for (const value of values) {
    peak = Math.max(peak, value);
    if (peak > 0) deepest = Math.min(deepest, value / peak - 1);
  }
  return deepest;
}

function monthOf(at: UtcMs): string {
  return formatUtcMs(at).slice(0, "2026-01".length);
}
