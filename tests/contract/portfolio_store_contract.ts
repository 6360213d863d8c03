import type { Kysely } from "kysely";
import { up as nameLocalOwner } from "@/migrations/202611211530_name_local_owner.ts";
import { type Uuid, uuidOfMoment } from "@/services/kernel/ids.ts";
import type { UtcMs } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { LOCAL_OWNER, type Portfolio } from "@/services/portfolio/portfolio.ts";
import type { Watchlist } from "@/services/portfolio/watchlist.ts";
import { SqlLedgerStore, SqlPortfolioStore, SqlWatchlistStore } from "@/services/storage/mod.ts";
import { insertTransactions, type StoredTransaction } from "@/services/storage/sql/ledger_rows.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import type { StoreKind, TestStore } from "./stores.ts";

const idOf = (index: number): Uuid => uuidOfMoment(index, "a row");
const MAX = { max: 3, maxWithDeleted: 5 };
/** More than one owner may have, all asked for at once. */
const MANY = Array.from({ length: 12 }, (_, at) => at + 1);

function portfolioOf(index: number, changes: Partial<Portfolio> = {}): Portfolio {
  return {
    id: idOf(index),
    ownerId: "ann",
    name: `No. ${index}`,
    baseCurrency: "EUR",
    rule: { method: "hifo", pools: "universal" },
    rulesByYear: { 2024: { method: "fifo", pools: "account" } },
    createdAt: 1_000 + index as UtcMs,
    deletedAt: null,
    ledgerVersion: 0,
    ...changes,
  };
}

function watchlistOf(index: number, changes: Partial<Watchlist> = {}): Watchlist {
  const item = (assetId: string, note: string | null) => ({
    assetId: assetId as AssetId,
    note,
    addedAt: 7 as UtcMs,
  });
  return {
    id: idOf(index),
    ownerId: "ann",
    name: `No. ${index}`,
    items: [item("ethereum", null), item("bitcoin", "=1+1, é")],
    createdAt: 1_000 + index as UtcMs,
    ...changes,
  };
}

function rowOf(index: number): StoredTransaction {
  return {
    row: {
      ...{ id: idOf(index), at: index as UtcMs, action: "BUY", assetId: "bitcoin" as AssetId },
      ...{ quantity: "1", unitPriceUsd: "1", account: "cold", wallet: null, venue: null },
      ...{ txHash: null, externalId: null, notes: null, notesExtra: {}, parentId: null },
    },
    ...{ identity: null, content: index, importId: null, line: null, writtenBy: null },
  };
}

