// deno-lint-ignore-file no-console
/** Times the correlation matrix against a library and the textbook's loop; see HELP. */
import { sampleCorrelation } from "simple-statistics";
import { correlationMatrix } from "@/services/analytics/mod.ts";

const HELP = `Usage: deno run -A tests/bench/correlation_bench.ts [--quick] [--json]

Times the correlation matrix of 50 assets over 365 days of returns, whole and with missing days,
against simple-statistics and a plain loop over arrays, alternating, and prints the best round of
each. First all cells are compared. Exits with 1 if they differ or a goal is missed.
  --quick  5 rounds instead of 31: shows that it runs, so that only figures can fail it
  --json   print one JSON object instead of the table
  --help   show this text`;

const ASSETS = 50;
const DAYS = 365;
/** Each asset lacks one day in this many, another one than its neighbours. */
const DAYS_PER_GAP = 40;
const GOALS = { timesSimpleStatistics: 20, timesWithGaps: 10 } as const;
const TOLERANCE = 1e-12;
/** Each entrant's time before the first round that counts: compilers have seen everything then. */
const WARM_UP_MS = 1_000;
/** Each entrant's time in a round. */
const ROUND_MS = 20;

/** Daily returns that share a market's swing, the same in every run. */
function makeReturns(): readonly Float64Array[] {
  let state = 7;
  const swing = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const market = Float64Array.from({ length: DAYS }, swing);
  return Array.from(
    { length: ASSETS },
    (_, asset) => market.map((value) => 0.04 * (value + asset / ASSETS * swing())),
  );
}

function withGaps(columns: readonly Float64Array[]): readonly Float64Array[] {
  return columns.map((column, asset) =>
    column.map((value, day) => (day + asset) % DAYS_PER_GAP === 0 ? NaN : value)
  );
}

/** Every pair by `pairOf`, both triangles filled. */
function plainMatrix(
  columns: readonly number[][],
  pairOf: (a: number[], b: number[]) => number,
): Float64Array {
  const cells = new Float64Array(columns.length ** 2);
  columns.forEach((a, i) =>
    columns.forEach((b, j) => {
      if (j < i) return;
      cells[i * columns.length + j] = cells[j * columns.length + i] = pairOf(a, b);
    })
  );
  return cells;
}

/** Pearson's r as textbooks write it, over the rows that both have. */
function textbook(a: number[], b: number[]): number {
  const rows = a.map((x, i) => [x, b[i] ?? NaN] as const)
    .filter(([x, y]) => !Number.isNaN(x) && !Number.isNaN(y));
  const meanX = rows.reduce((sum, [x]) => sum + x, 0) / rows.length;
  const meanY = rows.reduce((sum, [, y]) => sum + y, 0) / rows.length;
  const sumOf = (of: (x: number, y: number) => number) =>
    rows.reduce((sum, [x, y]) => sum + of(x - meanX, y - meanY), 0);
  return sumOf((x, y) => x * y) / Math.sqrt(sumOf((x) => x * x) * sumOf((_, y) => y * y));
}

/** As a program does that has only a library for whole columns. */
function pairedSample(a: number[], b: number[]): number {
  const isCommon = (_: number, i: number) => !Number.isNaN((a[i] ?? NaN) + (b[i] ?? NaN));
  return sampleCorrelation(a.filter(isCommon), b.filter(isCommon));
}

/** Keeps a result alive, so that the work behind it can't be optimised away. */
let kept: Float64Array;

/** Milliseconds of one run, measured over so many that the clock's steps do not matter. */
function timeMs(run: () => Float64Array, { atLeastMs }: { atLeastMs: number }): number {
  const startedMs = performance.now();
  for (let runs = 1;; runs++) {
    kept = run();
    const spentMs = performance.now() - startedMs;
    if (spentMs >= atLeastMs) return spentMs / runs;
  }
}

/** Whatever else runs on the machine only ever slows a round down: the best one is the fairest. */
function best(values: readonly number[]): number {
  return Math.min(...values);
}

interface Outcome {
  readonly name: string;
  readonly ours_ms: number;
  readonly simple_statistics_ms: number;
  readonly textbook_ms: number;
  readonly largest_gap: number;
}

/** Every entrant once a round, one after the other, so that a busy moment hits all alike. */
function compete(
  name: string,
  columns: readonly Float64Array[],
  { rounds, library }: { rounds: number; library: typeof sampleCorrelation },
): Outcome {
  const lists = columns.map((column) => Array.from(column));
  const entrants = [
    () => correlationMatrix(columns).r,
    () => plainMatrix(lists, library),
    () => plainMatrix(lists, textbook),
  ];
  const [ours, ...others] = entrants.map((run) => run());
  const gaps = others.flatMap((other) =>
    Array.from(other, (value, cell) => Math.abs(value - (ours?.[cell] ?? NaN)))
  );
  const times = entrants.map((): number[] => []);
  for (const run of entrants) timeMs(run, { atLeastMs: WARM_UP_MS });
  for (let round = 0; round < rounds; round++) {
    entrants.forEach((run, i) => times[i]?.push(timeMs(run, { atLeastMs: ROUND_MS })));
  }
  const [ours_ms = NaN, simple_statistics_ms = NaN, textbook_ms = NaN] = times.map(best);
  return { name, ours_ms, simple_statistics_ms, textbook_ms, largest_gap: Math.max(...gaps) };
}

function main(args: readonly string[]): number {
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  const isQuick = args.includes("--quick");
  const rounds = isQuick ? 5 : 31;
  const returns = makeReturns();
  const whole = compete("whole", returns, { rounds, library: sampleCorrelation });
  const gapped = compete("gapped", withGaps(returns), { rounds, library: pairedSample });
  const outcomes = [whole, gapped];
  const agrees = outcomes.every(({ largest_gap }) => largest_gap <= TOLERANCE);
  const isMet = whole.simple_statistics_ms / whole.ours_ms >= GOALS.timesSimpleStatistics &&
    gapped.simple_statistics_ms / gapped.ours_ms >= GOALS.timesWithGaps;
  if (args.includes("--json")) {
    console.log(JSON.stringify({ assets: ASSETS, days: DAYS, met: isMet, outcomes }));
  } else {
    console.log(`${ASSETS} assets × ${DAYS} days, milliseconds, best of ${rounds} rounds\n`);
    for (const one of outcomes) {
      const times = (ms: number) => `${ms.toFixed(1)} (${(ms / one.ours_ms).toFixed(1)}x)`;
      console.log(
        `${one.name.padEnd(7)} ours ${one.ours_ms.toFixed(3)}, simple-statistics ` +
          `${times(one.simple_statistics_ms)}, textbook ${times(one.textbook_ms)}, ` +
          `largest gap ${one.largest_gap.toExponential(1)}`,
      );
    }
    console.log(
      `\nGoals: ${GOALS.timesSimpleStatistics}x simple-statistics on whole columns, ` +
        `${GOALS.timesWithGaps}x with gaps: ${isMet ? "met" : "MISSED"}`,
    );
  }
  return (isQuick ? agrees : agrees && isMet) && kept.length > 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(main(Deno.args));
