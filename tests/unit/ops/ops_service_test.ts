import { AppError, type ErrorCode } from "@/services/kernel/errors.ts";
import { type Uuid, UuidFactory } from "@/services/kernel/ids.ts";
import { DAY_MS, type UtcMs } from "@/services/kernel/time.ts";
import type { AssetId, CandleSeries, Interval } from "@/services/market/mod.ts";
import { JobsService, OpsService, type OpsView, seriesCoverage } from "@/services/ops/mod.ts";
import { SqlJobStore } from "@/services/storage/mod.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import {
  FakeFx,
  FakeHeldPrices,
  FakePools,
  FakeProviders,
  HELD_READING,
  heldPrice,
  MemoryAuditLog,
} from "@/tests/fakes/ops.ts";
import { seriesOver } from "@/tests/unit/market/market_sample.ts";

const OWNER = { actor: "owner" };
const ids = new UuidFactory(() => 1_000);
const HELD = heldPrice({ id: ids.next() });
const SETTLED = heldPrice({ id: ids.next(), state: "dropped" });
const NOBODY = ids.next();
const READING = HELD_READING.reading;

/** The service over fakes, with a job that is dead and one that waits. */
async function openOps() {
  const clock = new FakeClock(1_000);
  const database = await openTestDatabase({ clock });
  const store = new SqlJobStore(database, clock);
  const audit = new MemoryAuditLog(clock);
  const held = new FakeHeldPrices(HELD, SETTLED);
  const newJob = (key: string) =>
    store.enqueue({ name: "backfill_candles", key, maxAttempts: 1, timeoutMs: 1_000 });
  const dying = await newJob("dying");
  const run = await store.claim(["backfill_candles"], { owner: "worker", leaseMs: 1_000 });
  assert(run !== null && run.id === dying.id);
  const lease = { jobId: run.id, owner: "worker", attempt: run.attempts };
  await store.fail(lease, { error: "No answer", retryAt: null });
  const waiting = await newJob("waiting");
  const ops = new OpsService({
    clock,
    log: new RecordingLog(),
    version: "1.2.3",
    providers: new FakeProviders("binance", "coingecko"),
    jobs: new JobsService({ store, clock, wake: () => {} }),
    feeds: () => [],
    streams: () => null,
    coverage: () => Promise.resolve([]),
    held,
    pools: new FakePools(),
    fx: new FakeFx(),
    logs: { list: () => [] },
    audit,
    resolveAsset(name) {
      if (name !== "BTC") throw new AppError("RESOURCE_NOT_FOUND", `Unknown asset "${name}"`);
      return { id: "bitcoin" };
    },
    enqueueBackfill: ({ assetId, interval }) => newJob(`${assetId} ${interval}`),
  });
  return {
    ops,
    audit,
    held,
    clock,
    deadJob: dying.id,
    waitingJob: waiting.id,
    [Symbol.asyncDispose]: () => database.close(),
  };
}

type Kit = Awaited<ReturnType<typeof openOps>>;

interface ActCase {
  readonly name: string;
  readonly act: (kit: Kit) => Promise<unknown>;
  readonly action: string;
  /** Code of the refusal; without one it is done. */
  readonly code?: ErrorCode;
}

