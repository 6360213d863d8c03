import { finiteOrNull, nanIfNull } from "../kernel/numbers.ts";

/** The longest window: also what the rounding bounds of the window kernels are stated for. */
export const MAX_PERIOD = 5_000;
/** The most indicators that one request may name. */
export const MAX_INDICATORS = 20;

interface Period {
  /** Bars in the window. */
  readonly period: number;
}

/** What each kind of indicator is told, under its name in `sma:20` or `macd:12-26-9@talib`. */
export interface IndicatorParameters {
  readonly sma: Period;
  readonly ema: Period & { readonly seed: "sma" | "first" };
  readonly rsi: Period;
  readonly macd: {
    readonly fast: number;
    readonly slow: number;
    readonly signal: number;
    readonly seed: "sma" | "first" | "talib";
  };
  readonly bb: Period & { readonly multiplier: number };
  readonly atr: Period & { readonly seed: "wilder" | "hl" };
  readonly tr: Readonly<Record<never, never>>;
  readonly stddev: Period;
  readonly roc: Period;
}

export type IndicatorKind = keyof IndicatorParameters;

/** One indicator as asked for; `name` is its canonical text and the key of its series. */
export type SpecOf<K extends IndicatorKind> =
  & { readonly kind: K; readonly name: string }
  & IndicatorParameters[K];
export type IndicatorSpec = { [K in IndicatorKind]: SpecOf<K> }[IndicatorKind];

/** Bars as columns of one length, oldest first. NaN is a missing value. */
export interface BarColumns {
  readonly close: Float64Array;
  readonly high?: Float64Array | undefined;
  readonly low?: Float64Array | undefined;
}

/** Bars whose ranges are known too: what the true range reads. */
export type RangeColumns = Required<{ readonly [C in keyof BarColumns]: Float64Array }>;

/** One bar for a streaming indicator; `null` or absent is missing. */
export interface BarValues {
  readonly close: number | null;
  readonly high?: number | null | undefined;
  readonly low?: number | null | undefined;
}

/** One line, or several by name; each as long as its input, NaN where there is no value. */
export type IndicatorColumns = Float64Array | Readonly<Record<string, Float64Array>>;
/** The newest point of `IndicatorColumns`; `null` where there is no value. */
export type IndicatorPoint = number | null | Readonly<Record<string, number | null>>;

/** An indicator that grows by one bar at a time, in constant time and memory. */
export interface IndicatorStream {
  update(bar: BarValues): IndicatorPoint;
}

/** What the explain drawer says about a series. */
export interface IndicatorDescription {
  readonly name: string;
  readonly label: string;
  /** What it tells, in a sentence or two without symbols. */
  readonly words: string;
  readonly formula: string;
  readonly parameters: Readonly<Record<string, number | string>>;
}

/** All that there is to one kind of indicator; each lives in the file of its name. */
export interface IndicatorDefinition<K extends IndicatorKind> {
  /** As shown to whoever asks for something else. */
  readonly syntax: string;
  /** Whether it needs `high` and `low` beside `close`. */
  readonly readsRange: boolean;
  /** Reads the text between `:` and `@` and the one after `@`; `null` if it can't mean anything. */
  parse(parameters: string, seed: string): SpecOf<K> | null;
  /** Bars before the first value. */
  warmUp(spec: SpecOf<K>): number;
  /** Share of the seed's weight that is left after one more bar; 0 for windows, which forget. */
  memory(spec: SpecOf<K>): number;
  compute(bars: RangeColumns, spec: SpecOf<K>): IndicatorColumns;
  stream(spec: SpecOf<K>): IndicatorStream;
  describe(spec: SpecOf<K>): Omit<IndicatorDescription, "name">;
}

/** Options of every batch form: `out` receives the result and saves its allocation. */
export interface IntoColumn {
  readonly out?: Float64Array | undefined;
}

/** Reads `12-26-9` as `count` whole numbers from 1 to `MAX_PERIOD`, or `null`. */
export function parsePeriods(text: string, count: number): readonly number[] | null {
  const parts = text.split("-");
  if (parts.length !== count) return null;
  const isPeriod = (part: string) => /^[1-9]\d{0,3}$/.test(part) && Number(part) <= MAX_PERIOD;
  return parts.every(isPeriod) ? parts.map(Number) : null;
}

/** How the kinds are named and read that take closes, one period and no seed. */
export function namedByPeriod<K extends IndicatorKind>(kind: K) {
  return {
    syntax: `${kind}:N`,
    readsRange: false,
    parse(parameters: string, seed: string) {
      const [period] = seed === "" ? parsePeriods(parameters, 1) ?? [] : [];
      return period === undefined ? null : { kind, name: `${kind}:${period}`, period };
    },
  };
}

/** Refuses a window that can't be. */
export function checkPeriod(period: number, name = "period"): void {
  if (!Number.isInteger(period) || period < 1 || period > MAX_PERIOD) {
    throw new RangeError(`Cannot use ${name} ${period}: expected 1 to ${MAX_PERIOD} whole bars`);
  }
}

/** The column to write to: `out` if it fits, else a new one. */
export function outputFor(values: Float64Array, out: Float64Array | undefined): Float64Array {
  if (out === undefined) return new Float64Array(values.length);
  if (out.length !== values.length || out.buffer === values.buffer) {
    throw new RangeError(
      `Cannot write to a column of ${out.length}: expected another one of ${values.length}`,
    );
  }
  return out;
}

/** Refuses columns of different lengths. */
export function checkAligned({ close, high, low }: BarColumns): void {
  for (const column of [high, low]) {
    if (column !== undefined && column.length !== close.length) {
      throw new RangeError(
        `Cannot align ${column.length} bars with ${close.length}: expected equal lengths`,
      );
    }
  }
}

/** The streaming form of an indicator of closes, given its step from a close to a value. */
export function closeStream(step: (close: number) => number): IndicatorStream {
  return { update: ({ close }) => finiteOrNull(step(nanIfNull(close))) };
}

/** The streaming form of an indicator of ranges; NaN stands for a missing part of the bar. */
export function rangeStream(
  step: (high: number, low: number, close: number) => number,
): IndicatorStream {
  return {
    update: ({ high, low, close }) =>
      finiteOrNull(step(nanIfNull(high), nanIfNull(low), nanIfNull(close))),
  };
}
