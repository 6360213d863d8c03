// deno-lint-ignore-file no-console
/** Times a simulation of the autopilot; see HELP. */
import { HOUR_MS } from "@/services/kernel/time.ts";
import { SCORE_METHODS } from "@/services/defi/pool_scores.ts";
import { sampleDay } from "@/tests/unit/defi/pool_sample.ts";
import { sampleConstraints, wanderingPool } from "@/tests/unit/defi/autopilot/pools_sample.ts";
import { simulateAutopilot } from "@/tests/unit/defi/autopilot/whole_simulation.ts";

const HELP = `Usage: deno run -A tests/bench/autopilot_bench.ts [--quick]

Simulates one year of 500 pools by day, ranked anew on each of them, by both methods, and prints
the medians. Exits with 1 if one takes 200 ms or more.
  --quick  3 rounds instead of 15; the goal is printed, not judged
  --help   show this text`;

const GOAL_MS = 200;
const POOLS = 500;
const DAYS = 366;

function medianMs(rounds: number, run: () => unknown): number {
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN;
}

function main(args: readonly string[]): number {
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  const isQuick = args.includes("--quick");
  const pools = Array.from({ length: POOLS }, (_, index) => wanderingPool(index, DAYS));
  const rules = { end: sampleDay(DAYS - 1), maxWeight: 0.1, cooldownMs: 24 * HOUR_MS, feeBps: 5 };
  let isMet = true;
  for (const method of SCORE_METHODS) {
    const constraints = sampleConstraints({ ...rules, method });
    const ms = medianMs(isQuick ? 3 : 15, () => simulateAutopilot(pools, constraints));
    isMet &&= ms < GOAL_MS;
    console.log(
      `autopilot ${method}, ${POOLS} pools x ${DAYS - 1} days: ${ms.toFixed(0)} ms ` +
        `(goal: under ${GOAL_MS} ms)`,
    );
  }
  return isMet || isQuick ? 0 : 1;
}

Deno.exit(main(Deno.args));
