// deno-lint-ignore-file no-console
/**
 * Candles from a million trades by the product's builder against SQLite's GROUP BY, same candles
 * asserted; then the whole product taking 50,000 trades a second while it answers requests.
 */
import { measureIngest } from "./tick_ingest.ts";
import { builtCandles, differences, SqlCandles } from "./tick_candles.ts";
import { readTape } from "./tick_tape.ts";

const isQuick = Deno.args.includes("--quick");
const TRADES = isQuick ? 100_000 : 1_000_000;
const ROUNDS = isQuick ? 2 : 7;
const GOALS = { fasterThanSql: 3, ticksPerSecond: 50_000, p99Ms: 50 } as const;
const INGEST_SECONDS = isQuick ? 2 : 10;
const MAX_INGEST_ROUNDS = isQuick ? 1 : 3;

const missed: string[] = [];

function timed<T>(run: () => T): { readonly ms: number; readonly result: T } {
  const start = performance.now();
  const result = run();
  return { ms: performance.now() - start, result };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

async function compareWithSql(): Promise<void> {
  const { name, trades } = await readTape(TRADES);
  using sql = new SqlCandles(trades);
  const found = differences(builtCandles(trades), sql.read());
  if (found.length > 0) throw new Error(`The candles differ: ${found.slice(0, 5).join("; ")}`);
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(timed(() => builtCandles(trades)).ms);
    theirs.push(timed(() => sql.read()).ms);
  }
  const ratio = median(theirs) / median(ours);
  console.log(
    `${TRADES.toLocaleString("en")} trades (${name}, repeated) into 5m candles: ` +
      `${median(ours).toFixed(1)} ms, SQLite ${median(theirs).toFixed(1)} ms: ` +
      `${ratio.toFixed(1)} times as fast (goal: at least ${GOALS.fasterThanSql})`,
  );
  if (!(ratio >= GOALS.fasterThanSql)) missed.push("candles against SQLite");
}

/** One round of ingest beside requests; whether all of them were answered soon enough. */
async function ingestAndServe(): Promise<boolean> {
  const goal = GOALS.ticksPerSecond;
  const { markets, sent, taken, perSecond, wrong, cpuShare, told, loads } = await measureIngest({
    perSecond: goal,
    seconds: INGEST_SECONDS,
  });
  const lost = sent - taken;
  console.log(
    `ingest: ${Math.round(perSecond).toLocaleString("en")} trades/s of ${markets} markets over a ` +
      `WebSocket (goal: ${goal.toLocaleString("en")}), ${lost} of ${sent.toLocaleString("en")} ` +
      `lost (goal: none), ${wrong.length} wrong candles, ` +
      `${(cpuShare * 100).toFixed(0)} % of a processor, ${told} prices told to readers`,
  );
  for (const { path, perSecond, p50, p99, failures } of loads) {
    console.log(
      `  ${path.padEnd(50)} ${perSecond.toFixed(0).padStart(3)} req/s, p50 ${p50.toFixed(2)} ms, ` +
        `p99 ${p99.toFixed(2)} ms (goal: below ${GOALS.p99Ms} ms), ${failures} failed`,
    );
    if (failures > 0) missed.push(`${failures} requests of ${path} failed`);
  }
  // None of these may fail in any round, however busy the machine is.
  if (lost !== 0) missed.push(`${lost} trades lost`);
  if (told === 0) missed.push("nothing told to readers");
  missed.push(...wrong.slice(0, 5));
  return perSecond >= goal * 0.99 && loads.every(({ p99 }) => p99 < GOALS.p99Ms);
}

/** Whatever else runs on the machine only ever slows a round down: the best one counts. */
async function holdIngest(): Promise<void> {
  for (let round = 0; round < MAX_INGEST_ROUNDS; round++) {
    if (await ingestAndServe()) return;
  }
  missed.push("the pace, or the time of answers beside the ingest");
}

await compareWithSql();
await holdIngest();
if (missed.length > 0) console.error(`Missed: ${missed.join("; ")}`);
if (missed.length > 0 && !isQuick) Deno.exit(1);
