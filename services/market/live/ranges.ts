import type { UtcMs } from "../../kernel/time.ts";
import { type CandleColumns, type Interval, intervalMs } from "../candle.ts";
import { coverageOf } from "../coverage.ts";
import type { TimeRange } from "../ports.ts";

/** Buckets asked for at once: a page of the larger venue. */
const BUCKETS_AT_ONCE = 1_000;

/** A range in parts that are asked for at once, newest first. */
export function pagesOf(range: TimeRange, interval: Interval): readonly TimeRange[] {
  const pageMs = BUCKETS_AT_ONCE * intervalMs(interval);
  const pages: TimeRange[] = [];
  for (let to = range.to; to > range.from; to = pages.at(-1)?.from ?? range.from) {
    pages.push({ from: Math.max(range.from, to - pageMs) as UtcMs, to });
  }
  return pages;
}

/** The buckets of a window that have no candle, oldest first. */
export function gapsIn(
  candles: CandleColumns,
  { window, interval }: { window: TimeRange; interval: Interval },
): readonly { readonly range: TimeRange; readonly isInside: boolean }[] {
  const first = candles.openTime[0];
  const last = candles.openTime[candles.length - 1];
  if (first === undefined || last === undefined) return [{ range: window, isInside: false }];
  const end = last + intervalMs(interval) as UtcMs;
  return [
    { range: { from: window.from, to: first as UtcMs }, isInside: false },
    ...coverageOf(candles, interval).gaps
      .map(({ from, to }) => ({ range: { from, to }, isInside: true })),
    { range: { from: end, to: window.to }, isInside: false },
  ].filter(({ range }) => range.from < range.to);
}

/** What is left of a range without others. */
export function subtract(range: TimeRange, others: readonly TimeRange[]): readonly TimeRange[] {
  let left: readonly TimeRange[] = [range];
  for (const { from, to } of others) {
    left = left.flatMap((part) =>
      to <= part.from || from >= part.to ? [part] : [
        { from: part.from, to: Math.min(part.to, from) as UtcMs },
        { from: Math.max(part.from, to) as UtcMs, to: part.to },
      ].filter((rest) => rest.from < rest.to)
    );
  }
  return left;
}
