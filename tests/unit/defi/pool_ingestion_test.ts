import { ProviderError } from "@/services/kernel/errors.ts";
import { HOUR_MS, MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";
import { PoolIngestion } from "@/services/defi/pool_ingestion.ts";
import type { FetchRange, PoolFetch, PoolProvider } from "@/services/defi/ports.ts";
import { SqlAuditLog, SqlLeaseStore, SqlPoolStore } from "@/services/storage/mod.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";
import { SAMPLE_START, samplePool, sampleSnapshot } from "./pool_sample.ts";

/** A source of one pool with a reading each hour; `fail` is thrown in the place of an answer. */
class HourlyProvider implements PoolProvider {
  readonly name = "hourly";
  targets: readonly string[] = ["a", "b"];
  readonly minFetchMs = HOUR_MS;
  retryMs = HOUR_MS;
  readonly asked: { target: string; range: FetchRange }[] = [];
  fail: Error | null = null;
  /** What it says of targets that are paid for and not read. */
  pending: Readonly<Record<string, string>> = {};
  /** Stands in for answers until it is settled. */
  answer: Promise<never> | null = null;
  tvlUsd = 1e8;

  fetchRaw(targets: readonly string[], range: FetchRange) {
    this.asked.push(...targets.map((target) => ({ target, range })));
    if (this.fail) return Promise.reject(this.fail);
    if (this.answer) return Promise.race([this.answer, aborted(range.signal)]);
    return Promise.resolve(targets.map((key) => ({ key, body: null, fetchedAt: range.end })));
  }

  tellPending(target: string) {
    return Promise.resolve(this.pending[target] ?? null);
  }

  normalize(payloads: readonly { key: string; fetchedAt: number }[]) {
    const pools = payloads.map(({ key }) => samplePool({ poolAddress: key }));
    const snapshots = payloads.map(({ fetchedAt }, index) => {
      const ts = utcMsOf(fetchedAt - fetchedAt % HOUR_MS);
      const { availableAt: _, ...snapshot } = sampleSnapshot({ ts, tvlUsd: this.tvlUsd });
      return { ...snapshot, poolId: pools[index]?.id ?? snapshot.poolId };
    });
    return { pools, snapshots, quarantined: [{ line: 9, reason: "odd" }] };
  }
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) =>
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true })
  );
}

async function place() {
  const clock = new FakeClock(SAMPLE_START);
  const database = await openTestDatabase({ clock });
  const store = new SqlPoolStore(database, clock);
  const provider = new HourlyProvider();
  const leases = new SqlLeaseStore(database, clock);
  const timer = new FakeTimer(clock);
  const audit = new SqlAuditLog(database, clock);
  const deps = { store, leases, audit, clock, timer, log: new RecordingLog() };
  const open = () => new PoolIngestion({ ...deps, provider, owner: "one" });
  return {
    ...{ ...deps, database, provider, open },
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
  // What the failed one asked for may be ready.
  const unread = at.provider.asked.filter(({ target }) => target === "a")
    .map(({ range }) => range.unreadSince);
  assertEquals(unread, [undefined, SAMPLE_START, undefined]);
});

Deno.test("PoolIngestion fetches now when it is told to, and adds nothing twice", async () => {
  await using at = await place();
  const ingestion = at.open();
  await ingestion.tick();
  const again = await ingestion.runNow({ actor: "me" });
  assertEquals([again.inserted, again.unchanged], [0, 2]);
});

Deno.test("PoolIngestion leaves the work to a process that has the lease", async () => {
  await using at = await place();
  await at.leases.acquire("pool_ingest", { owner: "other", leaseMs: HOUR_MS });
  assertEquals(await at.open().tick(), null);
  await assertRejects(() => at.open().runNow({ actor: "me" }), {
    pattern: /another run is under way/,
  });
  assertEquals(at.provider.asked, []);
});

Deno.test("PoolIngestion fetches a target when it is due, whatever the others are", async () => {
  await using at = await place();
  // Another process asked for one of the two half an hour ago.
  const startedAt = utcMsOf(SAMPLE_START - 30 * MINUTE_MS);
  const fetch = { startedAt, finishedAt: startedAt, problem: null };
  await at.store.recordFetch("hourly", { ...fetch, target: "a" });
  await at.store.recordFetch("hourly", { ...fetch, target: "of another time" });
  const ingestion = at.open();
  assertEquals((await ingestion.tick())?.fetched, ["b"]);
  assertEquals(await ingestion.tick(), null);
  at.clock.advance(30 * MINUTE_MS);
  assertEquals((await ingestion.tick())?.fetched, ["a"]);
});

