import { AppError } from "../kernel/errors.ts";
import type { IndicatorEngine } from "../market/mod.ts";
import {
  computeIndicators,
  describeIndicator,
  parseIndicatorSpec,
  parseIndicatorSpecs,
  warmUp,
} from "./indicators.ts";
import type { IndicatorKind, IndicatorSpec } from "./indicator.ts";

/** What is left of a seed's weight after the warm-up: below the last digits that anyone reads. */
const SEED_WEIGHT = 1e-12;

/** Bars of warm-up that a request may read; slower averages start from a seed inside of them. */
const MAX_WARM_UP_BARS = 10_000;

/** Bars to read before the first one asked for, so that the values no longer depend on the start. */
export function warmUpBars(specs: readonly IndicatorSpec[]): number {
  const bars = specs.map((spec) => warmUp(spec, { seedWeight: SEED_WEIGHT }));
  return Math.min(MAX_WARM_UP_BARS, Math.max(0, ...bars));
}

/** The lines of indicators that have several, with the unit of each. */
const LINES: Readonly<Partial<Record<IndicatorKind, Readonly<Record<string, string>>>>> = {
  macd: { macd: "usd", signal: "usd", histogram: "usd" },
  bb: { upper: "usd", middle: "usd", lower: "usd", percent_b: "fraction", width: "fraction" },
};
const UNITS: Readonly<Partial<Record<IndicatorKind, string>>> = { rsi: "points", roc: "percent" };

/** The indicator and the line of it that a text such as `macd:12-26-9.signal` names, or `null`. */
function parseLine(text: string): { spec: IndicatorSpec; line: string | null } | null {
  const dot = text.search(/\.[a-z_]+$/);
  const line = dot < 0 ? null : text.slice(dot + 1);
  try {
    const spec = parseIndicatorSpec(dot < 0 ? text : text.slice(0, dot));
    const lines = LINES[spec.kind];
    const isKnown = line === null ? lines === undefined : Object.hasOwn(lines ?? {}, line);
    return isKnown ? { spec, line } : null;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** The engine that market charts and explanations compute their indicators with. */
export const indicatorEngine: IndicatorEngine = {
  isKnown: (text) => parseLine(text) !== null,
  warmUpBars: (names) => names.length === 0 ? 0 : warmUpBars(parseIndicatorSpecs(names)),
  compute(names, prices) {
    const { series } = computeIndicators(parseIndicatorSpecs(names), prices);
    const lines = Object.entries(series).flatMap(([name, columns]) =>
      columns instanceof Float64Array
        ? [[name, columns] as const]
        : Object.entries(columns).map(([line, column]) => [`${name}.${line}`, column] as const)
    );
    return Object.fromEntries(lines);
  },
  describe(text) {
    const parsed = parseLine(text);
    if (parsed === null) {
      throw new AppError("VALIDATION_FAILED", `Cannot describe "${text}": unknown indicator`);
    }
    const { spec, line } = parsed;
    const { name, label, words, formula, parameters } = describeIndicator(spec);
    return {
      name,
      line: line === null ? name : `${name}.${line}`,
      label: line === null ? label : `${label} ${line.replace("_", " ")}`,
      words,
      formula,
      unit: (line === null ? UNITS[spec.kind] : LINES[spec.kind]?.[line]) ?? "usd",
      parameters,
    };
  },
};
