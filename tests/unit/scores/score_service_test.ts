import { indicatorEngine } from "@/services/analytics/mod.ts";
import { AppError } from "@/services/kernel/errors.ts";
import { DAY_MS, HOUR_MS, type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import {
  type AssetId,
  AssetRegistry,
  type Interval,
  MarketService,
} from "@/services/market/mod.ts";
import { DEFAULT_METHOD, HISTORY_DAYS, loadMethods, ScoreService } from "@/services/scores/mod.ts";
import { PacedChangeFeed } from "@/services/platform/paced_change_feed.ts";
import { SqlCandleStore, SqlRelationStore, SqlScoreStore } from "@/services/storage/mod.ts";
import { assert, assertClose, assertEquals, assertRejects } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { type CandleSketch, columnsOf } from "@/tests/fakes/memory_candle_store.ts";
import { assetRow, sampleRegistry } from "@/tests/unit/market/assets_sample.ts";
import { sampleDay, sampleMethod, samplePanel } from "./panel_sample.ts";

const DAYS = 420;
const PANEL = samplePanel({ assets: 8, days: DAYS });
const METHODS = loadMethods(["v1", "signal"].map((name) => JSON.stringify(sampleMethod(name))));
/** The end of day number `index`. */
const endOf = (index: number) => sampleDay(index + 1);

/** A service over a database in memory, by default at noon after the sample's last day. */
class Kit implements AsyncDisposable {
  readonly clock;
  readonly #database;
  readonly #candles;
  readonly service;

  private constructor(database: Awaited<ReturnType<typeof openTestDatabase>>, now: number) {
    this.clock = new FakeClock(now);
    this.#database = database;
    this.#candles = new SqlCandleStore(database, this.clock);
    const market = new MarketService({
      registry: new AssetRegistry(sampleRegistry({
        assets: PANEL.assets.map(({ assetId }) => assetRow(assetId, { symbol: assetId })),
      })),
      store: this.#candles,
      clock: this.clock,
      changes: new PacedChangeFeed(database.changes, this.clock),
      demoMode: "auto",
      indicators: indicatorEngine,
    });
    const store = new SqlScoreStore(database, this.clock);
    const relations = new SqlRelationStore(database, this.clock);
    const { clock } = this;
    this.service = new ScoreService({ market, store, relations, methods: METHODS, clock });
  }

  static async open({ now = endOf(DAYS - 1) + 12 * HOUR_MS } = {}): Promise<Kit> {
    return new Kit(await openTestDatabase(), now);
  }

  /** Writes the sample's days before `end`. */
  async writeDays({ end = DAYS, source: name = "sample" } = {}): Promise<void> {
    for (const { assetId, sources: [source] } of PANEL.assets) {
      const sketches = Array.from({ length: end }, (_, day): CandleSketch => {
        const close = source?.history.close[day] ?? NaN;
        const supply = source?.history.supply[day] ?? NaN;
        const volumeUsd = source?.history.volumeUsd[day] ?? NaN;
        return { openTime: sampleDay(day), close, volumeUsd, marketCapUsd: close * supply };
      });
      await this.write(assetId, { sketches, source: name });
    }
  }

  async write(
    assetId: string,
    { sketches, source = "sample", interval = "1d" }: {
      sketches: readonly CandleSketch[];
      source?: string;
      interval?: Interval;
    },
  ): Promise<void> {
    const key = { assetId: assetId as AssetId, source, interval };
    await this.#candles.upsertCandles(key, columnsOf(sketches));
    // The market looks for changes once a beat of its feed.
    this.clock.advance(1_000);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#database.close();
  }
}

Deno.test("ScoreService scores the newest day that is over, by the default method", async () => {
  await using kit = await Kit.open();
  await kit.writeDays();
  const { run, method } = await kit.service.getBoard();
  assertEquals([run?.method, method.version], [DEFAULT_METHOD, "v1"]);
  assertEquals([run?.asof, run?.cards.length], [endOf(DAYS - 1), 8]);
  // The day that is not over yet changes nothing.
  const openTime = sampleDay(DAYS);
  await kit.write("bitcoin", { sketches: [{ openTime, close: 1, volumeUsd: 1 }] });
  assertEquals((await kit.service.getBoard()).run, run);
});

Deno.test("ScoreService answers a past day as it would have on that day", async () => {
  await using then = await Kit.open({ now: endOf(299) });
  await then.writeDays({ end: 300 });
  await using now = await Kit.open();
  await now.writeDays();
  // Sources that came later, one of them with more of the days asked for than it could have had.
  const later = Array.from(
    { length: 100 },
    (_, at) => ({ openTime: sampleDay(310 + at), close: 3 }),
  );
  await now.write("bitcoin", { sketches: later, source: "another" });
  const expected = JSON.stringify((await then.service.getBoard()).run);
  const found = await now.service.getBoard({ asof: endOf(299) });
  assertEquals(JSON.stringify(found.run), expected);
  // An instant inside the next day knows no more.
  const inside = endOf(299) + DAY_MS - 1 as UtcMs;
  assertEquals(JSON.stringify((await now.service.getBoard({ asof: inside })).run), expected);
});

Deno.test("ScoreService has no board before the first day, and none without candles", async () => {
  await using kit = await Kit.open();
  assertEquals((await kit.service.getBoard()).run, null);
  assertEquals(await kit.service.listChanges(), []);
  assertEquals(await kit.service.recalculate({}), []);
  await kit.writeDays({ end: 20 });
  for (const asof of [sampleDay(0), utcMsOf(-8_640_000_000_000_000)]) {
    assertEquals((await kit.service.getBoard({ asof })).run, null);
  }
});

Deno.test("ScoreService reads days of whole hours, and none of a day that lacks some", async () => {
  const days = 40;
  await using kit = await Kit.open({ now: endOf(DAYS + days - 1) });
  await kit.writeDays();
  const isLacking = (hour: number) => hour === 24 * 33 + 7;
  const hours = Array.from({ length: 24 * days }, (_, hour) => ({
    openTime: utcMsOf(sampleDay(DAYS) + hour * HOUR_MS),
    close: 10 + hour,
    volume: 1_000,
  })).filter((_, hour) => !isLacking(hour));
  await kit.write("asset-001", { sketches: hours, source: "hourly", interval: "1h" });
  const { card, run } = await kit.service.getDetail("asset-001");
  assertEquals([run.asof, card.source, card.asof], [
    endOf(DAYS + days - 1),
    "hourly",
    endOf(DAYS + days - 1),
  ]);
  const gaps = card.pillars.flatMap(({ metrics }) => metrics).find(({ id }) => id === "gaps_90d");
  // 39 of 90 days are whole.
  assertClose(gaps?.raw, 51 / 90, 1e-12);
});

Deno.test("ScoreService.recalculate() scores what is new, once, and says how far it is", async () => {
  await using kit = await Kit.open();
  await kit.writeDays();
  const seen: [number, number][] = [];
  const onProgress = (done: number, total: number) => void seen.push([done, total]);
  const first = await kit.service.recalculate({ method: "v1" }, { onProgress });
  assertEquals(first.length, HISTORY_DAYS);
  assert(first.every(({ isChanged }) => isChanged));
  assertEquals(seen.at(-1), [HISTORY_DAYS, HISTORY_DAYS]);
  const again = await kit.service.recalculate({ method: "v1" });
  assertEquals(again.map(({ isChanged, run }) => [isChanged, run.asof]), [
    [false, endOf(DAYS - 1)],
  ]);
  const detail = await kit.service.getDetail("bitcoin");
  assertEquals(detail.history.length, HISTORY_DAYS);
  assertEquals(detail.history.at(-1)?.score, detail.card.score);
  assertEquals(detail.run, again[0]?.run);
  assertEquals(detail.run.previousDay, first.at(-2)?.run.day);
  assertEquals(detail.change?.to, detail.run.day);
});

Deno.test("ScoreService.recalculate() forgets the demo market once there are real candles", async () => {
  await using kit = await Kit.open();
  await kit.writeDays({ source: "demo" });
  await kit.service.recalculate({ method: "v1" });
  assertEquals((await kit.service.getDetail("bitcoin")).card.isDemo, true);
  await kit.writeDays({ end: 300 });
  await kit.service.recalculate({ method: "v1" });
  const { card, history } = await kit.service.getDetail("bitcoin");
  assertEquals([card.isDemo, card.asof, history.length], [false, endOf(299), HISTORY_DAYS]);
});

Deno.test("ScoreService.recalculate() scores as many past days as it is told", async () => {
  await using kit = await Kit.open();
  await kit.writeDays();
  const done = await kit.service.recalculate({ method: "v1", asof: endOf(299), days: 3 });
  assertEquals(done.map(({ run }) => run.asof), [endOf(297), endOf(298), endOf(299)]);
  const { history } = await kit.service.getDetail("bitcoin", { asof: endOf(298) });
  assertEquals(history.map(({ day }) => day), done.slice(0, 2).map(({ run }) => run.day));
});

Deno.test("ScoreService.recalculate() makes a run anew where its candles have changed", async () => {
  await using kit = await Kit.open();
  await kit.writeDays();
  const asof = endOf(DAYS - 1);
  const [first] = await kit.service.recalculate({ method: "v1", asof });
  const openTime = sampleDay(DAYS - 1);
  await kit.write("asset-002", { sketches: [{ openTime, close: 1e6, volumeUsd: 1e9 }] });
  const [second] = await kit.service.recalculate({ method: "v1", asof });
  assertEquals(second?.isChanged, true);
  assert(second?.run.lineage.inputs !== first?.run.lineage.inputs);
});

Deno.test("ScoreService.recalculate() stops when it is told to", async () => {
  await using kit = await Kit.open();
  await kit.writeDays();
  const controller = new AbortController();
  const onProgress = (done: number) => done === 3 && controller.abort(new RangeError("enough"));
  const { signal } = controller;
  await assertRejects(() => kit.service.recalculate({}, { signal, onProgress }), {
    type: RangeError,
  });
});

Deno.test("ScoreService refuses what it can't score", async () => {
  await using kit = await Kit.open();
  await kit.writeDays({ end: 120 });
  const method = await assertRejects(() => kit.service.getBoard({ method: "luck" }), {
    type: AppError,
    pattern: /no such method/,
  });
  assertEquals(method.details, { field: "method", candidates: ["v1", "signal"] });
  const early = () => kit.service.getDetail("bitcoin", { asof: sampleDay(0) });
  assertEquals((await assertRejects(early, { type: AppError })).code, "RESOURCE_NOT_FOUND");
});