const CASES: readonly ActCase[] = [
  {
    name: "thaws a frozen provider",
    action: "provider.thaw",
    async act({ ops }) {
      await ops.freezeProvider("binance", { ...OWNER, reason: "terms" });
      assertEquals((await ops.thawProvider("binance", OWNER)).frozen, null);
    },
  },
  {
    name: "does not thaw what is not frozen",
    action: "provider.thaw",
    code: "CONFLICT",
    act: ({ ops }) => ops.thawProvider("binance", OWNER),
  },
  {
    name: "freezes a provider, saying why",
    action: "provider.freeze",
    async act({ ops }) {
      const { frozen } = await ops.freezeProvider("binance", { ...OWNER, reason: "terms" });
      assertEquals(frozen?.reason, "terms");
    },
  },
  {
    name: "does not freeze twice",
    action: "provider.freeze",
    code: "CONFLICT",
    async act({ ops }) {
      await ops.freezeProvider("binance", { ...OWNER, reason: "terms" });
      await ops.freezeProvider("binance", { ...OWNER, reason: "more terms" });
    },
  },
  {
    name: "knows no provider of another name",
    action: "provider.thaw",
    code: "RESOURCE_NOT_FOUND",
    act: ({ ops }) => ops.thawProvider("kraken", OWNER),
  },
  {
    name: "opens a breaker",
    action: "provider.open_breaker",
    async act({ ops }) {
      const { breaker } = await ops.setBreaker("binance", { ...OWNER, state: "open" });
      assertEquals([breaker.state, breaker.isForced], ["open", true]);
    },
  },
  {
    name: "does not close what is closed",
    action: "provider.close_breaker",
    code: "CONFLICT",
    act: ({ ops }) => ops.setBreaker("binance", { ...OWNER, state: "closed" }),
  },
  {
    name: "retries a dead job",
    action: "job.retry",
    async act({ ops, deadJob }) {
      assertEquals((await ops.steerJob(deadJob, { ...OWNER, act: "retry" })).state, "queued");
    },
  },
  {
    name: "does not retry a job that waits",
    action: "job.retry",
    code: "CONFLICT",
    act: ({ ops, waitingJob }) => ops.steerJob(waitingJob, { ...OWNER, act: "retry" }),
  },
  {
    name: "discards a dead job",
    action: "job.discard",
    act: ({ ops, deadJob }) => ops.steerJob(deadJob, { ...OWNER, act: "discard" }),
  },
  {
    name: "cancels a job that waits",
    action: "job.cancel",
    act: ({ ops, waitingJob }) => ops.steerJob(waitingJob, { ...OWNER, act: "cancel" }),
  },
  {
    name: "knows no job of another id",
    action: "job.cancel",
    code: "RESOURCE_NOT_FOUND",
    act: ({ ops }) => ops.steerJob(NOBODY, { ...OWNER, act: "cancel" }),
  },
  {
    name: "gives its word about a held price",
    action: "held_price.accept",
    async act({ ops, held }) {
      await ops.settleHeld(HELD.id as Uuid, { ...OWNER, act: "accept" });
      assertEquals(held.commands, [{ id: HELD.id, action: "accept", by: "owner" }]);
    },
  },
  {
    name: "does not settle a price twice",
    action: "held_price.drop",
    code: "CONFLICT",
    act: ({ ops }) => ops.settleHeld(SETTLED.id as Uuid, { ...OWNER, act: "drop" }),
  },
  {
    name: "lets a held reading of a pool count",
    action: "held_reading.accept",
    async act({ ops }) {
      const { reading } = await ops.settlePoolReading(READING, { ...OWNER, act: "accept" });
      assertEquals(reading, HELD_READING.reading);
      assertEquals((await ops.read({ level: "ALL", trace: "" })).pools.held, []);
    },
  },
  {
    name: "settles a held reading once",
    action: "held_reading.discard",
    code: "CONFLICT",
    async act({ ops }) {
      await ops.settlePoolReading(READING, { ...OWNER, act: "accept" });
      await ops.settlePoolReading(READING, { ...OWNER, act: "discard" });
    },
  },
  {
    name: "knows no held price of another id",
    action: "held_price.drop",
    code: "RESOURCE_NOT_FOUND",
    act: ({ ops }) => ops.settleHeld(NOBODY, { ...OWNER, act: "drop" }),
  },
  {
    name: "asks for candles of an asset by any of its names",
    action: "candles.backfill",
    async act({ ops }) {
      const { key } = await ops.backfill({ ...OWNER, asset: "BTC", interval: "1h" });
      assertEquals(key, "bitcoin 1h");
    },
  },
  {
    name: "asks for no candles of an unknown asset",
    action: "candles.backfill",
    code: "RESOURCE_NOT_FOUND",
    act: ({ ops }) => ops.backfill({ ...OWNER, asset: "nothing", interval: null }),
  },
];

for (const { name, act, action, code } of CASES) {
  Deno.test(`OpsService ${name}, and writes it down`, async () => {
    await using kit = await openOps();
    if (code === undefined) await act(kit);
    else assertEquals((await assertRejects(() => act(kit), { type: AppError })).code, code);
    const entry = kit.audit.entries.at(-1);
    assertEquals([entry?.actor, entry?.action], ["owner", action]);
    const details = entry?.details as Readonly<Record<string, unknown>>;
    assertEquals(details.outcome, code === undefined ? "done" : "refused");
  });
}

const asset = (id: string, symbol: string) => ({ id, symbol });

Deno.test("seriesCoverage() takes the largest series of each interval", () => {
  const series = (interval: Interval, rows: number, days: number): CandleSeries => ({
    assetId: "bitcoin" as AssetId,
    interval,
    source: `of ${rows}`,
    seriesId: rows,
    rows,
    firstOpenTime: 0 as UtcMs,
    lastOpenTime: days * DAY_MS as UtcMs,
    version: 1,
    updatedAt: 0 as UtcMs,
  });
  assertEquals(
    seriesCoverage([asset("bitcoin", "BTC"), asset("eos", "EOS")], [
      series("1d", 2, 1),
      // Three of the five days from the first to the last.
      series("1d", 3, 4),
      // 18 of the 25 hours from midnight to midnight.
      series("1h", 18, 1),
    ]),
    [{ assetId: "bitcoin", symbol: "BTC", shares: { "5m": null, "1h": 0.72, "1d": 0.6 } }],
  );
});

Deno.test("seriesCoverage() lets the demo market speak only where nothing real is stored", () => {
  const assets = [asset("bitcoin", "BTC")];
  const demo = seriesOver(0, 9, { source: "demo", rows: 10 });
  const real = seriesOver(0, 9, { source: "binance", rows: 5 });
  const share = (...series: CandleSeries[]) => seriesCoverage(assets, series)[0]?.shares["1d"];
  assertEquals([share(demo), share(demo, real)], [1, 0.5]);
});

Deno.test("OpsService reads all that the console shows", async () => {
  await using kit = await openOps();
  await kit.ops.freezeProvider("binance", { ...OWNER, reason: "terms" });
  kit.clock.advance(2_000);
  const view: OpsView = await kit.ops.read({ level: "ALL", trace: "" });
  assertEquals(view.uptimeSeconds, 2);
  assertEquals(view.version, "1.2.3");
  assertEquals(view.providers.map(({ name }) => name), ["binance", "coingecko"]);
  assertEquals(view.jobs.map(({ key }) => key), ["waiting", "dying"]);
  assertEquals(view.held, [HELD, SETTLED]);
  assertEquals(view.audit.map(({ action }) => action), ["provider.freeze"]);
});
