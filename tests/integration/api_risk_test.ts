import { DAY_MS, HOUR_MS } from "@/services/kernel/time.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import type { CandleSketch } from "@/tests/fakes/memory_candle_store.ts";
import {
  type ApiHarness,
  dailyCandles,
  NOW,
  openTestApi,
} from "@/tests/integration/api_harness.ts";

const FIRST_DAY = Date.UTC(2021, 0, 1);

async function dataOf(harness: ApiHarness, path: string) {
  const response = await harness.get(path);
  assertEquals([path, response.status], [path, 200]);
  return (await response.json()).data;
}

/** A price that swings, the same in every run, different for each asset. */
function swings(days: number, seed: number): number[] {
  return Array.from(
    { length: days },
    (_, i) => 100 + 20 * Math.sin(seed * i) + 5 * Math.cos(i * i),
  );
}

Deno.test("GET /api/analytics/volatility/{id} answers both measures with n and gaps", async () => {
  await using harness = await openTestApi();
  // Closes 1, 2, 4, 4 and one day missing before them; the day before the window closed at 8.
  const candles = dailyCandles([8, 0.5, 1, 2, 4, 4]).filter((_, at) => at !== 1);
  await harness.write({ candles });
  const data = await dataOf(harness, "/api/analytics/volatility/BTC?period=5d&interval=1d");
  // Mean 11/4, squares 27/4, over 4.
  assertClose(data.price_stddev, Math.sqrt(27) / 4);
  // ln 2, ln 2, 0 as sample: ln 2 / √3, a day of 365.
  assertClose(data.volatility, Math.LN2 / Math.sqrt(3) * Math.sqrt(365));
  assertEquals([data.n, data.n_returns, data.missing, data.coverage], [4, 3, 1, 0.8]);
  assertEquals([data.asset_id, data.period, data.interval], ["bitcoin", "5d", "1d"]);
  assertEquals([data.from, data.to], ["2021-01-02T00:00:00Z", "2021-01-06T00:00:00Z"]);
  assertEquals([data.asof, data.source, data.price_unit], [
    "2021-01-07T00:00:00Z",
    "daily_cmc",
    "usd",
  ]);
  assertEquals(data.reasons, {});
});

Deno.test("GET /api/analytics/volatility/{id} says why there is no figure", async () => {
  await using harness = await openTestApi();
  const { price_stddev, volatility, n, coverage, reasons } = await dataOf(
    harness,
    "/api/analytics/volatility/ethereum?period=30d&asof=2025-06-30",
  );
  assertEquals([price_stddev, volatility, n, coverage], [null, null, 0, 0]);
  const reason = "No candles of ethereum at 1d or finer " +
    "from 2025-05-31T00:00:00Z to 2025-07-01T00:00:00Z";
  assertEquals(reasons, { price_stddev: reason, volatility: reason });
});

Deno.test("GET /api/analytics/volatility/{id} takes hours where there are any", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: dailyCandles(swings(40, 1)) });
  const end = FIRST_DAY + 40 * DAY_MS;
  const daily = await dataOf(harness, "/api/analytics/volatility/bitcoin?period=7d");
  assertEquals([daily.interval, daily.n], ["1d", 7]);
  const hourly = Array.from({ length: 240 }, (_, i): CandleSketch => ({
    openTime: end - (240 - i) * HOUR_MS,
    close: 50 + i % 7,
  }));
  await harness.write({ source: "hourly", interval: "1h", candles: hourly });
  for (const [period, bars] of [["24h", 24], ["7d", 168]] as const) {
    const data = await dataOf(harness, `/api/analytics/volatility/bitcoin?period=${period}`);
    assertEquals([data.interval, data.n, data.n_returns, data.source], [
      "1h",
      bars,
      bars,
      "hourly",
    ]);
  }
  const month = await dataOf(harness, "/api/analytics/volatility/bitcoin?period=30d");
  assertEquals([month.interval, month.source], ["1d", "daily_cmc"]);
});

