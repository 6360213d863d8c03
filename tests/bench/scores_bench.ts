// deno-lint-ignore-file no-console
/** Times the recalculation of a market's scores; see HELP. */
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

/** Method v1 with as many metrics as the goal names, every one of them with data. */
async function benchMethod(): Promise<ScoreMethod> {
  const url = new URL("../../registry/methods/v1.json", import.meta.url);
  const method = parseMethod(await Deno.readTextFile(url));
  const stored = method.pillars.filter(({ id }) => id !== "network" && id !== "sentiment");
  const [liquidity, ...rest] = stored;
  if (liquidity === undefined) throw new RangeError("Method v1 has no pillars");
  const metrics = liquidity.metrics.map((metric) => ({
    ...metric,
    id: `${metric.id}_b`,
    days: 60,
  }));
  const pillars = [
    { ...liquidity, metrics: [...liquidity.metrics, ...metrics.slice(0, 1)] },
    ...rest,
  ]
    .map((pillar) => ({ ...pillar, weight: pillar.weight / 0.7 }));
  return {
    ...method,
    pillars: pillars.map((pillar) => ({
      ...pillar,
      metrics: pillar.metrics.filter(({ id }) => id !== "circulating_share"),
    })),
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