Deno.test("PoolIngestion tells why nothing newer came of a target, and when it is asked again", async () => {
  await using at = await place();
  at.provider.targets = ["a", "b", "c"];
  const told = (target: string, given: Partial<PoolFetch>) =>
    at.store.recordFetch("hourly", {
      ...{ target, startedAt: SAMPLE_START, finishedAt: SAMPLE_START, problem: null },
      ...given,
    });
  await told("a", {});
  await told("b", { problem: "HTTP 500" });
  await told("c", { finishedAt: null });
  await told("of another time", { problem: "HTTP 404" });
  const ingestion = at.open();
  const nextAt = utcMsOf(SAMPLE_START + HOUR_MS);
  const failed = { provider: "hourly", target: "b", reason: "HTTP 500", nextAt };
  assertEquals(await ingestion.listProblems(), [failed]);
  // Cut off: what was paid for by then is the reason.
  at.provider.pending = { c: "run 7 is not read yet" };
  assertEquals(await ingestion.listProblems(), [
    failed,
    { provider: "hourly", target: "c", reason: "run 7 is not read yet", nextAt },
  ]);
  const { fetches } = await ingestion.getStatus({ limit: 1 });
  assertEquals(fetches.map(({ target, pending }) => [target, pending]), [
    ["a", null],
    ["b", null],
    ["c", "run 7 is not read yet"],
    ["of another time", null],
  ]);
});

Deno.test("PoolIngestion asks a source that costs nothing sooner after a failure", async () => {
  await using at = await place();
  at.provider.retryMs = 2 * MINUTE_MS;
  at.provider.fail = new ProviderError("hourly", "never", "HTTP 500");
  const ingestion = at.open();
  await ingestion.tick();
  at.provider.fail = null;
  assertEquals(
    (await ingestion.getStatus({ limit: 1 })).fetches[0]?.nextAt,
    SAMPLE_START + 120_000,
  );
  at.clock.advance(MINUTE_MS);
  assertEquals(await ingestion.tick(), null);
  at.clock.advance(MINUTE_MS);
  assertEquals((await ingestion.tick())?.fetched, ["a", "b"]);
  at.clock.advance(2 * MINUTE_MS);
  assertEquals(await ingestion.tick(), null);
});

Deno.test("PoolIngestion has nothing to fetch where pools come from files", async () => {
  await using at = await place();
  at.provider.targets = [];
  const ingestion = at.open();
  assertEquals(await ingestion.tick(), null);
  assertEquals((await ingestion.runNow({ actor: "me" })).fetched, []);
});

Deno.test("PoolIngestion keeps its lease however long a source takes", async () => {
  await using at = await place();
  const slow = Promise.withResolvers<never>();
  at.provider.answer = slow.promise;
  const run = at.open().tick();
  await at.timer.advance(5 * MINUTE_MS);
  const other = { owner: "other", leaseMs: HOUR_MS };
  assertEquals(await at.leases.acquire("pool_ingest", other), false);
  slow.reject(new ProviderError("hourly", "never", "too slow"));
  assertEquals(Object.keys((await run)?.problems ?? {}), ["a", "b"]);
  assertEquals([at.timer.waiting, await at.leases.acquire("pool_ingest", other)], [0, true]);
});

Deno.test("PoolIngestion ends its run when another process took the lease", async () => {
  await using at = await place();
  at.provider.answer = new Promise(() => {});
  const run = at.open().tick();
  await at.timer.advance(0);
  await at.leases.release("pool_ingest", "one");
  await at.leases.acquire("pool_ingest", { owner: "other", leaseMs: HOUR_MS });
  const lost = assertRejects(() => run, { pattern: /Another process fetches pools/ });
  await at.timer.advance(MINUTE_MS);
  await lost;
  // What it had begun stands there as cut off.
  assertEquals((await at.store.listFetches("hourly")).map(({ finishedAt }) => finishedAt), [null]);
});

Deno.test("PoolIngestion writes down who had pools fetched, and who was not let", async () => {
  await using at = await place();
  const ingestion = at.open();
  await ingestion.runNow({ actor: "admin key" });
  await at.leases.acquire("pool_ingest", { owner: "other", leaseMs: HOUR_MS });
  await ingestion.runNow({ actor: "admin key" }).catch(() => null);
  await ingestion.noteRefusal("unknown", "the key is wrong");
  const entries = await at.audit.list({ limit: 9 });
  assertEquals(
    entries.map(({ actor, action, subject, details }) => [
      ...[actor, action, subject, (details as { outcome: string }).outcome],
    ]),
    [
      ["unknown", "pools.ingest", "hourly", "refused"],
      ["admin key", "pools.ingest", "hourly", "refused"],
      ["admin key", "pools.ingest", "hourly", "done"],
    ],
  );
});

Deno.test("PoolIngestion shows operators what was fetched, held and set aside", async () => {
  await using at = await place();
  const ingestion = at.open();
  await ingestion.tick();
  at.clock.advance(HOUR_MS);
  at.provider.tvlUsd = 9e9;
  await ingestion.tick();
  const { fetches, held, quarantined } = await ingestion.getStatus({ limit: 9 });
  assertEquals(fetches.map(({ target, nextAt }) => [target, nextAt]), [
    ["a", utcMsOf(SAMPLE_START + 2 * HOUR_MS)],
    ["b", utcMsOf(SAMPLE_START + 2 * HOUR_MS)],
  ]);
  assertEquals(held.map(({ reading }) => reading.ts), [at.clock.now(), at.clock.now()]);
  // The second answer sets the same row aside: it has been so since the first.
  assertEquals(
    quarantined,
    ["a", "b"].map((target) => ({
      ...{ provider: "hourly", target, line: 9, reason: "odd", seenAt: SAMPLE_START },
    })),
  );
});
