import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../services/kernel/time.ts";
import { formatDecimal, formatPlain, formatPrice } from "../format/number.ts";
import { formatDayShort, formatMonthTick } from "../format/time.ts";
import { niceTicks } from "./scale.ts";

export interface AxisTick {
  readonly value: number;
  readonly label: string;
}

export interface Extent {
  readonly min: number;
  readonly max: number;
}

/**
 * Round values inside a positive extent for a logarithmic axis: powers of ten with 2 and 5
 * between them where there is room, plain round values where the extent is under a factor of 4.
 */
export function logTicks({ min, max }: Extent, count: number): number[] {
  if (!(min > 0) || max / min < 4) return niceTicks([min, max], count);
  const decades = Math.log10(max / min);
  const steps = decades * 3 <= count * 1.5 ? [1, 2, 5] : decades * 2 <= count * 1.5 ? [1, 3] : [1];
  const every = Math.max(1, Math.ceil(decades / Math.max(1, count)));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.log10(max); power++) {
    if (power % every !== 0) continue;
    for (const step of steps) {
      const value = Number((step * 10 ** power).toPrecision(12));
      if (value >= min && value <= max) ticks.push(value);
    }
  }
  return ticks;
}

const CLOCK_STEPS = [1, 5, 15, 30].map((minutes) => minutes * MINUTE_MS)
  .concat([1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS));
const DAY_STEPS = [1, 2, 5, 10];
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120];
const MONTH_DAYS = 30.44;

function clockLabel(at: number): string {
  if (at % DAY_MS === 0) return formatDayShort(at);
  return new Date(at).toISOString().slice(11, 16);
}

function clockTicks({ min, max }: Extent, step: number): AxisTick[] {
  const ticks: AxisTick[] = [];
  for (let at = Math.ceil(min / step) * step; at <= max; at += step) {
    ticks.push({ value: at, label: clockLabel(at) });
  }
  return ticks;
}

function dayTicks({ min, max }: Extent, step: number): AxisTick[] {
  const ticks: AxisTick[] = [];
  for (let at = Math.ceil(min / DAY_MS) * DAY_MS; at <= max; at += DAY_MS) {
    const day = new Date(at).getUTCDate();
    // Counted from the first of the month; the 31st would stand on the next month's heels.
    const isOnStep = step === 1 || ((day - 1) % step === 0 && (day <= 31 - step / 2));
    if (isOnStep) {
      ticks.push({ value: at, label: day === 1 ? formatMonthTick(at) : formatDayShort(at) });
    }
  }
  return ticks;
}

function monthTicks({ min, max }: Extent, step: number): AxisTick[] {
  const first = new Date(min);
  const origin = first.getUTCFullYear() * 12 + first.getUTCMonth();
  const ticks: AxisTick[] = [];
  for (let month = Math.floor(origin / step) * step;; month += step) {
    const value = Date.UTC(Math.floor(month / 12), month % 12);
    if (!(value <= max)) return ticks;
    if (value >= min) ticks.push({ value, label: formatMonthTick(value) });
  }
}

/**
 * Instants to label on a time axis, at most about `count`: round minutes, hours or days, the first
 * of months, or years, all in UTC. `value` is in milliseconds.
 */
export function timeTicks(extent: Extent, count: number): AxisTick[] {
  const span = extent.max - extent.min;
  if (!(span > 0)) return [];
  const fits = (step: number) => span / step <= Math.max(1, count);
  const clock = CLOCK_STEPS.find(fits);
  if (clock !== undefined) return clockTicks(extent, clock);
  const days = DAY_STEPS.find((step) => fits(step * DAY_MS));
  if (days !== undefined) return dayTicks(extent, days);
  const months = MONTH_STEPS.find((step) => fits(step * MONTH_DAYS * DAY_MS));
  return monthTicks(extent, months ?? 1200);
}

function decimalsOf(value: number): number {
  return formatPlain(Math.abs(value)).split(".")[1]?.length ?? 0;
}

/** Labels for the prices of an axis: as many decimals as the steps need, the same for all. */
export function priceLabels(values: readonly number[]): AxisTick[] {
  const decimals = Math.max(0, ...values.map(decimalsOf));
  const isTiny = values.some((value) => value > 0 && value < 0.001);
  return values.map((value) => ({
    value,
    label: isTiny ? formatPrice(value).text : formatDecimal(value, decimals),
  }));
}

/** Labels for changes given as fractions: `+10%`, `−2.5%`, `0%`. */
export function percentLabel(fraction: number): string {
  const percent = Number((fraction * 100).toPrecision(10));
  const sign = percent > 0 ? "+" : "";
  return `${sign}${formatDecimal(percent, decimalsOf(percent))}%`;
}
