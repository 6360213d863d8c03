// deno-lint-ignore-file no-console
/** Times the recalculation of a market's scores; see HELP. */
import { MEASURE_FACTS } from "@/services/scores/measures.ts";
import { parseMethod, type ScoreMethod } from "@/services/scores/method.ts";
import { scoreRun } from "@/services/scores/score_run.ts";
import { sampleDay, samplePanel } from "@/tests/unit/scores/panel_sample.ts";

const HELP = `Usage: deno run -A tests/bench/scores_bench.ts [--quick]

Scores 200 assets by 14 metrics with 200 draws from their daily candles and prints the median.
Exits with 1 if it takes 300 ms or more.
  --quick  3 rounds instead of 15; the goal is printed, not judged
  --help   show this text`;

const GOAL_MS = 300;
const ASSETS = 200;
const METRICS = 14;
const DRAWS = 200;
const DAYS = 260;

/** Method v1 without what no source gives, and with a second window of volume: 14 metrics. */
async function benchMethod(): Promise<ScoreMethod> {
  const url = new URL("../../registry/methods/v1.json", import.meta.url);
  const method = parseMethod(await Deno.readTextFile(url));
  const pillars = method.pillars.map((pillar) => ({
    ...pillar,
    metrics: pillar.metrics.flatMap((metric) => {
      if (MEASURE_FACTS[metric.measure].column === null) return [];
      if (metric.measure !== "log_median_volume") return [metric];
      return [metric, { ...metric, id: `${metric.id}_longer`, days: 2 * metric.days }];
    }),
  })).filter((pillar) => pillar.metrics.length > 0);
  const total = pillars.reduce((sum, { weight }) => sum + weight, 0);
  return {
    ...method,
    pillars: pillars.map((pillar) => ({ ...pillar, weight: pillar.weight / total })),
  };
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  const isQuick = args.includes("--quick");
  const method = await benchMethod();
  const metrics = method.pillars.flatMap((pillar) => pillar.metrics).length;
  const panel = samplePanel({ assets: ASSETS, days: DAYS });
  const day = sampleDay(DAYS - 1);
  if (metrics !== METRICS || method.uncertainty.draws !== DRAWS) {
    throw new RangeError(`Expected ${METRICS} metrics and ${DRAWS} draws, got ${metrics}`);
  }
  const times: number[] = [];
  for (let round = 0; round < (isQuick ? 3 : 15); round++) {
    const start = performance.now();
    scoreRun(panel, { method, day });
    times.push(performance.now() - start);
  }
  const median = times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN;
  console.log(
    `${ASSETS} assets × ${metrics} metrics × ${DRAWS} draws: median ${median.toFixed(1)} ms, ` +
      `first ${times[0]?.toFixed(1)} ms (goal < ${GOAL_MS} ms)`,
  );
  return isQuick || median < GOAL_MS ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
