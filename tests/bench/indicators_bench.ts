// deno-lint-ignore-file no-console
/** Times the indicators against four libraries at a million points; see HELP. */
import { IndicatorsSync } from "@ixjb94/indicators";
import * as indicatorts from "indicatorts";
import technical from "technicalindicators";
import { ATR, BollingerBands, EMA, MACD, RSI, SMA } from "trading-signals";
import { atr, bollinger, ema, macd, rsi, sma, trueRange } from "@/services/analytics/mod.ts";

const HELP = `Usage: deno run -A tests/bench/indicators_bench.ts [--quick] [--json]

Times six indicators against four libraries on the same million prices, alternating, and prints the
median in nanoseconds a point and how many times longer the others take. First each library's
figures are compared with ours. Exits with 1 if figures differ or a goal is missed.
  --quick  200,000 points and 3 rounds: shows that it runs, so that only figures can fail it
  --json   print one JSON object instead of the table
  --help   show this text`;

/** How many times longer each library must take. */
const GOALS = {
  indicatorts: 3,
  "@ixjb94/indicators": 5,
  "trading-signals": 10,
  technicalindicators: 20,
} as const;
type Library = keyof typeof GOALS;
const LIBRARIES = Object.keys(GOALS) as readonly Library[];

/** One way to compute an indicator: timed by `run`, compared by the line it gives. */
interface Entry {
  run(): unknown;
  /** The newest point is last; there may be fewer than the input has. */
  line(): ArrayLike<number>;
  /** Our figures by this entrant's convention, where it has another one. */
  readonly like?: () => ArrayLike<number>;
}

interface Contest {
  readonly name: string;
  /** Where figures are compared: relative to ours, on the second half, when seeds are forgotten. */
  readonly tolerance: number;
  /** Writes to columns that are used again, as a service does that computes often. */
  readonly reused: Entry;
  /** Allocates its result, as the libraries do. */
  readonly allocated: Entry;
  readonly libraries: Readonly<Record<Library, Entry>>;
}

function entry<Result>(
  run: () => Result,
  read: (result: Result) => ArrayLike<number>,
): Entry {
  return { run, line: () => read(run()) };
}

function lineEntry(run: () => ArrayLike<number>): Entry {
  return entry(run, (line) => line);
}

