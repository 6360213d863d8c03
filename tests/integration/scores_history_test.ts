import { compose, type Product } from "@/main.ts";
import { loadConfig } from "@/services/config.ts";
import { NEUTRAL } from "@/services/scores/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { fakeCliIo } from "@/tests/fakes/cli_io.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { sharedData } from "@/tests/shared_data.ts";
import { build } from "@/tools/build.ts";
import { CANDLES_IMPORT } from "@/tools/candles_import.ts";
import { runScript } from "@/tools/cli.ts";

const DAILY = sharedData("market/daily_cmc");
const NOW = Date.UTC(2026, 0, 10);
/** Method v1 on 2021-06-30, by a program in another language from the same files. */
const EXPECTED: Readonly<Record<string, number>> = {
  bitcoin: 80.253,
  ethereum: 75.727,
  binancecoin: 63.784,
  litecoin: 58.3,
  ripple: 49.901,
  solana: 43.285,
  eos: 38.97,
  stellar: 38.597,
  dogecoin: 34.035,
  aave: 25.787,
  chainlink: 24.308,
  iota: 20.428,
};

/** The whole product over the reference data's daily candles of 2013 to 2021. */
async function withHistory(test: (product: Product) => Promise<void>): Promise<void> {
  await build({ ifStale: true });
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis_scores_" });
  try {
    const env = { TOKENLYSIS_DATA_DIR: folder, TOKENLYSIS_NETWORK: "off" };
    const { io, printed } = fakeCliIo(["--dir", DAILY?.pathname ?? "", "--json"], { env });
    assertEquals(await runScript(CANDLES_IMPORT, io), 0, printed.stderr);
    const ports = { clock: new FakeClock(NOW), log: new RecordingLog() };
    await using product = await compose(loadConfig(env), ports);
    await test(product);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function text(product: Product, path: string): Promise<string> {
  const response = await product.fetch(new Request(`http://127.0.0.1${path}`));
  const body = await response.text();
  assertEquals([response.status, body.slice(0, 300)], [200, body.slice(0, 300)]);
  return body;
}

interface Row {
  readonly asset_id: string;
  readonly score: number | null;
  readonly rank: number | null;
  readonly outside: string | null;
  readonly asof: string;
  readonly data_asof: string;
  readonly source: string;
}

interface Part {
  readonly contribution: number | null;
}

/** Neutral and everything that the metrics add. */
function sumOf(pillars: readonly { readonly metrics: readonly Part[] }[]): number {
  return pillars.flatMap(({ metrics }) => metrics)
    .reduce((sum, { contribution }) => sum + (contribution ?? 0), NEUTRAL);
}

Deno.test({
  name: "GET /api/scores ranks real assets at a past day, explains them, and is bit-equal",
  ignore: DAILY === null,
  fn: () =>
    withHistory(async (product) => {
      const path = "/api/scores?asof=2021-06-30";
      const body = await text(product, path);
      const { data, meta } = JSON.parse(body) as {
        data: readonly Row[];
        meta: { asof: string; universe: number };
      };
      const ranked = data.filter(({ rank }) => rank !== null);
      assertEquals(ranked.map(({ rank }) => rank), ranked.map((_, at) => at + 1));
      assertEquals(ranked.map(({ asset_id }) => asset_id), Object.keys(EXPECTED));
      for (const { asset_id, score } of ranked) {
        assert(Math.abs((score ?? 0) - (EXPECTED[asset_id] ?? NaN)) < 0.0011, asset_id);
      }
      assertEquals([meta.asof, meta.universe], ["2021-07-01T00:00:00Z", ranked.length]);
      assert(data.every((row) => row.data_asof === meta.asof && row.source === "daily_cmc"));
      const tether = data.find(({ asset_id }) => asset_id === "tether");
      assertEquals([tether?.outside, tether?.rank], ["Apart as stablecoin", null]);
      for (const { asset_id, score } of ranked) {
        const card =
          JSON.parse(await text(product, `/api/scores/${asset_id}?asof=2021-06-30`)).data;
        assertEquals([card.score, sumOf(card.explanation.pillars)], [score, score], asset_id);
        const { change } = card;
        const moved = change.metrics.reduce(
          (sum: number, { points }: { points: number }) => sum + points,
          0,
        );
        assertEquals([change.from, change.to, moved], ["2021-06-29", "2021-06-30", change.score]);
      }
      assertEquals(await text(product, path), body);
    }),
});

Deno.test({
  name: "GET /api/scores answers the same from another process, and as the stored run has it",
  ignore: DAILY === null,
  async fn() {
    const paths = [
      "/api/scores?asof=2021-06-30",
      "/api/scores/solana?asof=2021-06-30&method=signal",
    ];
    const ask = (product: Product) => Promise.all(paths.map((path) => text(product, path)));
    const bodies: (readonly string[])[] = [];
    await withHistory(async (product) => void bodies.push(await ask(product)));
    await withHistory(async (product) => {
      const payload = { method: null, asof: Date.UTC(2021, 6, 1), days: 1, inputs: "test" };
      const signal = new AbortController().signal;
      const run = () => product.jobs.runNow("recalculate_scores", { payload, signal });
      const result = await run() as { runs: number; changed: number };
      assertEquals([result.runs, result.changed], [2, 2]);
      assertEquals((await run() as { changed: number }).changed, 0);
      bodies.push([await text(product, paths[0] ?? "")]);
    });
    const [first = [], second = []] = bodies;
    assertEquals(second[0], first[0]);
  },
});

Deno.test({
  name: "GET /api/scores/honesty holds scores against what followed, whatever it is",
  ignore: DAILY === null,
  fn: () =>
    withHistory(async (product) => {
      const before = JSON.parse(await text(product, "/api/scores/honesty")).data;
      assertEquals([before.measured_at, before.rows[0].n], [null, 0]);
      assert(before.pending > 400, "what is not measured yet is counted");
      const signal = new AbortController().signal;
      await product.jobs.runNow("measure_honesty", { payload: null, signal });
      const { data } = JSON.parse(await text(product, "/api/scores/honesty?_=2"));
      assertEquals([data.from, data.to, data.pending], ["2013-04-29", "2021-07-06", 0]);
      const rows = data.rows as readonly {
        subject: string;
        horizon_days: number;
        correlation: number | null;
        n: number;
      }[];
      const overall = rows.filter(({ subject }) => subject === "overall");
      assertEquals(overall.map(({ horizon_days }) => horizon_days), [7, 30]);
      for (const { correlation, n } of overall) {
        assert(n > 30 && correlation !== null && Math.abs(correlation) < 1);
      }
      const network = rows.filter(({ subject }) => subject === "network");
      assert(network.every(({ correlation, n }) => correlation === null && n === 0));
    }),
});