Deno.test("GET /api/analytics/risk/{id} measures against the benchmark", async () => {
  await using harness = await openTestApi();
  const closes = swings(100, 2);
  await harness.write({ candles: dailyCandles(closes) });
  const halved = closes.map((close) => close / 2);
  await harness.write({ assetId: "ethereum", candles: dailyCandles(halved) });
  const data = await dataOf(harness, "/api/analytics/risk/ethereum?period=90d");
  // The same line in another unit moves as the benchmark does.
  assertClose(data.beta, 1);
  assertClose(data.benchmark.correlation, 1);
  assertEquals([data.benchmark.asset_id, data.benchmark.n, data.n], ["bitcoin", 90, 90]);
  assertClose(data.cumulative, (closes[99] ?? 0) / (closes[9] ?? 0) - 1);
  const window = closes.slice(9);
  const depths = window.map((close, i) => close / Math.max(...window.slice(0, i + 1)) - 1);
  assertClose(data.max_drawdown, Math.min(...depths));
  assertClose(data.current_drawdown, depths.at(-1) ?? NaN);
  const trough = FIRST_DAY + (9 + depths.indexOf(Math.min(...depths))) * DAY_MS;
  assertEquals(Date.parse(data.trough_at), trough);
  const volatility = await dataOf(harness, "/api/analytics/volatility/ethereum?period=90d");
  assertEquals(
    [data.volatility, data.price_stddev],
    [volatility.volatility, volatility.price_stddev],
  );
});

Deno.test("GET /api/analytics/risk takes yearly rates, spread over the bars", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: dailyCandles([100, 112, 112 * 0.92, 112 * 0.92 * 1.02]) });
  const path = "/api/analytics/risk?coins=bitcoin,BTC&period=3d&interval=1d";
  const [plain, ...rest] = await dataOf(harness, path);
  assertEquals(rest.length, 0);
  // Mean 0.02, sample deviation 0.1; 3.65 a year is 0.01 a day.
  assertClose(plain.sharpe, 0.2 * Math.sqrt(365));
  const [rated] = await dataOf(harness, `${path}&risk_free=3.65&required_return=3.65`);
  assertClose(rated.sharpe, 0.1 * Math.sqrt(365));
  assertClose(rated.sortino, 0.01 * 365 / (0.09 / Math.sqrt(3) * Math.sqrt(365)));
});

Deno.test("GET /assets/{id}/metrics joins risk and momentum of the same bars", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: dailyCandles(swings(100, 2)) });
  for (const asof of ["", "&asof=2021-03-31"]) {
    const response = await harness.get(`/assets/BTC/metrics?period=60d${asof}`);
    assertEquals(response.status, 200);
    const metrics = await response.json();
    const risk = await dataOf(harness, `/api/analytics/risk/bitcoin?period=60d${asof}`);
    const names = ["volatility", "price_stddev", "beta", "max_drawdown", "n", "asof", "source"];
    for (const name of names) assertEquals([name, metrics[name]], [name, risk[name]]);
    assertEquals([metrics.drawdown, metrics.nav_share], [risk.current_drawdown, null]);
    const path = "/api/analytics/indicators/bitcoin?names=rsi:14,macd:12-26-9,ema:12&";
    const { series } = await dataOf(harness, `${path}end=${metrics.to}`);
    assertEquals(metrics.rsi, { period: 14, value: series["rsi:14"].at(-1) });
    const { macd } = metrics;
    assertClose(macd.signal, series["macd:12-26-9"].signal.at(-1));
    assertClose(macd.fast_ema, series["ema:12"].at(-1));
    assertClose(macd.macd, macd.fast_ema - macd.slow_ema);
    assertClose(macd.histogram, macd.macd - macd.signal);
    assertEquals(Object.keys(metrics.reasons), ["nav_share"]);
  }
  const none = await (await harness.get("/assets/uniswap/metrics")).json();
  assertEquals([none.rsi.value, none.macd.macd, none.volatility], [null, null, null]);
  assertEquals(Object.keys(none.reasons).includes("macd"), true);
});

