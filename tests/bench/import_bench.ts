// deno-lint-ignore-file no-console
/**
 * Imports a million candles from CSV into SQLite with the tool as its users run it, first alone,
 * then while this process keeps reading the same database as a server does; at last a file of
 * 200 MB for its peak memory.
 */
import { loadConfig } from "@/services/config.ts";
import type { UtcMs } from "@/services/kernel/time.ts";
import { SystemClock } from "@/services/platform/clock.ts";
import { openDatabase, SqlCandleStore } from "@/services/storage/mod.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { candleCsv } from "./candle_csv.ts";

const ROWS = 1_000_000;
/** 66 bytes a row: a little over 200 MB. */
const LARGE_ROWS = 3_100_000;
const GOAL_ROWS_PER_SECOND = 200_000;
const GOAL_P99_MS = 50;
const GOAL_PEAK_MB = 512;
const isQuick = Deno.args.includes("--quick");

interface Run {
  readonly seconds: number;
  readonly rowsPerSecond: number;
  readonly peakMb: number;
}

async function importFile(path: string, { dataDir, rows }: { dataDir: string; rows: number }) {
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "tools/candles_import.ts", path, "--asset", "BTC", "--json"],
    env: { TOKENLYSIS_DATA_DIR: dataDir },
    stdout: "piped",
  }).spawn();
  let peakMb = 0;
  const watch = setInterval(() => peakMb = Math.max(peakMb, residentPeakMb(child.pid)), 20);
  const { success, stdout } = await child.output();
  clearInterval(watch);
  const seconds = (performance.now() - start) / 1000;
  const { inserted } = JSON.parse(new TextDecoder().decode(stdout));
  if (!success || inserted !== rows) throw new Error(`Import failed: ${inserted} of ${rows}`);
  return { seconds, rowsPerSecond: rows / seconds, peakMb } satisfies Run;
}

/** The process's highest resident size so far (Linux), 0 once it is gone. */
function residentPeakMb(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Reads pages of candles until the work is done; the time of each read in milliseconds. */
async function readMeanwhile(dataDir: string, work: Promise<unknown>): Promise<readonly number[]> {
  const { database } = loadConfig({ TOKENLYSIS_DATA_DIR: dataDir });
  const clock = new SystemClock();
  await using opened = await openDatabase({ ...database, dataDir, clock, log: new RecordingLog() });
  const store = new SqlCandleStore(opened, clock);
  const [series] = await store.listSeries({ assetId: "bitcoin" as AssetId });
  if (!series) throw new Error("Expected a stored series");
  const range = { from: 0 as UtcMs, to: 4e12 as UtcMs };
  const times: number[] = [];
  let isDone = false;
  const finished = work.finally(() => isDone = true);
  while (!isDone) {
    const start = performance.now();
    await store.listSeries();
    await store.listCandles(series.seriesId, { range, limit: 1_000, order: "last" });
    times.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await finished;
  return times.toSorted((a, b) => a - b);
}

const folder = await Deno.makeTempDir({ prefix: "import_bench_" });
let isMissed = false;
try {
  const file = `${folder}/million_1m.csv`;
  await Deno.writeTextFile(file, candleCsv(ROWS));
  const dataDir = `${folder}/alone`;
  const alone = await importFile(file, { dataDir, rows: ROWS });
  console.log(
    `alone            ${alone.seconds.toFixed(2)} s, ${Math.round(alone.rowsPerSecond)} rows/s, ` +
      `peak ${alone.peakMb.toFixed(0)} MB (goal: ${GOAL_ROWS_PER_SECOND} rows/s)`,
  );
  const readDir = `${folder}/read`;
  await Deno.writeTextFile(`${folder}/first_1m.csv`, candleCsv(20_000));
  await importFile(`${folder}/first_1m.csv`, { dataDir: readDir, rows: 20_000 });
  const importing = importFile(file, { dataDir: readDir, rows: ROWS - 20_000 });
  const times = await readMeanwhile(readDir, importing);
  const besides = await importing;
  const p99 = times[Math.floor(times.length * 0.99)] ?? NaN;
  console.log(
    `beside a reader  ${besides.seconds.toFixed(2)} s, ${
      Math.round(besides.rowsPerSecond)
    } rows/s; ` +
      `${times.length} reads, median ${(times[times.length >> 1] ?? NaN).toFixed(2)} ms, ` +
      `p99 ${p99.toFixed(2)} ms, longest ${(times.at(-1) ?? NaN).toFixed(2)} ms ` +
      `(goal: p99 below ${GOAL_P99_MS} ms)`,
  );
  isMissed = alone.rowsPerSecond < GOAL_ROWS_PER_SECOND || !(p99 < GOAL_P99_MS);
  if (!isQuick) {
    await Deno.writeTextFile(file, candleCsv(LARGE_ROWS));
    const { size } = await Deno.stat(file);
    const large = await importFile(file, { dataDir: `${folder}/large`, rows: LARGE_ROWS });
    console.log(
      `${(size / 1e6).toFixed(0)} MB file      ${large.seconds.toFixed(2)} s, ` +
        `${Math.round(large.rowsPerSecond)} rows/s, peak ${large.peakMb.toFixed(0)} MB ` +
        `(goal: at most ${GOAL_PEAK_MB} MB)`,
    );
    isMissed ||= large.peakMb > GOAL_PEAK_MB;
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
if (isMissed && !isQuick) Deno.exit(1);
