import fc from "fast-check";
import { ProviderError } from "@/services/kernel/errors.ts";
import { HOUR_MS, MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";
import { PoolIngestion } from "@/services/defi/pool_ingestion.ts";
import type { FetchRange, PoolProvider, PoolStore } from "@/services/defi/ports.ts";
import { SqlLeaseStore, SqlPoolStore } from "@/services/storage/mod.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { SAMPLE_START, samplePool, sampleSnapshot } from "./pool_sample.ts";

/** A source of one pool with a reading each hour; `fail` is thrown in the place of an answer. */
class HourlyProvider implements PoolProvider {
  readonly name = "hourly";
  readonly targets = ["a", "b"];
  readonly minFetchMs = HOUR_MS;
  readonly asked: { target: string; range: FetchRange }[] = [];
  fail: Error | null = null;

  fetchRaw(targets: readonly string[], range: FetchRange) {
    this.asked.push(...targets.map((target) => ({ target, range })));
    if (this.fail) return Promise.reject(this.fail);
    return Promise.resolve(targets.map((key) => ({ key, body: null, fetchedAt: range.end })));
  }

  normalize(payloads: readonly { key: string; fetchedAt: number }[]) {
    const pools = payloads.map(({ key }) => samplePool({ poolAddress: key }));
    const snapshots = payloads.map(({ fetchedAt }, index) => {
      const ts = utcMsOf(fetchedAt - fetchedAt % HOUR_MS);
      const { availableAt: _, ...snapshot } = sampleSnapshot({ ts });
      return { ...snapshot, poolId: pools[index]?.id ?? snapshot.poolId };
    });
    return { pools, snapshots, quarantined: [{ line: 9, reason: "odd" }] };
  }
}

async function place() {
  const clock = new FakeClock(SAMPLE_START);
  const database = await openTestDatabase({ clock });
  const store = new SqlPoolStore(database, clock);
  const provider = new HourlyProvider();
  const leases = new SqlLeaseStore(database, clock);
  const log = new RecordingLog();
  const open = (over: Partial<{ store: PoolStore; owner: string }> = {}) =>
    new PoolIngestion({ provider, store, leases, owner: "one", clock, log, ...over });
  return {
    ...{ clock, database, store, provider, leases, open },
    [Symbol.asyncDispose]: () => database.close(),
  };
}

Deno.test("PoolIngestion fetches each target once in its least time", async () => {
  await using at = await place();
  const ingestion = at.open();
  const report = await ingestion.tick();
  assertEquals(report?.fetched, ["a", "b"]);
  assertEquals([report?.read, report?.inserted, report?.quarantined], [4, 2, 2]);
  assertEquals(await ingestion.tick(), null);
  // Another process hears of it from the store.
  at.clock.advance(59 * MINUTE_MS);
  assertEquals(await at.open().tick(), null);
  at.clock.advance(MINUTE_MS);
  assertEquals((await ingestion.tick())?.fetched, ["a", "b"]);
  assertEquals(at.provider.asked.length, 4);
});

Deno.test("PoolIngestion asks for what came since the last fetch that ended well", async () => {
  await using at = await place();
  const ingestion = at.open();
  at.provider.fail = new ProviderError("hourly", "never", "HTTP 500");
  assertEquals((await ingestion.tick())?.problems, { a: "HTTP 500", b: "HTTP 500" });
  at.provider.fail = null;
  at.clock.advance(HOUR_MS);
  await ingestion.tick();
  at.clock.advance(HOUR_MS);
  await ingestion.tick();
  const starts = at.provider.asked.filter(({ target }) => target === "a")
    .map(({ range }) => range.start);
  assertEquals(starts[1] !== undefined && starts[1] < SAMPLE_START, true);
  assertEquals(starts[2], utcMsOf(SAMPLE_START + HOUR_MS));
});

Deno.test("PoolIngestion fetches now when it is told to, and adds nothing twice", async () => {
  await using at = await place();
  const ingestion = at.open();
  await ingestion.tick();
  const again = await ingestion.runNow();
  assertEquals([again.inserted, again.unchanged], [0, 2]);
});

Deno.test("PoolIngestion leaves the work to a process that has the lease", async () => {
  await using at = await place();
  await at.leases.acquire("pool_ingest", { owner: "other", leaseMs: HOUR_MS });
  assertEquals(await at.open().tick(), null);
  await assertRejects(() => at.open().runNow(), { pattern: /another run is under way/ });
  assertEquals(at.provider.asked, []);
});

const STEPS = ["upsertPools", "recordSnapshots", "recordFetch"] as const;

Deno.test("PoolIngestion comes to the same end wherever it was killed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...STEPS), fc.nat({ max: 3 }), async (step, calls) => {
      await using at = await place();
      let left = calls;
      const killed = new Proxy(at.store, {
        get(store, name) {
          const value: unknown = Reflect.get(store, name);
          if (typeof value !== "function") return value;
          if (name !== step) return value.bind(store);
          return (...args: unknown[]) => {
            if (left-- === 0) throw new Error("killed");
            return Reflect.apply(value, store, args);
          };
        },
      });
      await at.open({ store: killed }).tick().catch(() => null);
      at.clock.advance(30 * MINUTE_MS);
      // The next process starts anew; what it is forced to fetch is in the same hour.
      await at.open().runNow();
      const series = await at.store.listSeries();
      const rows = await Promise.all(series.map((one) => at.store.listSnapshots(one)));
      assertEquals(rows.map((some) => some.length), [1, 1]);
      assertEquals((await at.store.listPools()).length, 2);
      assertEquals(
        (await at.store.listFetches("hourly")).map(({ finishedAt }) => finishedAt),
        [at.clock.now(), at.clock.now()],
      );
    }),
    { numRuns: 20 },
  );
});
