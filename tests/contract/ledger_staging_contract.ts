import { contentFingerprint, type LedgerEntry } from "@/services/portfolio/imports/entry.ts";
import { type Uuid, uuidOfMoment } from "@/services/kernel/ids.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import type {
  LedgerImportOutcome,
  LedgerScope,
  LedgerWriter,
  NamedEntry,
} from "@/services/portfolio/ports.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { type Database, SqlLedgerStore, SqlWatchlistStore } from "@/services/storage/mod.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "@/tests/assert.ts";
import { importText } from "./ledger_import_kit.ts";
import type { StoreKind, TestStore } from "./stores.ts";

const HEADER = "timestamp,action,asset_id,quantity,unit_price_usd,account,external_id\n";
const FILE = HEADER +
  "2024-01-01,BUY,bitcoin,1,40000,Main,e1\n2024-01-02,BUY,bitcoin,2,41000,Main,e2\n";
const PLAN = { fileName: "t.csv", format: "v1.1", header: [], isPreview: false };
const COMMITTED: LedgerImportOutcome = {
  end: "committed",
  checksum: "",
  sums: { read: 1, accepted: 1, duplicate: 0, quarantined: 0, ignored: 0 },
  updated: 0,
  rejected: [],
};
/** No wait is worth more than this to a test. */
const SHORT_WAITS = { importMs: 20, handMs: 20 };

/** A row as the file above would bring it. */
function entryOf(externalId: string, quantity = "1"): NamedEntry {
  const at = utcMsOf(Date.UTC(2024, 0, 1));
  const entry: LedgerEntry = {
    ...{ id: null, at, action: "BUY", assetId: "bitcoin" as AssetId, quantity },
    ...{ unitPriceUsd: "40000", account: "Main", wallet: null, venue: null, txHash: null },
    ...{ externalId, notes: null, notesExtra: {}, parentId: null, fee: null },
  };
  return { entry, id: uuidOfMoment(at, externalId), content: contentFingerprint(entry) };
}

/** An import of one row that stands still in its middle, until it is told how to go on. */
class HeldImport {
  readonly #gate = Promise.withResolvers<LedgerImportOutcome>();
  readonly #staged = Promise.withResolvers<LedgerWriter>();
  readonly ended: Promise<unknown>;

  constructor(store: SqlLedgerStore, scope: LedgerScope, named: NamedEntry) {
    this.ended = store.recordImport(scope, PLAN, async (writer) => {
      await writer.write([{ line: 2, entries: [named] }]);
      this.#staged.resolve(writer);
      return await this.#gate.promise;
    });
    // Whoever holds it asks how it ended.
    this.ended.catch(() => {});
  }

  /** Once its row stands in the database. */
  staged(): Promise<LedgerWriter> {
    return this.#staged.promise;
  }

  commit(): Promise<unknown> {
    this.#gate.resolve(COMMITTED);
    return this.ended;
  }
}

/** Work on a ledger that stands still before one of its transactions, until it is to go on. */
class HeldWork<Result> {
  readonly #gate = Promise.withResolvers<void>();
  readonly #held = Promise.withResolvers<void>();
  readonly #ended: Promise<Result>;