Deno.test("GET /api/analytics/drawdown/{id} is a curve with gaps and dates", async () => {
  await using harness = await openTestApi();
  const candles = dailyCandles([10, 20, 15, 99, 10, 20]).filter((_, at) => at !== 3);
  await harness.write({ candles });
  const data = await dataOf(harness, "/api/analytics/drawdown/bitcoin?period=5d&interval=1d");
  assertEquals(data.drawdown, [0, 0, -0.25, null, -0.5, 0]);
  assertEquals(data.t[0], FIRST_DAY);
  assertEquals([data.max_drawdown, data.current_drawdown, data.missing], [-0.5, 0, 1]);
  assertEquals([data.peak_at, data.trough_at, data.recovered_at], [
    "2021-01-02T00:00:00Z",
    "2021-01-05T00:00:00Z",
    "2021-01-06T00:00:00Z",
  ]);
});

Deno.test("GET /api/analytics/correlation pairs only bars that both have", async () => {
  await using harness = await openTestApi();
  const closes = swings(70, 3);
  await harness.write({ candles: dailyCandles(closes) });
  const inverse = closes.map((close) => 1e4 / close);
  // Two days missing cost three returns each.
  const holed = dailyCandles(inverse).filter((_, at) => ![30, 31, 50, 51].includes(at));
  await harness.write({ assetId: "ethereum", candles: holed });
  const path = "/api/analytics/correlation?coin_1=BTC&coin_2=ETH&period=60d";
  const data = await dataOf(harness, path);
  assertClose(data.correlation, -1);
  assertEquals([data.n, data.missing, data.coverage], [54, 6, 0.9]);
  assertEquals([data.coin_1, data.coin_2, data.period], ["bitcoin", "ethereum", "60d"]);
  const [first, second] = data.coins;
  assertEquals([first.coverage, second.missing, second.coverage], [1, 4, 56 / 60]);
  const short = await dataOf(harness, path.replace("60d", "20d&interval=1d"));
  assertEquals([short.correlation, short.ci95, short.n], [null, null, 17]);
  assertEquals(short.reasons, { correlation: "30 common returns are needed, there are 17" });
});

Deno.test("GET /api/analytics/correlation/matrix agrees with each pair", async () => {
  await using harness = await openTestApi();
  const coins = ["bitcoin", "ethereum", "uniswap"];
  for (const [i, assetId] of coins.entries()) {
    const candles = dailyCandles(swings(100, i + 1)).filter((_, at) => i !== 2 || at % 9 > 0);
    await harness.write({ assetId, candles });
  }
  const path = "/api/analytics/correlation";
  const matrix = await dataOf(harness, `${path}/matrix?coins=${coins},XBT&period=90d`);
  assertEquals(matrix.coins.map(({ asset_id }: { asset_id: string }) => asset_id), coins);
  for (const [i, first] of coins.entries()) {
    for (const [j, second] of coins.entries()) {
      const pair = await dataOf(harness, `${path}?coin_1=${first}&coin_2=${second}&period=90d`);
      assertEquals(matrix.n[i][j], pair.n);
      if (i === j) {
        assertEquals([matrix.correlation[i][j], matrix.ci95[i][j]], [1, [1, 1]]);
        assertClose(pair.correlation, 1);
      } else {
        assertEquals(matrix.correlation[i][j], pair.correlation);
        assertEquals(matrix.ci95[i][j], pair.ci95);
      }
    }
  }
});

Deno.test("GET /api/analytics/correlation/rolling ends where the period does", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: dailyCandles(swings(100, 1)) });
  await harness.write({ assetId: "ethereum", candles: dailyCandles(swings(100, 2)) });
  const query = "coin_1=bitcoin&coin_2=ethereum";
  const path = `/api/analytics/correlation/rolling?${query}&period=90d&window=40`;
  const { t, correlation, n } = await dataOf(harness, path);
  assertEquals([t.length, correlation.length, n.length], [90, 90, 90]);
  assertEquals(correlation.slice(0, 39), Array(39).fill(null));
  const last = await dataOf(harness, `/api/analytics/correlation?${query}&period=40d`);
  assertClose(correlation.at(-1), last.correlation);
  assertEquals(t.at(-1), FIRST_DAY + 99 * DAY_MS);
});

