// deno-lint-ignore-file no-console -- a benchmark prints what it measured
import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";
import { type AssetId, emptyColumns } from "@/services/market/mod.ts";
import { CloseReader, ValuationService } from "@/services/portfolio/mod.ts";
import { SqlCandleStore, SqlFxStore } from "@/services/storage/mod.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";

const ASSETS = 250;
const DAYS = 12 * 365 + 3;
const LIMIT_MS = 1_000;
const RUNS = 3;
const NOW = utcMsOf(Date.UTC(2026, 0, 1));

/** Reads the closes of 250 assets on each day of 12 years out of SQLite. */
async function measure(path: string): Promise<number> {
  const clock = new FakeClock(NOW);
  await using database = await openTestDatabase({ path, clock });
  const store = new SqlCandleStore(database, clock);
  const ids = Array.from({ length: ASSETS }, (_, asset) => `asset-${asset}` as AssetId);
  const times = Float64Array.from({ length: DAYS }, (_, day) => NOW - (DAYS - 1 - day) * DAY_MS);
  for (const [asset, assetId] of ids.entries()) {
    const candles = emptyColumns(DAYS);
    candles.openTime.set(times.map((end) => end - DAY_MS));
    candles.close.set(times.map((_, day) => 1 + asset + day / DAYS));
    await store.upsertCandles({ assetId, interval: "1d", source: "binance" }, candles);
  }
  const service = new ValuationService({
    closes: new CloseReader({ store, demoMode: "auto" }),
    fx: new SqlFxStore(database, clock),
  });
  const spans: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    await service.readCloses(ids, { times, now: NOW });
    spans.push(performance.now() - start);
  }
  return spans.toSorted((a, b) => a - b)[RUNS >> 1] ?? Infinity;
}

const folder = await Deno.makeTempDir({ prefix: "tokenlysis_bench_" });
try {
  const ms = await measure(`${folder}/bench.db`);
  const cells = (ASSETS * DAYS).toLocaleString("en");
  console.log(`${cells} closes of ${ASSETS} assets in ${ms.toFixed(0)} ms (goal ${LIMIT_MS} ms)`);
  if (ms > LIMIT_MS) Deno.exitCode = 1;
} finally {
  await Deno.remove(folder, { recursive: true });
}