function testerOf(subject: string, kind: StoreKind) {
  return (name: string, fn: (kit: TestStore) => Promise<void>) =>
    Deno.test({
      name: `${subject} on ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using kit = await kind.open();
        await fn(kit);
      },
    });
}

function testRowCounts(test: ReturnType<typeof testerOf>): void {
  test("counts the rows of a ledger up to a bound, for its owner alone", async ({ database }) => {
    const store = new SqlPortfolioStore(database);
    const { id: portfolioId } = portfolioOf(1);
    await store.create(portfolioOf(1), MAX);
    const { dialect } = database;
    const rows = [1, 2, 3].map(rowOf);
    await database.transaction(({ db }) => insertTransactions(db, { rows, portfolioId, dialect }));
    const scope = { ownerId: "ann", portfolioId };
    assertEquals(await store.countRows(scope, 10), 3);
    assertEquals(await store.countRows(scope, 2), 2);
    assertEquals(await store.countRows({ ...scope, ownerId: "bob" }, 10), 0);
  });
}

function testLimits(test: ReturnType<typeof testerOf>): void {
  test("keeps no more than the limit of one owner", async ({ database }) => {
    const store = new SqlPortfolioStore(database);
    const outcomes = [];
    for (const index of [1, 2, 3, 4]) outcomes.push(await store.create(portfolioOf(index), MAX));
    outcomes.push(await store.create(portfolioOf(5, { ownerId: "bob" }), MAX));
    assertEquals(outcomes, [true, true, true, false, true]);
    assertEquals((await store.list("ann")).map(({ id }) => id), [1, 2, 3].map(idOf));
  });

  test("keeps no more than the limit where many are made at once", async (kit) => {
    await using other = await kit.openAgain();
    const [store, elsewhere] = [kit.database, other].map((one) => new SqlPortfolioStore(one));
    assert(store !== undefined && elsewhere !== undefined);
    const outcomes = await Promise.all(
      MANY.map((index) => (index % 2 === 0 ? store : elsewhere).create(portfolioOf(index), MAX)),
    );
    assertEquals([outcomes.filter(Boolean).length, (await store.list("ann")).length], [3, 3]);
  });

  test("keeps no more than the limit where many are restored at once", async (kit) => {
    await using other = await kit.openAgain();
    const [store, elsewhere] = [kit.database, other].map((one) => new SqlPortfolioStore(one));
    assert(store !== undefined && elsewhere !== undefined);
    const [since, all] = [5 as UtcMs, { max: MANY.length, maxWithDeleted: MANY.length }];
    for (const index of MANY) {
      await store.create(portfolioOf(index, { deletedAt: since }), all);
    }
    // Connections first, so that none of them is late.
    await Promise.all(MANY.flatMap(() => [store.list("ann"), elsewhere.list("ann")]));
    const outcomes = await Promise.all(MANY.map((index) =>
      (index % 2 === 0 ? store : elsewhere)
        .restore({ ownerId: "ann", portfolioId: idOf(index) }, { since, max: 3 })
    ));
    const kept = (await store.list("ann")).filter(({ deletedAt }) => deletedAt === null);
    assertEquals([outcomes.filter(Boolean).length, kept.length], [3, 3]);
  });

  test("makes one first portfolio for all who ask for it at once", async (kit) => {
    await using other = await kit.openAgain();
    const stores = [kit.database, other].map((one) => new SqlLedgerStore(one, kit.clock));
    const asked = MANY.flatMap(() => stores.map((store) => store.openDefaultPortfolio("ann")));
    assertEquals(new Set(await Promise.all(asked)).size, 1);
  });

  test("counts what is there against the limit, and what can be restored as well", async (kit) => {
    const store = new SqlPortfolioStore(kit.database);
    const scopeOf = (index: number) => ({ ownerId: "ann", portfolioId: idOf(index) });
    const since = 5 as UtcMs;
    for (const index of [1, 2, 3]) await store.create(portfolioOf(index), MAX);
    await store.markDeleted(scopeOf(1), since);
    assertEquals(await store.create(portfolioOf(4), MAX), true, "three are there");
    assertEquals(await store.restore(scopeOf(1), { since, max: 3 }), false, "a fourth one");
    assertEquals(await store.create(portfolioOf(5), MAX), false);
    await store.markDeleted(scopeOf(2), since);
    assertEquals(await store.create(portfolioOf(5), MAX), true);
    await store.markDeleted(scopeOf(3), since);
    assertEquals(await store.create(portfolioOf(6), MAX), false, "five with deleted ones");
    assertEquals((await store.restore(scopeOf(3), { since, max: 3 }) || null)?.deletedAt, null);
  });
}

/** What every store of portfolios must do. */
export function testPortfolioStore(kind: StoreKind): void {
  const test = testerOf("PortfolioStore", kind);
  testRowCounts(test);
  testLimits(test);

  test("gives a portfolio back as it was kept, to its owner alone", async ({ database }) => {
    const store = new SqlPortfolioStore(database);
    const kept = portfolioOf(1);
    assertEquals(await store.create(kept, MAX), true);
    assertEquals(await store.find({ ownerId: "ann", portfolioId: kept.id }), kept);
    assertEquals(await store.list("ann"), [kept]);
    assertEquals(await store.find({ ownerId: "bob", portfolioId: kept.id }), null);
    assertEquals(await store.list("bob"), []);
  });

  test("gives what was made under the local owner's former id to them", async ({ database }) => {
    const portfolios = new SqlPortfolioStore(database);
    const watchlists = new SqlWatchlistStore(database);
    const rows = portfolioOf(1, { ownerId: "owner" });
    const list = watchlistOf(2, { ownerId: "owner" });
    await portfolios.create(rows, MAX);
    await portfolios.create(portfolioOf(3), MAX);
    await watchlists.create(list, MAX);
    await database.transaction(({ db }) => nameLocalOwner(db as unknown as Kysely<unknown>));
    assertEquals(await portfolios.list(LOCAL_OWNER), [{ ...rows, ownerId: LOCAL_OWNER }]);
    assertEquals(await watchlists.list(LOCAL_OWNER), [{ ...list, ownerId: LOCAL_OWNER }]);
    assertEquals((await portfolios.list("ann")).length, 1, "others keep theirs");
  });

  test("changes settings of the owner's own, and of none that is deleted", async ({ database }) => {
    const store = new SqlPortfolioStore(database);
    const kept = portfolioOf(1);
    await store.create(kept, MAX);
    const settings = {
      name: "Savings",
      baseCurrency: "BTC",
      rule: { method: "acb", pools: "account" },
      rulesByYear: {},
    } as const;
    const [own, foreign] = ["ann", "bob"].map((ownerId) => ({ ownerId, portfolioId: kept.id }));
    if (!own || !foreign) throw new Error("two scopes");
    assertEquals(await store.update(foreign, settings), null);
    assertEquals(await store.find(own), kept);
    assertEquals(await store.update(own, settings), { ...kept, ...settings });
    // One that renames it knows nothing of what another changes at the same time.
    await store.update(own, { name: "renamed" });
    assertEquals(await store.find(own), { ...kept, ...settings, name: "renamed" });
    await store.update(own, { rulesByYear: {}, name: settings.name });
    assertEquals(await store.find(own), { ...kept, ...settings, rulesByYear: {} });
    await store.update(own, settings);
    assertEquals(await store.markDeleted(foreign, 5 as UtcMs), null);
    const deleted = { ...kept, ...settings, deletedAt: 5 as UtcMs };
    assertEquals(await store.markDeleted(own, 5 as UtcMs), deleted);
    assertEquals(await store.markDeleted(own, 6 as UtcMs), null, "it keeps when it was deleted");
    assertEquals(await store.find(own), deleted);
    assertEquals(await store.update(own, kept), null);
    const since = 5 as UtcMs;
    assertEquals(await store.restore(foreign, { since, max: 1 }), null);
    assertEquals(await store.restore(own, { since: 6 as UtcMs, max: 1 }), null, "too long ago");
    assertEquals(await store.restore(own, { since, max: 1 }), { ...deleted, deletedAt: null });
    assertEquals(await store.restore(own, { since, max: 1 }), null, "it is there");
  });
}

/** What every store of watchlists must do. */
export function testWatchlistStore(kind: StoreKind): void {
  const test = testerOf("WatchlistStore", kind);

  test("gives a list back with its items in order, to its owner alone", async ({ database }) => {
    const store = new SqlWatchlistStore(database);
    const [full, empty] = [watchlistOf(1), watchlistOf(2, { items: [] })];
    assertEquals(await store.create(full, MAX), true);
    assertEquals(await store.create(empty, MAX), true);
    assertEquals(await store.list("ann"), [full, empty]);
    assertEquals(await store.find({ ownerId: "ann", watchlistId: full.id }), full);
    assertEquals(await store.list("bob"), []);
    assertEquals(await store.find({ ownerId: "bob", watchlistId: full.id }), null);
  });

  test("keeps no more than the limit of one owner", async ({ database }) => {
    const store = new SqlWatchlistStore(database);
    const outcomes = [];
    for (const index of [1, 2, 3, 4]) outcomes.push(await store.create(watchlistOf(index), MAX));
    assertEquals(outcomes, [true, true, true, false]);
    assertEquals((await store.list("ann")).length, 3);
  });

  test("keeps no more than the limit where many are made at once", async (kit) => {
    await using other = await kit.openAgain();
    const [store, elsewhere] = [kit.database, other].map((one) => new SqlWatchlistStore(one));
    assert(store !== undefined && elsewhere !== undefined);
    const outcomes = await Promise.all(
      MANY.map((index) => (index % 2 === 0 ? store : elsewhere).create(watchlistOf(index), MAX)),
    );
    assertEquals([outcomes.filter(Boolean).length, (await store.list("ann")).length], [3, 3]);
  });

  test("changes a list as a whole, or not at all if that throws", async ({ database }) => {
    const store = new SqlWatchlistStore(database);
    const kept = watchlistOf(1);
    await store.create(kept, MAX);
    const own = { ownerId: "ann", watchlistId: kept.id };
    const reversed = { name: "Turned", items: kept.items.toReversed() };
    assertEquals(await store.change({ ...own, ownerId: "bob" }, () => reversed), null);
    const refusal = new Error("no");
    const refused = await store.change(own, () => {
      throw refusal;
    }).catch((error: unknown) => error);
    assert(refused === refusal);
    assertEquals(await store.find(own), kept);
    assertEquals(await store.change(own, () => reversed), { ...kept, ...reversed });
    assertEquals(await store.find(own), { ...kept, ...reversed });
  });

  test("removes a list with its items, the owner's own alone", async ({ database }) => {
    const store = new SqlWatchlistStore(database);
    const kept = watchlistOf(1);
    await store.create(kept, MAX);
    const own = { ownerId: "ann", watchlistId: kept.id };
    assertEquals(await store.remove({ ...own, ownerId: "bob" }), false);
    assertEquals(await store.find(own), kept);
    assertEquals(await store.remove(own), true);
    assertEquals(await store.remove(own), false);
    assertEquals(await store.create(kept, MAX), true);
  });
}
