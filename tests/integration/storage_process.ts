/**
 * One process of the tests in `storage_processes_test.ts`: opens the database at its first argument
 * and does what the second says. It prints one word when it is where the test wants it.
 */
import { dirname } from "node:path";
import { utcMsOf } from "@/services/kernel/time.ts";
import { Secret } from "@/services/kernel/secret.ts";
import type { AssetId } from "@/services/market/assets.ts";
import { openDatabase, SqlCandleStore } from "@/services/storage/mod.ts";
import { columnsOf } from "@/tests/fakes/memory_candle_store.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";

const [url = "", action = ""] = Deno.args;
const clock = { now: () => utcMsOf(Date.now()) };
const KEY = { assetId: "bitcoin" as AssetId, interval: "1m", source: "file" } as const;

function say(word: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${word}\n`));
}

const database = await openDatabase({
  url: new Secret(url),
  migrationUrl: null,
  // Backups before a migration lie there: beside an embedded database, which goes with its folder.
  dataDir: dirname(url.replace(/^sqlite:/, "")),
  clock,
  log: new RecordingLog(),
});
const store = new SqlCandleStore(database, clock);

if (action === "open") {
  say("opened");
} else if (action === "write") {
  await store.upsertCandles(KEY, columnsOf([{ openTime: 0, close: 1 }]));
  // The write is acknowledged; the process ends without closing anything.
  say("written");
  Deno.kill(Deno.pid, "SIGKILL");
} else if (action === "import") {
  await store.recordImport({ source: "file", origin: "x", format: "ohlcv" }, async (session) => {
    const candles = Array.from({ length: 60_000 }, (_, at) => ({ openTime: at, close: at }));
    await session.write(KEY, columnsOf(candles));
    await session.quarantine([{ line: 1, text: "x", reason: "y" }]);
    say("importing");
    return await new Promise(() => setTimeout(() => {}, 60_000));
  });
}
await database.close();
