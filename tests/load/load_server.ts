// deno-lint-ignore-file no-console -- the parent reads the port from standard output
/**
 * One of the servers under load: `bare` answers the body given on standard input from
 * `Deno.serve` and does nothing else; `product` is the whole product over a database in memory.
 */
import { compose } from "@/main.ts";
import { loadConfig } from "@/services/config.ts";
import { DAY_MS, HOUR_MS } from "@/services/kernel/time.ts";
import { type AssetId, bucketStart, emptyColumns, type Interval } from "@/services/market/mod.ts";
import { SystemClock } from "@/services/platform/clock.ts";
import { SqlCandleStore } from "@/services/storage/mod.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";

type Handler = (request: Request) => Response | Promise<Response>;

async function bare(): Promise<Handler> {
  const body = await new Response(Deno.stdin.readable).text();
  const init = { headers: { "content-type": "application/json" } };
  return () => new Response(body, init);
}

async function product(): Promise<Handler> {
  const clock = new SystemClock();
  const database = await openTestDatabase({ clock });
  const store = new SqlCandleStore(database, clock);
  const series: readonly [Interval, number, number][] = [["1h", HOUR_MS, 2_000], [
    "1d",
    DAY_MS,
    500,
  ]];
  for (const [interval, stepMs, length] of series) {
    const last = bucketStart(clock.now(), interval) - stepMs;
    const candles = emptyColumns(length);
    for (let at = 0; at < length; at++) {
      const close = 60_000 + 1_000 * Math.sin(at / 9);
      candles.openTime[at] = last - (length - 1 - at) * stepMs;
      candles.open[at] = close - 12.25;
      candles.high[at] = close + 80.5;
      candles.low[at] = close - 95.75;
      candles.close[at] = close;
      candles.volume[at] = 321.125 + at;
    }
    const key = { assetId: "bitcoin" as AssetId, interval, source: "spot" };
    await store.upsertCandles(key, candles);
  }
  const config = loadConfig({
    TOKENLYSIS_DEMO: "off",
    TOKENLYSIS_NETWORK: "off",
    TOKENLYSIS_RATE_LIMITS: "off",
  });
  const { fetch } = await compose(config, { clock, database, log: new RecordingLog() });
  return (request) => fetch(request);
}

const handler = Deno.args[0] === "bare" ? await bare() : await product();
Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(`READY ${port}`),
}, handler);