  constructor(
    { database, clock }: Kit,
    { before, work }: {
      /** The transaction that it waits before, counted from 1. */
      readonly before: number;
      readonly work: (store: SqlLedgerStore) => Promise<Result>;
    },
  ) {
    let transactions = 0;
    const slow: Database = {
      ...database,
      transaction: async (write) => {
        if (++transactions === before) {
          this.#held.resolve();
          await this.#gate.promise;
        }
        return await database.transaction(write);
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    this.#ended = work(new SqlLedgerStore(slow, clock, SHORT_WAITS));
    // Whoever holds it asks how it ended.
    this.#ended.catch(() => {});
  }

  held(): Promise<void> {
    return this.#held.promise;
  }

  goOn(): Promise<Result> {
    this.#gate.resolve();
    return this.#ended;
  }
}

/** The undoing of an import once it has its claim, and what it puts back is staged. */
async function heldUndo(kit: Kit, importId: Uuid) {
  const work = (store: SqlLedgerStore) => store.undoImport(kit.scope, importId);
  const undo = new HeldWork(kit, { before: 3, work });
  await undo.held();
  return undo;
}

/** A ledger of one owner, also as another process has it. */
interface Kit extends TestStore {
  readonly store: SqlLedgerStore;
  readonly scope: LedgerScope;
  readonly elsewhere: SqlLedgerStore;
}

async function externalIds({ store, scope }: Kit): Promise<readonly (string | null)[]> {
  const rows = await store.listTransactions(scope, { limit: 100 });
  return rows.map(({ externalId }) => externalId).sort();
}

async function sweepAll({ store }: Kit): Promise<number> {
  let swept = 0;
  for (let part = 1; part > 0;) {
    part = await store.sweepImports(1);
    swept += part;
  }
  return swept;
}

/** What a ledger store must do while imports are under way, and after they died. */
export function testLedgerStaging(kind: StoreKind): void {
  function test(name: string, run: (kit: Kit) => Promise<void>) {
    Deno.test({
      name: `LedgerStore on ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using kit = await kind.open();
        await using other = await kit.openAgain();
        const store = new SqlLedgerStore(kit.database, kit.clock, SHORT_WAITS);
        const elsewhere = new SqlLedgerStore(other, kit.clock, SHORT_WAITS);
        const portfolioId = await store.openDefaultPortfolio("ann");
        const { database, clock } = kit;
        const openAgain = () => kit.openAgain();
        await run({
          ...{ database, clock, openAgain, store, elsewhere },
          scope: { ownerId: "ann", portfolioId },
          [Symbol.asyncDispose]: () => Promise.resolve(),
        });
      },
    });
  }
  testBeside(test);
  testLeft(test);
  testUndo(test);
}

type Test = (name: string, run: (kit: Kit) => Promise<void>) => void;

function testBeside(test: Test): void {
  test("shows an import once it is committed, all of it", async (kit) => {
    const { store, elsewhere, scope } = kit;
    const held = new HeldImport(elsewhere, scope, entryOf("e1"));
    await held.staged();
    assertEquals(await externalIds(kit), []);
    assertEquals(await store.listImports(scope, 9), []);
    assertEquals(await store.findTransaction(scope, entryOf("e1").id), null);
    await held.commit();
    assertEquals(await externalIds(kit), ["e1"]);
    assertEquals((await store.listImports(scope, 9)).map(({ state }) => state), ["committed"]);
  });

  test("lets every other write through in the middle of an import", async (kit) => {
    const { store, elsewhere, scope, database, clock } = kit;
    const held = new HeldImport(elsewhere, scope, entryOf("e1"));
    await held.staged();
    const bob = { ownerId: "bob", portfolioId: await store.openDefaultPortfolio("bob") };
    await store.addEntry(bob, entryOf("e1"));
    const id = uuidOfMoment(1, "list");
    const list = { id, ownerId: "ann", name: "A", items: [], createdAt: clock.now() };
    await new SqlWatchlistStore(database).create(list, { max: 9 });
    assertEquals((await store.listTransactions(bob, { limit: 9 })).length, 1);
    await held.commit();
    assertEquals(await externalIds(kit), ["e1"]);
  });

  test("keeps other changes of the same ledger waiting, and says why", async (kit) => {
    const { store, elsewhere, scope } = kit;
    const held = new HeldImport(elsewhere, scope, entryOf("e1"));
    await held.staged();
    const pattern = /import into it is under way; wait for its end, or cancel it/;
    await assertRejects(() => store.addEntry(scope, entryOf("e9")), { pattern });
    await assertRejects(() => importText(kit, FILE), { pattern });
    // A preview changes nothing, and waits for nobody.
    assertEquals((await importText(kit, FILE, { isPreview: true })).inserted, 2);
    await held.commit();
    await store.addEntry(scope, entryOf("e9"));
    assertEquals(await externalIds(kit), ["e1", "e9"]);
  });
}

function testLeft(test: Test): void {
  test("takes a ledger from an import that died, which can't come back", async (kit) => {
    const { elsewhere, scope, clock } = kit;
    const dead = new HeldImport(elsewhere, scope, entryOf("e1", "7"));
    const writer = await dead.staged();
    clock.advance(60_000);
    const { inserted, duplicate } = await importText(kit, FILE);
    assertEquals([inserted, duplicate], [2, 0]);
    const group = { line: 3, entries: [entryOf("e3")] };
    await assertRejects(() => writer.write([group]), { pattern: /stood still for so long/ });
    await assertRejects(() => dead.commit(), { pattern: /stood still for so long/ });
    await sweepAll(kit);
    assertEquals(await externalIds(kit), ["e1", "e2"]);
    const quantities = (await kit.store.listTransactions(scope, { limit: 9 }))
      .map(({ quantity }) => quantity);
    assertEquals(quantities, ["1", "2"]);
  });

  test("sweeps what dead imports left, and nothing that one still stages", async (kit) => {
    const { store, elsewhere, scope, clock } = kit;
    const held = new HeldImport(elsewhere, scope, entryOf("e1"));
    await held.staged();
    assertEquals(await sweepAll(kit), 0);
    clock.advance(60_000);
    assert(await sweepAll(kit) > 0);
    await assertRejects(() => held.commit(), { pattern: /stood still for so long/ });
    assertEquals([await externalIds(kit), await store.listImports(scope, 9)], [[], []]);
    assertEquals(await sweepAll(kit), 0);
  });

  test("imports a file again at once after it was undone, or refused", async (kit) => {
    const { store, scope } = kit;
    const { importId } = await importText(kit, FILE);
    assert(importId !== null);
    assertEquals((await store.undoImport(scope, importId)).kind, "undone");
    assertEquals(await externalIds(kit), []);
    const bad = await importText(kit, `${FILE}2024-01-03,BUY,nonsense,1,1,Main,e3\n`);
    assertEquals([bad.state, bad.inserted, bad.quarantined], ["refused", 2, 1]);
    await store.addEntry(scope, entryOf("e2", "5"));
    const again = await importText(kit, FILE);
    assertEquals([again.inserted, again.updated], [1, 1]);
    await sweepAll(kit);
    assertEquals(await externalIds(kit), ["e1", "e2"]);
    assertEquals((await importText(kit, FILE)).duplicate, 2);
    const states = (await store.listImports(scope, 9)).map(({ state }) => state);
    assertEquals(states, ["committed", "committed", "refused", "undone"]);
  });

  test("changes many rows at once, and takes that back", async (kit) => {
    const { store, scope } = kit;
    const lines = (price: number) =>
      Array.from(
        { length: 1_203 },
        (_, at) => `2024-01-01T00:00:00Z,BUY,bitcoin,1,${price},Main,n${at}\n`,
      );
    await importText(kit, HEADER + lines(10).join(""));
    const { importId, updated } = await importText(kit, HEADER + lines(11).join(""));
    const prices = async () => {
      const rows = await store.listTransactions(scope, { limit: 2_000 });
      return [rows.length, ...new Set(rows.map(({ unitPriceUsd }) => unitPriceUsd))];
    };
    assertEquals([updated, await prices()], [1_203, [1_203, "11"]]);
    assert(importId !== null);
    assertEquals(await store.sweepImports(2_000), 0, "nothing is left of what was staged");
    assertEquals((await store.undoImport(scope, importId)).kind, "undone");
    assertEquals(await prices(), [1_203, "10"]);
  });
}

/** A ledger of two rows, of which a second import changed one and brought a third. */
async function changedLedger(kit: Kit): Promise<Uuid> {
  await importText(kit, FILE);
  const { importId, updated, inserted } = await importText(
    kit,
    HEADER + "2024-01-02,BUY,bitcoin,5,41000,Main,e2\n2024-01-03,BUY,bitcoin,7,1,Main,e3\n",
  );
  assertEquals([updated, inserted], [1, 1]);
  assert(importId !== null);
  return importId;
}

async function quantities({ store, scope }: Kit): Promise<readonly string[]> {
  return (await store.listTransactions(scope, { limit: 9 })).map(({ quantity }) => quantity);
}

function testUndo(test: Test): void {
  test("undoes an import at once, and lets every other write through meanwhile", async (kit) => {
    const { store, scope } = kit;
    const held = await heldUndo(kit, await changedLedger(kit));
    assertEquals(await quantities(kit), ["1", "5", "7"]);
    const bob = { ownerId: "bob", portfolioId: await store.openDefaultPortfolio("bob") };
    await store.addEntry(bob, entryOf("e1"));
    const pattern = /import into it is under way/;
    await assertRejects(() => store.addEntry(scope, entryOf("e9")), { pattern });
    assertEquals(await sweepAll(kit), 0, "what it staged is not swept");
    await held.goOn();
    assertEquals(await quantities(kit), ["1", "2"]);
    await sweepAll(kit);
    assertEquals(await quantities(kit), ["1", "2"]);
  });

  test("leaves the ledger as it is where its undoing dies", async (kit) => {
    const { store, scope, clock } = kit;
    const importId = await changedLedger(kit);
    const dead = await heldUndo(kit, importId);
    clock.advance(60_000);
    assert(await sweepAll(kit) > 0, "what it staged is swept");
    await store.addEntry(scope, entryOf("e9", "9"));
    await assertRejects(() => dead.goOn(), { pattern: /stood still for so long/ });
    assertEquals((await quantities(kit)).toSorted(), ["1", "5", "7", "9"]);
    assertEquals((await store.undoImport(scope, importId)).kind, "undone");
    assertEquals((await quantities(kit)).toSorted(), ["1", "2", "9"]);
  });

  test("sweeps nothing of an undoing that begins after the sweep looked", async (kit) => {
    const importId = await changedLedger(kit);
    const dead = await heldUndo(kit, importId);
    kit.clock.advance(60_000);
    const work = (store: SqlLedgerStore) => store.sweepImports(9);
    const sweep = new HeldWork(kit, { before: 1, work });
    await sweep.held();
    const undo = await heldUndo(kit, importId);
    assertEquals(await sweep.goOn(), 0);
    await undo.goOn();
    assertEquals(await quantities(kit), ["1", "2"]);
    await assertRejects(() => dead.goOn(), { pattern: /stood still for so long/ });
  });

  test("refuses to undo what would give two rows the same external id", async (kit) => {
    const { store, scope } = kit;
    const id = uuidOfMoment(1, "row");
    const file = (externalId: string) =>
      `id,${HEADER}${id},2024-01-01,BUY,bitcoin,1,40000,Main,${externalId}\n`;
    await importText(kit, file("e1"));
    const { importId, updated } = await importText(kit, file("e2"));
    assertEquals(updated, 1);
    await store.addEntry(scope, entryOf("e1"));
    assert(importId !== null);
    const undone = await store.undoImport(scope, importId);
    assert(undone.kind === "refused");
    assertMatch(undone.reason, /have the hash or external id since/);
    assertEquals(await externalIds(kit), ["e1", "e2"]);
  });
}
