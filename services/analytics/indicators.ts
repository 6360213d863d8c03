import { AppError } from "../kernel/errors.ts";
import { ATR } from "./atr.ts";
import { BOLLINGER } from "./bollinger.ts";
import { EMA } from "./ema.ts";
import {
  type BarColumns,
  checkAligned,
  type IndicatorColumns,
  type IndicatorDefinition,
  type IndicatorDescription,
  type IndicatorKind,
  type IndicatorSpec,
  type IndicatorStream,
  MAX_INDICATORS,
  MAX_PERIOD,
  type RangeColumns,
  type SpecOf,
} from "./indicator.ts";
import { MACD } from "./macd.ts";
import { ROC } from "./roc.ts";
import { RSI } from "./rsi.ts";
import { SMA } from "./sma.ts";
import { STDDEV } from "./stddev.ts";
import { TRUE_RANGE } from "./true_range.ts";

const DEFINITIONS: { readonly [K in IndicatorKind]: IndicatorDefinition<K> } = {
  sma: SMA,
  ema: EMA,
  rsi: RSI,
  macd: MACD,
  bb: BOLLINGER,
  atr: ATR,
  tr: TRUE_RANGE,
  stddev: STDDEV,
  roc: ROC,
};

/** How each kind is asked for, as in `sma:N`; letters in capitals stand for numbers. */
export const INDICATOR_SYNTAX: readonly string[] = Object.values(DEFINITIONS).map((definition) =>
  definition.syntax
);

function definitionOf<K extends IndicatorKind>(spec: SpecOf<K>): IndicatorDefinition<K> {
  return DEFINITIONS[spec.kind];
}

/** Reads a name such as `macd:12-26-9@talib`; throws `VALIDATION_FAILED` that lists what is known. */
export function parseIndicatorSpec(text: string): IndicatorSpec {
  const [, kind = "", parameters = "", seed = ""] =
    /^([a-z]+)(?::([\d.-]+))?(?:@([a-z]+))?$/.exec(text) ?? [];
  const spec = Object.hasOwn(DEFINITIONS, kind)
    ? DEFINITIONS[kind as IndicatorKind].parse(parameters, seed)
    : null;
  if (spec !== null) return spec;
  throw new AppError(
    "VALIDATION_FAILED",
    `Cannot read indicator ${JSON.stringify(text.slice(0, 40))}: expected one of ` +
      `${INDICATOR_SYNTAX.join(", ")} with windows of 1 to ${MAX_PERIOD} bars and FAST below SLOW`,
    { details: { field: "names", allowed: INDICATOR_SYNTAX } },
  );
}

/** Reads the names of one request, each once and in their order. */
export function parseIndicatorSpecs(names: readonly string[]): readonly IndicatorSpec[] {
  if (names.length < 1 || names.length > MAX_INDICATORS) {
    throw new AppError(
      "VALIDATION_FAILED",
      `Cannot compute ${names.length} indicators: expected 1 to ${MAX_INDICATORS} names`,
      { details: { field: "names" } },
    );
  }
  const specs = names.map((name) => parseIndicatorSpec(name.trim()));
  return [...new Map(specs.map((spec) => [spec.name, spec])).values()];
}

/**
 * Bars to read before the first one that is asked for.
 *
 * By default just as many as have no value. Recursive averages never quite forget where they
 * started: with `seedWeight` 1e-6, enough more that the seed weighs less than a millionth, so that
 * the value of a day no longer depends on where the request begins.
 */
export function warmUp<K extends IndicatorKind>(
  spec: SpecOf<K>,
  { seedWeight = 1 }: { readonly seedWeight?: number } = {},
): number {
  if (!(seedWeight > 0 && seedWeight <= 1)) {
    throw new RangeError(`Cannot use seed weight ${seedWeight}: expected above 0 to 1`);
  }
  const definition = definitionOf(spec);
  const memory = definition.memory(spec);
  const settling = memory > 0 ? Math.ceil(Math.log(seedWeight) / Math.log(memory)) : 0;
  return definition.warmUp(spec) + settling;
}

/** Whether it needs `high` and `low` beside `close`. */
function readsRange<K extends IndicatorKind>(spec: SpecOf<K>): boolean {
  return definitionOf(spec).readsRange;
}

/** What the series is, in words and as a formula. */
export function describeIndicator<K extends IndicatorKind>(spec: SpecOf<K>): IndicatorDescription {
  return { name: spec.name, ...definitionOf(spec).describe(spec) };
}

/** The form of an indicator that grows by one bar at a time and equals the batch form. */
export function createIndicatorStream<K extends IndicatorKind>(spec: SpecOf<K>): IndicatorStream {
  return definitionOf(spec).stream(spec);
}

export interface ComputedIndicators {
  /** By canonical name, each line as long as `close`. */
  readonly series: Readonly<Record<string, IndicatorColumns>>;
  /** Bars that lack a value which some of the indicators reads. */
  readonly missing: number;
}

/** All indicators of a request over the same bars. */
export function computeIndicators(
  specs: readonly IndicatorSpec[],
  bars: BarColumns,
): ComputedIndicators {
  checkAligned(bars);
  const rangeSpec = specs.find(readsRange);
  const ranges = hasRange(bars) ? bars : null;
  if (rangeSpec !== undefined && ranges === null) {
    throw new AppError(
      "VALIDATION_FAILED",
      `Cannot compute ${rangeSpec.name}: expected high and low beside close`,
      { details: { field: "high" } },
    );
  }
  const columns: RangeColumns = ranges ?? { close: bars.close, high: EMPTY, low: EMPTY };
  const series = specs.map((spec) => [spec.name, compute(spec, columns)] as const);
  const { close, high, low } = columns;
  const read = rangeSpec === undefined ? [close] : [close, high, low];
  return { series: Object.fromEntries(series), missing: countMissing(read) };
}

/** Stands in for ranges that no indicator of the request reads. */
const EMPTY = new Float64Array(0);

function hasRange(bars: BarColumns): bars is RangeColumns {
  return bars.high !== undefined && bars.low !== undefined;
}

function compute<K extends IndicatorKind>(
  spec: SpecOf<K>,
  columns: RangeColumns,
): IndicatorColumns {
  return definitionOf(spec).compute(columns, spec);
}

function countMissing(columns: readonly Float64Array[]): number {
  const [first, ...others] = columns;
  let missing = 0;
  for (let i = 0; first !== undefined && i < first.length; i++) {
    if (Number.isNaN(first[i]) || others.some((column) => Number.isNaN(column[i]))) missing++;
  }
  return missing;
}
