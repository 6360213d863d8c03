import { DAY_MS } from "@/services/kernel/time.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import type { CandleSketch } from "@/tests/fakes/memory_candle_store.ts";
import { openTestApi } from "@/tests/integration/api_harness.ts";
import { readSharedText, sharedData } from "@/tests/shared_data.ts";

const MARKET = sharedData("market/daily_cmc");

async function readCloses(symbol: string): Promise<CandleSketch[]> {
  const url = sharedData(`market/daily_cmc/${symbol}.csv.gz`);
  assert(url);
  const [header = "", ...lines] = (await readSharedText(url)).trim().split("\n");
  const [date, close] = ["date", "close"].map((name) => header.split(",").indexOf(name));
  return lines.map((line) => {
    const cells = line.split(",");
    return {
      openTime: Date.parse(`${cells[date ?? 0]}T00:00:00Z`),
      close: Number(cells[close ?? 0]),
    };
  });
}

Deno.test({
  name: "GET /api/analytics/correlation of real days agrees with the formula worked out apart",
  ignore: MARKET === null,
  async fn() {
    await using harness = await openTestApi();
    const bitcoin = await readCloses("BTC");
    const ethereum = await readCloses("ETH");
    await harness.write({ candles: bitcoin });
    await harness.write({ assetId: "ethereum", candles: ethereum });
    const response = await harness.get(
      "/api/analytics/correlation?coin_1=bitcoin&coin_2=ethereum&period=365d&asof=2021-06-30",
    );
    assertEquals(response.status, 200);
    const { data } = await response.json();
    const byDay = [bitcoin, ethereum].map((candles) =>
      new Map(candles.map(({ openTime, close }) => [openTime, close]))
    );
    const pairs: (readonly [number, number])[] = [];
    for (let back = 0; back < 365; back++) {
      const day = Date.UTC(2021, 5, 30) - back * DAY_MS;
      const [x = NaN, y = NaN] = byDay.map((closes) =>
        Math.log(closes.get(day) ?? NaN) - Math.log(closes.get(day - DAY_MS) ?? NaN)
      );
      if (!Number.isNaN(x + y)) pairs.push([x, y]);
    }
    const n = pairs.length;
    const sum = (of: (x: number, y: number) => number) =>
      pairs.reduce((total, [x, y]) => total + of(x, y), 0);
    const [sx, sy] = [sum((x) => x), sum((_, y) => y)];
    const r = (n * sum((x, y) => x * y) - sx * sy) /
      Math.sqrt((n * sum((x) => x * x) - sx ** 2) * (n * sum((_, y) => y * y) - sy ** 2));
    assertClose(data.correlation, r, 1e-9);
    const z = 0.5 * Math.log((1 + r) / (1 - r));
    for (const [at, sign] of [[0, -1], [1, 1]] as const) {
      const bound = Math.exp(2 * (z + sign * 1.959963984540054 / Math.sqrt(n - 3)));
      assertClose(data.ci95[at], (bound - 1) / (bound + 1), 1e-9);
    }
    assertEquals([data.n, data.from, data.to], [
      n,
      "2020-07-01T00:00:00Z",
      "2021-06-30T00:00:00Z",
    ]);
    assert(n >= 360);
  },
});