Deno.test("GET /api/analytics/compare starts every line at its own first bar", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: dailyCandles([50, 100, 110, 120, 130]) });
  await harness.write({ assetId: "ethereum", candles: dailyCandles([4, 2], "2021-01-03") });
  const path = "/api/analytics/compare?coins=bitcoin,ethereum,uniswap&start=2021-01-02T09:00:00Z";
  const { start, t, coins } = await dataOf(harness, `${path}&interval=1d`);
  assertEquals([start, t.length], ["2021-01-02T00:00:00Z", 4]);
  const [bitcoin, ethereum, uniswap] = coins;
  [0, 0.1, 0.2, 0.3].forEach((value, at) => assertClose(bitcoin.change[at], value));
  assertClose(bitcoin.total, 0.3);
  assertEquals(ethereum.change, [null, 0, -0.5, null]);
  assertEquals([ethereum.base_at, ethereum.total], ["2021-01-03T00:00:00Z", -0.5]);
  assertEquals(ethereum.reasons, {
    base: "Its first candle after the start is of 2021-01-03T00:00:00Z",
  });
  assertEquals([uniswap.total, uniswap.base_at, uniswap.source], [null, null, null]);
});

const ASOF_PATHS = [
  "/api/analytics/volatility/bitcoin?period=30d",
  "/api/analytics/risk/bitcoin?period=90d&benchmark=ethereum",
  "/api/analytics/drawdown/bitcoin?period=60d",
  "/api/analytics/correlation?coin_1=bitcoin&coin_2=ethereum&period=60d",
  "/api/analytics/correlation/rolling?coin_1=bitcoin&coin_2=ethereum&period=60d",
  "/api/analytics/correlation/matrix?coins=bitcoin,ethereum&period=60d",
  "/api/analytics/compare?coins=bitcoin,ethereum&start=2021-02-01",
  "/api/explain/sharpe:60d/bitcoin?interval=1d",
];
for (const path of ASOF_PATHS) {
  Deno.test(`GET ${path.replace("/api/analytics/", "")} uses nothing after asof`, async () => {
    const answers: unknown[] = [];
    for (const days of [95, 101, 200]) {
      await using harness = await openTestApi();
      // Of the last five days before asof nothing is stored; what follows them must not show.
      const later = (seed: number) =>
        dailyCandles(swings(95, seed).concat(Array(Math.max(0, days - 95)).fill(seed * 1e6)))
          .filter((_, at) => at < 95 || at >= 100);
      await harness.write({ candles: later(1) });
      await harness.write({ assetId: "ethereum", candles: later(2) });
      // 2021-04-10 is the hundredth day.
      answers.push(await dataOf(harness, `${path}&asof=2021-04-10`));
      const instant = await dataOf(harness, `${path}&asof=2021-04-11T11:00:00Z`);
      assertEquals(instant, answers[0]);
    }
    assertEquals(answers[1], answers[0]);
    assertEquals(answers[2], answers[0]);
  });
}

Deno.test("risk answers follow a correction of a candle, ETag included", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: dailyCandles([1, 2, 4, 8]) });
  const path = "/api/analytics/volatility/bitcoin?period=3d&interval=1d";
  const first = await harness.get(path);
  const etag = first.headers.get("etag") ?? "";
  assertEquals((await harness.get(path, { "if-none-match": etag })).status, 304);
  assertClose((await first.json()).data.volatility, 0);
  await harness.write({ candles: dailyCandles([1, 2, 4, 4]) });
  const second = await harness.get(path, { "if-none-match": etag });
  assertEquals(second.status, 200);
  assertClose((await second.json()).data.volatility, Math.LN2 / Math.sqrt(3) * Math.sqrt(365));
});

Deno.test("risk figures never stand on a bar that is still open", async () => {
  await using harness = await openTestApi();
  const today = { openTime: NOW, close: 1e9 };
  await harness.write({ candles: [...dailyCandles([3, 3, 3, 3], "2025-12-28"), today] });
  harness.clock.advance(HOUR_MS);
  const data = await dataOf(harness, "/api/analytics/volatility/bitcoin?period=3d&interval=1d");
  assertEquals([data.price_stddev, data.to], [0, "2025-12-31T00:00:00Z"]);
  const future = await dataOf(
    harness,
    "/api/analytics/volatility/bitcoin?period=3d&interval=1d&asof=2030-01-01",
  );
  assertEquals(future, data);
});