/** A random walk from 60,000 with ranges, the same in every run. */
function makeBars(length: number) {
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const [close, high, low] = [0, 0, 0].map(() => new Float64Array(length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let price = 60_000;
  for (let i = 0; i < length; i++) {
    const before = price;
    price *= 1 + (random() + random() + random() - 1.5) * 0.002;
    close[i] = price;
    high[i] = Math.max(before, price) * (1 + random() * 0.001);
    low[i] = Math.min(before, price) * (1 - random() * 0.001);
  }
  return { close, high, low };
}

type Bars = ReturnType<typeof makeBars>;

interface Streaming<Input, Result> {
  add(input: Input): unknown;
  readonly isStable: boolean;
  getResultOrThrow(): Result;
}

/** All results of a streaming indicator, collected as its documentation shows. */
function collect<Input, Result>(
  stream: Streaming<Input, Result>,
  inputs: readonly Input[],
): Result[] {
  const results: Result[] = [];
  for (const input of inputs) {
    stream.add(input);
    if (stream.isStable) results.push(stream.getResultOrThrow());
  }
  return results;
}

function movingAverages(bars: Bars): readonly Contest[] {
  const { close } = bars;
  const values = Array.from(close);
  const out = new Float64Array(close.length);
  const sync = new IndicatorsSync();
  return [{
    name: "SMA 20",
    tolerance: 1e-9,
    reused: lineEntry(() => sma(close, { period: 20, out })),
    allocated: lineEntry(() => sma(close, { period: 20 })),
    libraries: {
      indicatorts: lineEntry(() => indicatorts.sma(values, { period: 20 })),
      "@ixjb94/indicators": lineEntry(() => sync.sma(values, 20)),
      "trading-signals": lineEntry(() => collect(new SMA(20), values)),
      technicalindicators: lineEntry(() => technical.SMA.calculate({ period: 20, values })),
    },
  }, {
    name: "EMA 20",
    tolerance: 1e-9,
    reused: lineEntry(() => ema(close, { period: 20, out })),
    allocated: lineEntry(() => ema(close, { period: 20 })),
    libraries: {
      indicatorts: lineEntry(() => indicatorts.ema(values, { period: 20 })),
      "@ixjb94/indicators": lineEntry(() => sync.ema(values, 20)),
      "trading-signals": lineEntry(() => collect(new EMA(20), values)),
      technicalindicators: lineEntry(() => technical.EMA.calculate({ period: 20, values })),
    },
  }];
}

function oscillators({ close }: Bars): readonly Contest[] {
  const values = Array.from(close);
  const [out, macdLine, signal, histogram] = [0, 0, 0, 0].map(() =>
    new Float64Array(close.length)
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const sync = new IndicatorsSync();
  const windows = { fast: 12, slow: 26, signal: 9 };
  const columns = { macd: macdLine, signal, histogram };
  return [{
    name: "RSI 14",
    // technicalindicators rounds its figures to two decimals.
    tolerance: 1e-3,
    reused: lineEntry(() => rsi(close, { period: 14, out })),
    allocated: lineEntry(() => rsi(close, { period: 14 })),
    libraries: {
      indicatorts: lineEntry(() => indicatorts.rsi(values, { period: 14 })),
      "@ixjb94/indicators": lineEntry(() => sync.rsi(values, 14)),
      "trading-signals": lineEntry(() => collect(new RSI(14), values)),
      technicalindicators: lineEntry(() => technical.RSI.calculate({ period: 14, values })),
    },
  }, {
    name: "MACD 12-26-9",
    tolerance: 1e-6,
    reused: entry(() => macd(close, { ...windows, out: columns }), (result) => result.signal),
    allocated: entry(() => macd(close, windows), (result) => result.signal),
    libraries: {
      indicatorts: entry(() => indicatorts.macd(values, windows), (result) => result.signalLine),
      "@ixjb94/indicators": entry(
        () => sync.macd(values, 12, 26, 9),
        ([, line = []]) => line,
      ),
      "trading-signals": entry(
        () => collect(new MACD(new EMA(12), new EMA(26), new EMA(9)), values),
        (results) => results.map((result) => result.signal),
      ),
      technicalindicators: entry(
        () =>
          technical.MACD.calculate({
            values,
            fastPeriod: 12,
            slowPeriod: 26,
            signalPeriod: 9,
            SimpleMAOscillator: false,
            SimpleMASignal: false,
          }),
        (results) => results.map((result) => result.signal ?? NaN),
      ),
    },
  }];
}

function ranges(bars: Bars): readonly Contest[] {
  const { close } = bars;
  const values = Array.from(close);
  const [high, low] = [Array.from(bars.high), Array.from(bars.low)];
  const candles = values.map((last, i) => ({ high: high[i] ?? 0, low: low[i] ?? 0, close: last }));
  const column = () => new Float64Array(close.length);
  const out = column();
  const columns = {
    upper: column(),
    middle: column(),
    lower: column(),
    percent_b: column(),
    width: column(),
  };
  const sync = new IndicatorsSync();
  const bands = { period: 20, multiplier: 2 };
  return [{
    name: "Bollinger 20-2",
    tolerance: 1e-6,
    reused: entry(() => bollinger(close, { ...bands, out: columns }), (result) => result.upper),
    allocated: entry(() => bollinger(close, bands), (result) => result.upper),
    libraries: {
      indicatorts: entry(() => indicatorts.bb(values, { period: 20 }), (result) => result.upper),
      "@ixjb94/indicators": entry(() => sync.bbands(values, 20, 2), (lines) => lines[2] ?? []),
      "trading-signals": entry(
        () => collect(new BollingerBands(20, 2), values),
        (results) => results.map((result) => result.upper),
      ),
      technicalindicators: entry(
        () => technical.BollingerBands.calculate({ period: 20, stdDev: 2, values }),
        (results) => results.map((result) => result.upper),
      ),
    },
  }, {
    name: "ATR 14",
    tolerance: 1e-6,
    reused: lineEntry(() => atr(bars, { period: 14, out })),
    allocated: lineEntry(() => atr(bars, { period: 14 })),
    libraries: {
      indicatorts: {
        ...entry(
          () => indicatorts.atr(high, low, values, { period: 14 }),
          (result) => result.atrLine,
        ),
        // It takes the plain mean of the true ranges, not Wilder's.
        like: () => sma(trueRange(bars), { period: 14 }),
      },
      "@ixjb94/indicators": lineEntry(() => sync.atr(high, low, values, 14)),
      "trading-signals": lineEntry(() => collect(new ATR(14), candles)),
      technicalindicators: lineEntry(() =>
        technical.ATR.calculate({ period: 14, high, low, close: values })
      ),
    },
  }];
}

/** The largest relative gap over the newest half of the points. */
function largestGap(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  let largest = 0;
  for (let back = 1; back <= ours.length / 2; back++) {
    const [a, b] = [ours[ours.length - back] ?? NaN, theirs[theirs.length - back] ?? NaN];
    // Lines that cross zero are compared in units of 1.
    const gap = Math.abs(a - b) / Math.max(1, Math.abs(a));
    if (!(gap <= largest)) largest = gap;
    if (Number.isNaN(gap)) return NaN;
  }
  return largest;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** Keeps a result alive, so that the work behind it can't be optimised away. */
let kept: unknown;

function timeNs(entry: Entry, points: number): number {
  const startedMs = performance.now();
  kept = entry.run();
  return (performance.now() - startedMs) * 1e6 / points;
}

interface Outcome {
  readonly name: string;
  readonly ours_ns: number;
  readonly ours_allocating_ns: number;
  readonly libraries: readonly {
    readonly name: Library;
    readonly ns: number;
    readonly ratio: number;
    readonly ratio_allocating: number;
    readonly goal: number;
    readonly largest_gap: number;
    readonly agrees: boolean;
  }[];
}

/** Every entrant once a round, one after the other, so that a busy moment hits all alike. */
function compete(contest: Contest, points: number, rounds: number): Outcome {
  const reference = Float64Array.from(contest.allocated.line());
  const entrants = { reused: contest.reused, allocated: contest.allocated, ...contest.libraries };
  const gaps = new Map(
    LIBRARIES.map((name) => {
      const { line, like } = contest.libraries[name];
      return [name, largestGap(like?.() ?? reference, line())] as const;
    }),
  );
  const times = new Map(Object.keys(entrants).map((name) => [name, [] as number[]]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, entrant] of Object.entries(entrants)) {
      const ns = timeNs(entrant, points);
      // The first round is for the compiler.
      if (round >= 0) times.get(name)?.push(ns);
    }
  }
  const medianOf = (name: string) => median(times.get(name) ?? []);
  const ours = medianOf("reused");
  const allocating = medianOf("allocated");
  return {
    name: contest.name,
    ours_ns: ours,
    ours_allocating_ns: allocating,
    libraries: LIBRARIES.map((name) => {
      const gap = gaps.get(name) ?? NaN;
      const ns = medianOf(name);
      return {
        name,
        ns,
        ratio: ns / ours,
        ratio_allocating: ns / allocating,
        goal: GOALS[name],
        largest_gap: gap,
        agrees: gap <= contest.tolerance,
      };
    }),
  };
}

function table(outcomes: readonly Outcome[]): string {
  const header = ["", "ours", "allocating", ...LIBRARIES];
  const rows = outcomes.map(({ name, ours_ns, ours_allocating_ns, libraries }) => [
    name,
    ours_ns.toFixed(2),
    ours_allocating_ns.toFixed(2),
    ...libraries.map(({ ns, ratio, ratio_allocating, goal, agrees }) =>
      `${ns.toFixed(1)} (${ratio.toFixed(1)}x, ${ratio_allocating.toFixed(1)}x)` +
      (ratio < goal ? " MISSED" : "") + (agrees ? "" : " DIFFERS")
    ),
  ]);
  const lines = [header, ...rows];
  const widths = header.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines.map((line) => line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  "))
    .join("\n");
}

function main(args: readonly string[]): number {
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  const isQuick = args.includes("--quick");
  const [points, rounds] = isQuick ? [200_000, 3] : [1_000_000, 7];
  const bars = makeBars(points);
  const outcomes = [movingAverages, oscillators, ranges]
    .flatMap((contests) => contests(bars))
    .map((contest) => compete(contest, points, rounds));
  const isMet = outcomes.every(({ libraries }) =>
    libraries.every(({ ratio, goal, agrees }) => ratio >= goal && agrees)
  );
  if (args.includes("--json")) {
    console.log(JSON.stringify({ points, rounds, met: isMet, outcomes }));
  } else {
    const goals = LIBRARIES.map((name) => `${GOALS[name]}x ${name}`).join(", ");
    console.log(
      `Nanoseconds a point, median of ${rounds} rounds at ${points} points; in brackets how`,
    );
    console.log("many times ours, into columns used again and into new ones\n");
    console.log(table(outcomes));
    console.log(`\nGoals: ${goals}: ${isMet ? "met" : "MISSED"}`);
  }
  const agrees = outcomes.every(({ libraries }) => libraries.every((library) => library.agrees));
  return (isQuick ? agrees : isMet) && kept !== undefined ? 0 : 1;
}

if (import.meta.main) Deno.exit(main(Deno.args));
