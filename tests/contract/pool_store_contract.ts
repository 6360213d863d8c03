import { DAY_MS, HOUR_MS, utcMsOf } from "@/services/kernel/time.ts";
import type { PoolSnapshot, StoredSnapshot } from "@/services/defi/pool.ts";
import { SqlPoolStore } from "@/services/storage/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import {
  SAMPLE_START,
  sampleDay,
  samplePool,
  sampleSnapshot,
} from "@/tests/unit/defi/pool_sample.ts";
import type { StoreKind, TestStore } from "./stores.ts";

type Run = (store: SqlPoolStore, kit: TestStore) => Promise<void>;

const POOL = samplePool();
const SERIES = { poolId: POOL.id, source: "sample" };
const hour = (hours: number, given: Partial<StoredSnapshot> = {}): PoolSnapshot => {
  const { availableAt: _, discardedAt: __, ...snapshot } = sampleSnapshot({
    ts: utcMsOf(SAMPLE_START + hours * HOUR_MS),
    ...given,
  });
  return snapshot;
};

function testerOf(kind: StoreKind) {
  return (name: string, run: Run) =>
    Deno.test({
      name: `PoolStore on ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using kit = await kind.open();
        await run(new SqlPoolStore(kit.database, kit.clock), kit);
      },
    });
}

/** What every store of pools must do. */
export function testPoolStore(kind: StoreKind): void {
  testPools(kind);
  testSnapshots(kind);
  testHeld(kind);
  testUpkeep(kind);
}

function testPools(kind: StoreKind): void {
  const test = testerOf(kind);
  test("keeps a pool as it is, once", async (store, kit) => {
    const pool = samplePool({ maturityAt: sampleDay(90), since: sampleDay(-3) });
    assertEquals(await store.upsertPools([pool, pool]), { inserted: 1, updated: 0, unchanged: 1 });
    await using other = await kit.openAgain();
    assertEquals(await new SqlPoolStore(other, kit.clock).listPools(), [pool]);
  });

  test("takes what a source tells and keeps what it leaves out", async (store) => {
    await store.upsertPools([POOL]);
    const told = samplePool({ reserveFactor: null, structure: "pegged" });
    assertEquals((await store.upsertPools([told])).updated, 1);
    assertEquals(await store.listPools(), [{ ...POOL, structure: "pegged" }]);
  });

  test("tells readers that something changed, and not that nothing did", async (store, kit) => {
    const before = kit.database.changes.current();
    await store.upsertPools([POOL]);
    const after = kit.database.changes.current();
    assert(after > before);
    await store.upsertPools([POOL]);
    assertEquals(kit.database.changes.current(), after);
  });
}

function testSnapshots(kind: StoreKind): void {
  const test = testerOf(kind);
  test("keeps each reading once by pool, time and source, to the last bit", async (store) => {
    await store.upsertPools([POOL]);
    const rows = [hour(0, { supplyApy: 0.1 + 0.2, volumeUsd: 7 }), hour(1, { tvlUsd: null })];
    assertEquals(await store.recordSnapshots(rows), {
      inserted: 2,
      updated: 0,
      unchanged: 0,
      held: 0,
    });
    const again = await store.recordSnapshots(rows.toReversed());
    assertEquals(again, { inserted: 0, updated: 0, unchanged: 2, held: 0 });
    const stored = rows.map((row) => ({
      ...row,
      availableAt: row.ingestedAt,
      discardedAt: null,
    }));
    assertEquals(await store.listSnapshots(SERIES), stored);
    const other = hour(0, { source: "other" });
    assertEquals((await store.recordSnapshots([other])).inserted, 1);
    assertEquals(await store.listSeries(), [{ ...SERIES, source: "other" }, SERIES]);
  });

  test("replaces a reading that its source revised, known from then on", async (store) => {
    await store.upsertPools([POOL]);
    await store.recordSnapshots([hour(0)]);
    const revised = hour(0, { supplyApy: 0.06, ingestedAt: sampleDay(1) });
    assertEquals((await store.recordSnapshots([revised])).updated, 1);
    const [row] = await store.listSnapshots(SERIES);
    assertEquals([row?.supplyApy, row?.availableAt], [0.06, sampleDay(1)]);
  });

  test("holds a jump until the next reading confirms it", async (store) => {
    await store.upsertPools([POOL]);
    await store.recordSnapshots([hour(0)]);
    const jump = { tvlUsd: 9e9 };
    assertEquals((await store.recordSnapshots([hour(1, jump)])).held, 1);
    assertEquals((await store.listSnapshots(SERIES)).at(-1)?.availableAt, null);
    // The same reading again confirms nothing.
    await store.recordSnapshots([hour(1, jump)]);
    assertEquals((await store.listSnapshots(SERIES)).at(-1)?.availableAt, null);
    const next = hour(2, jump);
    assertEquals((await store.recordSnapshots([hour(1, jump), next])).held, 0);
    assertEquals(
      (await store.listSnapshots(SERIES)).map(({ availableAt }) => availableAt),
      [SAMPLE_START, next.ts, next.ts],
    );
  });

  test("finds what was written since an instant", async (store, kit) => {
    await store.upsertPools([POOL]);
    await store.recordSnapshots([hour(0)]);
    kit.clock.advance(HOUR_MS);
    const since = kit.clock.now();
    await store.recordSnapshots([hour(0), hour(1)]);
    assertEquals((await store.listWrittenSince(since)).map(({ ts }) => ts), [hour(1).ts]);
  });
}

function testHeld(kind: StoreKind): void {
  const test = testerOf(kind);
  const jump = hour(1, { tvlUsd: 9e9 });
  const openHeld = async (store: SqlPoolStore) => {
    await store.upsertPools([POOL]);
    await store.recordSnapshots([hour(0), jump]);
  };
  const lastOf = async (store: SqlPoolStore) => (await store.listSnapshots(SERIES)).at(-1);

  test("lets a held reading count from when it is accepted, once", async (store, kit) => {
    await openHeld(store);
    kit.clock.advance(DAY_MS);
    const before = kit.database.changes.current();
    const settled = await store.settleHeld(jump, "accept");
    assertEquals([settled?.wasHeld, settled?.believed?.ts], [true, SAMPLE_START]);
    assert(kit.database.changes.current() > before);
    assertEquals((await lastOf(store))?.availableAt, kit.clock.now());
    assertEquals((await store.listWrittenSince(kit.clock.now())).length, 1);
    assertEquals((await store.settleHeld(jump, "discard"))?.wasHeld, false);
    assertEquals((await lastOf(store))?.discardedAt, null);
    assertEquals(await store.listHeld(9), []);
  });

  test("holds what comes later against an accepted reading", async (store) => {
    await openHeld(store);
    await store.settleHeld(jump, "accept");
    // Ten times the first, a ninth of the accepted: with that alone it is no jump.
    const later = hour(2, { tvlUsd: 1e9 });
    const again = await store.recordSnapshots([hour(0), jump, later]);
    assertEquals(again, { inserted: 1, updated: 0, unchanged: 2, held: 0 });
    assert((await store.listSnapshots(SERIES)).every(({ availableAt }) => availableAt !== null));
  });

  test("keeps a discarded reading out, whatever comes after it", async (store, kit) => {
    await openHeld(store);
    assertEquals((await store.settleHeld(jump, "discard"))?.wasHeld, true);
    assertEquals((await lastOf(store))?.discardedAt, kit.clock.now());
    assertEquals(await store.listHeld(9), []);
    const near = hour(2, { tvlUsd: 9e9 });
    const counts = await store.recordSnapshots([hour(0), jump, near]);
    assertEquals(counts, { inserted: 1, updated: 0, unchanged: 2, held: 1 });
    const later = await store.recordSnapshots([hour(3, { tvlUsd: 9e9 })]);
    assertEquals(later.held, 0);
    const rows = await store.listSnapshots(SERIES);
    assertEquals(rows.map(({ availableAt }) => availableAt === null), [false, true, false, false]);
    assertEquals((await store.settleHeld(jump, "accept"))?.wasHeld, false);
  });

  test("judges a discarded reading anew once its source revised it", async (store) => {
    await openHeld(store);
    await store.settleHeld(jump, "discard");
    assertEquals((await store.recordSnapshots([hour(1)])).updated, 1);
    const row = await lastOf(store);
    assertEquals([row?.availableAt, row?.discardedAt, row?.tvlUsd], [hour(1).ts, null, 1e8]);
  });

  test("settles no reading that there is none of", async (store) => {
    await openHeld(store);
    assertEquals(await store.settleHeld(hour(7), "accept"), null);
    assertEquals((await store.settleHeld(hour(0), "discard"))?.wasHeld, false);
    assertEquals((await store.listSnapshots(SERIES))[0]?.discardedAt, null);
  });
}

function testUpkeep(kind: StoreKind): void {
  const test = testerOf(kind);
  test("leaves one reading of each bucket, of one source, before an instant", async (store) => {
    await store.upsertPools([POOL]);
    const minutes = (count: number) => utcMsOf(SAMPLE_START + count * 60_000);
    await store.recordSnapshots([
      ...[0, 1, 59, 60, 61, 121, 122].map((at) => hour(0, { ts: minutes(at) })),
      ...[0, 1].map((at) => hour(0, { ts: minutes(at), source: "other" })),
    ]);
    const keep = { before: minutes(122), bucketMs: HOUR_MS };
    assertEquals(await store.thinSnapshots("sample", keep), 3);
    assertEquals(
      (await store.listSnapshots(SERIES)).map(({ ts }) => (ts - SAMPLE_START) / 60_000),
      [0, 60, 121, 122],
    );
    assertEquals((await store.listSnapshots({ ...SERIES, source: "other" })).length, 2);
  });

  test("remembers when each target was last asked for", async (store) => {
    const fetch = { target: "a", startedAt: sampleDay(0), finishedAt: null, problem: null };
    await store.recordFetch("dune", fetch);
    const done = { ...fetch, finishedAt: utcMsOf(SAMPLE_START + DAY_MS), problem: "late" };
    await store.recordFetch("dune", done);
    assertEquals(await store.listFetches("dune"), [done]);
    assertEquals(await store.listFetches("flipside"), []);
  });

  test("lists what is held, newest first", async (store) => {
    await store.upsertPools([POOL]);
    const jumps = [hour(1, { tvlUsd: 9e9 }), hour(2, { tvlUsd: 9e11 })];
    await store.recordSnapshots([hour(0), ...jumps]);
    const held = await store.listHeld(9);
    assertEquals(held.map(({ reading }) => reading.ts), jumps.map(({ ts }) => ts).reverse());
    assertEquals(held.map(({ believed }) => believed?.ts), [SAMPLE_START, SAMPLE_START]);
    assertEquals((await store.listHeld(1)).length, 1);
  });

  test("keeps what was set aside of the newest answer, since it first was", async (store, kit) => {
    const answer = { provider: "dune", target: "query/7" };
    const odd = { line: 2, reason: "Cannot read ts" };
    await store.recordQuarantine(answer, [odd, { line: 2, reason: "again" }]);
    await store.recordQuarantine({ ...answer, target: "query/8" }, [odd]);
    const first = kit.clock.now();
    kit.clock.advance(HOUR_MS);
    await store.recordQuarantine(answer, [{ line: 1, reason: "new" }, odd]);
    const kept = (await store.listQuarantine(9)).filter(({ target }) => target === "query/7");
    assertEquals(kept, [
      { ...answer, line: 1, reason: "new", seenAt: kit.clock.now() },
      { ...answer, ...odd, seenAt: first },
    ]);
    await store.recordQuarantine(answer, []);
    assertEquals((await store.listQuarantine(9)).map(({ target }) => target), ["query/8"]);
  });

  test("keeps some hundred of the rows that a changed payload sets aside", async (store) => {
    const rows = Array.from({ length: 2_000 }, (_, at) => ({ line: at + 1, reason: "odd" }));
    await store.recordQuarantine({ provider: "dune", target: "a" }, rows);
    assertEquals((await store.listQuarantine(5_000)).length, 500);
  });
}