const REFUSED = [
  "/api/analytics/volatility/bitcoin?period=0d",
  "/api/analytics/volatility/bitcoin?period=30",
  "/api/analytics/volatility/bitcoin?period=1d&interval=1d",
  "/api/analytics/volatility/bitcoin?period=9999y",
  "/api/analytics/volatility/bitcoin?asof=yesterday",
  "/api/analytics/volatility/bitcoin?asof=1900-01-01",
  "/api/analytics/risk/bitcoin?risk_free=lots",
  "/api/analytics/risk/bitcoin?risk_free=11",
  "/api/analytics/correlation?coin_1=bitcoin",
  "/api/analytics/correlation/matrix?coins=,",
  `/api/analytics/correlation/matrix?coins=${Array.from({ length: 51 }, (_, i) => `c${i}`)}`,
  "/api/analytics/correlation/rolling?coin_1=bitcoin&coin_2=BTC&window=29",
  "/api/analytics/correlation/rolling?coin_1=bitcoin&coin_2=BTC&window=366",
  "/api/analytics/compare?coins=bitcoin",
  "/api/analytics/compare?coins=bitcoin&start=2031-01-01",
  "/api/explain/sharpe:never/bitcoin",
];
for (const path of REFUSED) {
  Deno.test(`GET ${path.slice(0, 90)} is refused with 422`, async () => {
    await using harness = await openTestApi();
    await harness.write({ candles: dailyCandles([1, 2, 3]) });
    const response = await harness.get(path);
    assertEquals(response.status, 422);
    assertEquals((await response.json()).error.code, "VALIDATION_FAILED");
  });
}

Deno.test("GET /api/analytics/… is 404 for unknown assets, sources and figures", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: dailyCandles([1, 2, 3]) });
  for (
    const path of [
      "/api/analytics/risk/nocoin",
      "/api/analytics/risk/bitcoin?benchmark=nocoin",
      "/api/analytics/volatility/bitcoin?source=nowhere",
      "/api/analytics/correlation?coin_1=bitcoin&coin_2=nocoin",
      "/api/explain/luck:1y/bitcoin",
    ]
  ) {
    assertEquals([path, (await harness.get(path)).status], [path, 404]);
  }
});

Deno.test("GET /api/explain/{figure:period}/{id} gives the figure of the risk report", async () => {
  await using harness = await openTestApi();
  await harness.write({ candles: dailyCandles(swings(100, 1)) });
  await harness.write({ assetId: "ethereum", candles: dailyCandles(swings(100, 2)) });
  const risk = await dataOf(harness, "/api/analytics/risk/ethereum?period=90d");
  const figures = [
    "price_stddev",
    "volatility",
    "cumulative",
    "annual_return",
    "sharpe",
    "sortino",
  ];
  figures.push("calmar", "downside_risk", "max_drawdown", "current_drawdown", "var95", "es95");
  for (const figure of [...figures, "beta"]) {
    const data = await dataOf(harness, `/api/explain/${figure}:90d/ethereum`);
    assertEquals([figure, data.value], [figure, risk[figure]]);
    assertEquals([data.rows.length, data.provenance.source], [60, "daily_cmc"]);
    assert(data.formula.length > 0 && data.words.endsWith(".") && data.label.endsWith(", 90d"));
  }
  const { value, inputs } = await dataOf(harness, "/api/explain/correlation:90d/ethereum");
  assertEquals(value, risk.benchmark.correlation);
  const common = inputs.find(({ name }: { name: string }) => name.includes("bitcoin"));
  assertEquals([common.value, common.resolution], [90, "1d"]);
  const interval = inputs.flatMap(({ name, value: bound }: { name: string; value: number }) =>
    name.startsWith("95 %") ? [bound] : []
  );
  assertEquals(interval, risk.benchmark.ci95);
  const own = await dataOf(harness, "/api/explain/correlation:90d/ethereum?benchmark=ETH");
  assertClose(own.value, 1);
  const none = await dataOf(harness, "/api/explain/volatility:30d/uniswap");
  assertEquals([none.value, none.rows], [null, []]);
  assert(none.reason.startsWith("No candles of uniswap"));
});
