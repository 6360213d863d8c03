import { compose } from "@/main.ts";
import { loadConfig } from "@/services/config.ts";
import { parseUtcMs, utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { CloseReader, FxService, ValuationService } from "@/services/portfolio/mod.ts";
import { FxImportService } from "@/services/portfolio/fx/fx_import.ts";
import { SqlCandleStore, SqlFxStore } from "@/services/storage/mod.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { columnsOf } from "@/tests/fakes/memory_candle_store.ts";
import { sharedData } from "@/tests/shared_data.ts";

const HISTORY = sharedData("fx/eurofxref_hist_1999-01-04_2023-12-29.csv.gz");
const NOW = parseUtcMs("2026-04-10T17:00:00Z") ?? utcMsOf(0);
const BITCOIN = "bitcoin" as AssetId;

Deno.test("the product fetches rates of the moment and of the day, and tells the key to nobody", async () => {
  const asked: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(`${pathname}${search}`);
    if (pathname === "/live") {
      const timestamp = NOW / 1_000 - 60;
      const quotes = { USDEUR: 0.85, USDGBP: 0.74 };
      return Response.json({ success: true, timestamp, source: "USD", quotes });
    }
    return Response.json({
      amount: 1,
      base: "EUR",
      rates: { "2026-04-10": { USD: 1.1711, GBP: 0.87105, JPY: 186.43 } },
    });
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis_fx_" });
  const clock = new FakeClock(NOW);
  const log = new RecordingLog();
  const database = await openTestDatabase({ clock });
  try {
    const config = loadConfig({
      TOKENLYSIS_DATA_DIR: folder,
      TOKENLYSIS_MARKET_VENUES: "none",
      TOKENLYSIS_MARKET_REST_URLS: `exchangerate_host=${url},frankfurter=${url}`,
      TOKENLYSIS_EXCHANGERATE_KEY: "s3cret",
    });
    await using product = await compose(config, { clock, log, database });
    await product.jobs.runNow("fetch_fx_rates", { signal: new AbortController().signal });
    const store = new SqlFxStore(database, clock);
    const status = await new FxService({ store, clock }).listStatus();
    const rates = status.map((
      { currency, state, quote },
    ) => [currency, state, quote?.rate ?? null]);
    assertEquals(rates.slice(0, 2), [["EUR", "intraday", 0.85], ["GBP", "intraday", 0.74]]);
    const [, , yen] = status;
    assertEquals([yen?.state, yen?.quote?.source], ["eod", "frankfurter"]);
    assertClose(yen?.quote?.rate, 186.43 / 1.1711);
    assertEquals(asked.length, 2);
    assert(asked[0]?.endsWith("access_key=s3cret"));
    const page = await product.fetch(new Request("http://localhost/api/ops/fx"));
    assertEquals((await page.json()).data.length, 6);
    // Raw answers are written behind the calls.
    await product.stop();
    assert(!JSON.stringify(log.lines).includes("s3cret"));
    const kept = await database.read.selectFrom("raw_ingest").select("provider")
      .orderBy("provider").execute();
    assertEquals(kept.map(({ provider }) => provider), ["exchangerate_host", "frankfurter"]);
  } finally {
    await database.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "values in pounds stand on the ECB's history, and deleting it leaves them without a price",
  ignore: HISTORY === null,
  async fn() {
    assert(HISTORY);
    const clock = new FakeClock(NOW);
    await using database = await openTestDatabase({ clock });
    const candles = new SqlCandleStore(database, clock);
    const store = new SqlFxStore(database, clock);
    const file = await Deno.open(HISTORY);
    await new FxImportService({ store, clock }).importEcb(file.readable, { origin: "hist" });
    // The close of Saturday, 30 December 2023, which no reference rate has.
    const at = parseUtcMs("2023-12-31T00:00:00Z") ?? utcMsOf(0);
    const day = columnsOf([{ openTime: at - 86_400_000, close: 42_000 }]);
    await candles.upsertCandles({ assetId: BITCOIN, interval: "1d", source: "binance" }, day);
    const service = new ValuationService({
      closes: new CloseReader({ store: candles, demoMode: "auto" }),
      fx: store,
    });
    const value = async () =>
      (await service.valueMany([{ assetId: BITCOIN, at }], { currency: "GBP", now: NOW }))[0];
    const before = await value();
    assert(before && !("reason" in before) && before.fx);
    assertEquals([before.priceUsd, before.fx.source, before.fx.kind], [42_000, "ecb", "eod"]);
    assertEquals(before.fx.asof, parseUtcMs("2023-12-29T16:00:00Z"));
    // Of 29 December 2023: 0.86905 pounds and 1.105 dollars for a euro.
    assertClose(before.fx.rate, 0.86905 / 1.105, 1e-15);
    assertEquals(JSON.stringify(await value()), JSON.stringify(before));
    await database.transaction(({ db }) => db.deleteFrom("fx_rates").execute());
    assertEquals(await value(), { reason: "no_rate", currency: "GBP" });
  },
});
