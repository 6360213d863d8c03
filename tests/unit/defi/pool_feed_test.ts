import {
  PoolArchive,
  type PoolCard,
  PoolFeed,
  type PoolFetcher,
  PoolIngestion,
  PoolService,
} from "@/services/defi/mod.ts";
import { DEFAULT_POOL_SETTINGS } from "@/services/defi/pool_settings.ts";
import type { PoolProvider } from "@/services/defi/ports.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "@/services/kernel/time.ts";
import { MockPoolProvider } from "@/services/providers/pools/mod.ts";
import { SqlAuditLog, SqlLeaseStore, SqlPoolStore } from "@/services/storage/mod.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";
import { SAMPLE_START, samplePool, sampleSnapshot } from "./pool_sample.ts";

const CHOSEN: PoolFetcher = { provider: "mock", wanted: "mock", fallback: null };
const FALLBACK: PoolFetcher = { provider: "mock", wanted: "dune", fallback: "no key" };

async function place(
  { provider = new MockPoolProvider(), fetcher = CHOSEN }: {
    readonly provider?: PoolProvider;
    readonly fetcher?: PoolFetcher;
  } = {},
) {
  const clock = new FakeClock(SAMPLE_START);
  const timer = new FakeTimer(clock);
  const database = await openTestDatabase({ clock });
  const store = new SqlPoolStore(database, clock);
  const log = new RecordingLog();
  const archive = new PoolArchive({ store, changes: database.changes, clock });
  const pools = new PoolService({ archive, settings: DEFAULT_POOL_SETTINGS, fetcher });
  const ingestion = new PoolIngestion({
    ...{ provider, store, clock, timer, log, owner: "one" },
    leases: new SqlLeaseStore(database, clock),
    audit: new SqlAuditLog(database, clock),
  });
  const told: (readonly PoolCard[])[] = [];
  const feed = new PoolFeed({
    ...{ pools, ingestion, store, clock, timer, log, tickMs: SECOND_MS },
    tell: (cards) => void told.push(cards),
  });
  return {
    ...{ clock, timer, store, log, feed, told },
    async [Symbol.asyncDispose]() {
      await feed.stop();
      await database.close();
    },
  };
}

/** Lets beats pass, each with all that follows from it. */
async function beats(timer: FakeTimer, count: number): Promise<void> {
  for (let beat = 0; beat < count; beat++) {
    await timer.advance(SECOND_MS);
    // The database answers beside the clock.
    for (let turn = 0; turn < 10; turn++) await timer.advance(0);
  }
}

Deno.test("PoolFeed fetches and tells made-up pools each second", async () => {
  await using at = await place();
  at.feed.start();
  await beats(at.timer, 6);
  assert(at.told.length >= 5, `told ${at.told.length} times`);
  assertEquals(at.told[0]?.length, 10);
  const newest = at.told.map((cards) => cards[0]?.metrics.asof ?? 0);
  assertEquals(newest, newest.toSorted((a, b) => a - b));
  assertEquals(new Set(newest).size, newest.length);
});

Deno.test("PoolFeed tells what others stored while its source does not answer", async () => {
  const silent: PoolProvider = {
    ...{ name: "slow", targets: ["all"], minFetchMs: HOUR_MS },
    fetchRaw: (_targets, { signal }) =>
      new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
    normalize: () => ({ pools: [], snapshots: [], quarantined: [] }),
  };
  await using at = await place({ provider: silent, fetcher: { ...CHOSEN, provider: "slow" } });
  at.feed.start();
  await beats(at.timer, 2);
  assertEquals(at.told, []);
  const pool = samplePool();
  await at.store.upsertPools([pool]);
  await at.store.recordSnapshots([sampleSnapshot()]);
  await beats(at.timer, 2);
  assertEquals(at.told.map((cards) => cards.map((card) => card.pool.id)), [[pool.id]]);
  // It stands still: nothing is told twice.
  await beats(at.timer, 3);
  assertEquals(at.told.length, 1);
});

Deno.test("PoolFeed makes no pools up once there are real ones", async () => {
  await using at = await place({ fetcher: FALLBACK });
  await at.store.upsertPools([samplePool()]);
  await at.store.recordSnapshots([sampleSnapshot()]);
  at.feed.start();
  await beats(at.timer, 3);
  assertEquals(at.told.map((cards) => cards.map(({ source }) => source)), [["sample"]]);
  assertEquals((await at.store.listFetches("mock")).length, 0);
});

Deno.test("PoolFeed keeps made-up seconds for ten minutes, then one an hour", async () => {
  await using at = await place();
  at.feed.start();
  await beats(at.timer, 2);
  // A pause of the process stands for the many seconds of these minutes.
  at.clock.advance(11 * MINUTE_MS);
  await beats(at.timer, 3);
  const [series] = await at.store.listSeries();
  assert(series !== undefined);
  const rows = await at.store.listSnapshots(series);
  const today = rows.filter(({ ts }) => ts >= SAMPLE_START).map(({ ts }) => ts - SAMPLE_START);
  assertEquals(today[0], 0);
  assert(today.slice(1).every((ms) => ms > 10 * MINUTE_MS), today.join());
});

Deno.test("PoolFeed goes on after a failure, and says so", async () => {
  const broken: PoolProvider = {
    ...{ name: "broken", targets: ["all"], minFetchMs: SECOND_MS },
    fetchRaw: () => Promise.reject(new TypeError("a mistake of ours")),
    normalize: () => ({ pools: [], snapshots: [], quarantined: [] }),
  };
  await using at = await place({ provider: broken, fetcher: { ...CHOSEN, provider: "broken" } });
  at.feed.start();
  await beats(at.timer, 4);
  const warnings = at.log.lines.filter(({ level }) => level === "warn");
  assert(warnings.length >= 2, `${warnings.length} warnings`);
  assertMatch(warnings[0]?.message ?? "", /Cannot fetch pools, next try at the next beat/);
});

Deno.test("PoolFeed is still once it is stopped", async () => {
  await using at = await place();
  at.feed.start();
  await beats(at.timer, 2);
  await at.feed.stop();
  const told = at.told.length;
  await beats(at.timer, 3);
  assertEquals([at.told.length, at.timer.waiting], [told, 0]);
});
