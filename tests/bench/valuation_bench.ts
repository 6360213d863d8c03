// deno-lint-ignore-file no-console -- a benchmark prints what it measured
/**
 * Reads the closes of 250 assets on each day of 12 years out of SQLite, beside the driver alone
 * that reads the same rows as objects.
 */
import { DatabaseSync } from "node:sqlite";
import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";
import { type AssetId, emptyColumns } from "@/services/market/mod.ts";
import { CloseReader, ValuationService } from "@/services/portfolio/mod.ts";
import { SqlCandleStore, SqlFxStore } from "@/services/storage/mod.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { Goals } from "@/tests/load/goals.ts";

const ASSETS = 250;
const DAYS = 12 * 365 + 3;
const LIMIT_MS = 1_000;
/** Of the time that the driver alone takes. */
const LIMIT_RATIO = 1;
const isQuick = Deno.args.includes("--quick");
const RUNS = isQuick ? 3 : 11;
const NOW = utcMsOf(Date.UTC(2026, 0, 1));
const IDS = Array.from({ length: ASSETS }, (_, asset) => `asset-${asset}` as AssetId);
const TIMES = Float64Array.from({ length: DAYS }, (_, day) => NOW - (DAYS - 1 - day) * DAY_MS);

async function fillStore(store: SqlCandleStore): Promise<void> {
  for (const [asset, assetId] of IDS.entries()) {
    const candles = emptyColumns(DAYS);
    candles.openTime.set(TIMES.map((end) => end - DAY_MS));
    candles.close.set(TIMES.map((_, day) => 1 + asset + day / DAYS));
    await store.upsertCandles({ assetId, interval: "1d", source: "binance" }, candles);
  }
}

/** Reads what there is with the driver alone; how many rows there were. */
function readPlainly(database: DatabaseSync): number {
  const series = database.prepare("select id from candle_series order by id").all();
  const candles = database.prepare(
    "select open_time, close, state from candles where series_id = ? order by open_time",
  );
  return series.reduce((count, { id }) => count + candles.all(id as number).length, 0);
}

async function timed(times: number[], work: () => unknown): Promise<void> {
  const start = performance.now();
  await work();
  times.push(performance.now() - start);
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN;
}

/** Medians in milliseconds; both read in turn, so that both see the same machine. */
async function measure(path: string): Promise<{ ours: number; plain: number }> {
  const clock = new FakeClock(NOW);
  await using database = await openTestDatabase({ path, clock });
  const store = new SqlCandleStore(database, clock);
  await fillStore(store);
  const service = new ValuationService({
    closes: new CloseReader({ store, demoMode: "auto" }),
    fx: new SqlFxStore(database, clock),
  });
  const driver = new DatabaseSync(path, { readOnly: true });
  const ours: number[] = [];
  const plain: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    await timed(plain, () => readPlainly(driver));
    await timed(ours, () => service.readCloses(IDS, { times: TIMES, now: NOW }));
  }
  driver.close();
  return { ours: median(ours), plain: median(plain) };
}

const folder = await Deno.makeTempDir({ prefix: "tokenlysis_bench_" });
const goals = new Goals();
try {
  const { ours, plain } = await measure(`${folder}/bench.db`);
  const cells = (ASSETS * DAYS).toLocaleString("en");
  console.log(`${cells} closes: ${ours.toFixed(0)} ms, the driver alone ${plain.toFixed(0)} ms`);
  goals.atMost("closes of 250 assets over 12 years, ms", { actual: ours, goal: LIMIT_MS });
  goals.atMost("closes / the driver alone", { actual: ours / plain, goal: LIMIT_RATIO });
} finally {
  await Deno.remove(folder, { recursive: true });
}
// A quick run shows that it runs; so few rounds say little of how fast.
if (goals.missed.length > 0 && !isQuick) Deno.exitCode = 1;
