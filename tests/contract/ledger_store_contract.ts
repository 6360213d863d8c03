import { contentFingerprint, type LedgerEntry } from "@/services/portfolio/imports/entry.ts";
import type { LedgerImportReport } from "@/services/portfolio/ledger/import_service.ts";
import { exportRejected } from "@/services/portfolio/ledger/rejected_csv.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import { exportTransactions } from "@/services/portfolio/ledger/transactions_csv.ts";
import type { LedgerScope } from "@/services/portfolio/ports.ts";
import { SqlLedgerStore } from "@/services/storage/mod.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "@/tests/assert.ts";
import { importText } from "./ledger_import_kit.ts";
import type { StoreKind, TestStore } from "./stores.ts";

const HEADER =
  "id,timestamp,action,asset_id,quantity,unit_price_usd,fee_asset,fee_amount,account," +
  "wallet,venue,tx_hash,external_id,notes\n";
const ID = "01890000-0000-7000-8000-000000000001";
const BUY = `${ID},2024-01-01T00:00:00Z,BUY,bitcoin,0.5,42000,usd,1.5,Main,,,,,hello\n`;
const SELL = ",2024-01-02T00:00:00Z,SELL,bitcoin,0.1,43000,,,Main,,kraken,0xabc,,\n";
const REWARD = ",2024-01-03T00:00:00Z,STAKING_REWARD,ethereum,0.1,,,,Main,,,,e1,\n";
const BAD = ",2024-01-03T00:00:00Z,STAKING_REWARD,ETX,0.1,,,,Main,,,,e2,\n";

/** A ledger of one owner, with the imports that a person makes. */
class Ledger {
  readonly store: SqlLedgerStore;
  readonly scope: LedgerScope;
  readonly clock: TestStore["clock"];

  constructor(store: SqlLedgerStore, scope: LedgerScope, { clock }: TestStore) {
    this.store = store;
    this.scope = scope;
    this.clock = clock;
  }

  import(rows: string, options = {}): Promise<LedgerImportReport> {
    return importText(this, rows, options);
  }

  async export(): Promise<string> {
    return (await Array.fromAsync(exportTransactions(this.store, this.scope))).join("");
  }
}

const counts = (
  { state, read, inserted, updated, duplicate, quarantined, ignored }: LedgerImportReport,
) => [state, read, inserted, updated, duplicate, quarantined, ignored];

/** Registers a test with a ledger of its own. */
type TestLedger = (
  name: string,
  run: (ledger: Ledger, kit: TestStore) => Promise<void>,
) => void;

/** What every ledger store must do. */
export function testLedgerStore(kind: StoreKind): void {
  function test(name: string, run: (ledger: Ledger, kit: TestStore) => Promise<void>) {
    Deno.test({
      name: `LedgerStore on ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using kit = await kind.open();
        const store = new SqlLedgerStore(kit.database, kit.clock);
        const portfolioId = await store.openDefaultPortfolio("ann");
        await run(new Ledger(store, { ownerId: "ann", portfolioId }, kit), kit);
      },
    });
  }

  testImports(test);
  testExports(test);
  testBadRows(test);
  testChanges(test);
  testRemoved(test);
  testReading(test);
}

function testImports(test: TestLedger): void {
  test("keeps a file's rows and their fees, and knows them again", async (ledger) => {
    const first = await ledger.import(HEADER + BUY + SELL + REWARD);
    assertEquals(counts(first), ["committed", 3, 3, 0, 0, 0, 0]);
    assertEquals(first.changedFrom, Date.UTC(2024, 0, 1));
    const again = await ledger.import(HEADER + BUY + SELL + REWARD);
    assertEquals(counts(again), ["committed", 3, 0, 0, 3, 0, 0]);
    assertEquals([again.changedFrom, again.ledgerVersion], [null, first.ledgerVersion]);
    const rows = await ledger.store.listTransactions(ledger.scope, { limit: 10 });
    assertEquals(
      rows.map(({ action, assetId, quantity, line }) => [action, assetId, quantity, line]).sort(),
      [
        ["BUY", "bitcoin", "0.5", 2],
        ["FEE", "usd", "-1.5", 2],
        ["SELL", "bitcoin", "0.1", 3],
        ["STAKING_REWARD", "ethereum", "0.1", 4],
      ],
    );
    const fee = rows.find(({ action }) => action === "FEE");
    assertEquals([fee?.parentId, fee?.at], [ID, Date.UTC(2024, 0, 1)]);
  });

  test("shows a changed row before it changes it, and takes it back", async (ledger) => {
    await ledger.import(HEADER + BUY + SELL);
    const before = await ledger.export();
    const changed = BUY.replace("42000", "41000").replace("usd,1.5", ",");
    const preview = await ledger.import(HEADER + changed, { isPreview: true });
    assertEquals(counts(preview), ["preview", 1, 0, 1, 0, 0, 0]);
    assertEquals(preview.changes[0]?.changes, [
      { field: "unit_price_usd", before: "42000", after: "41000" },
      { field: "fee_asset", before: "usd", after: null },
      { field: "fee_amount", before: "1.5", after: null },
    ]);
    assertEquals(await ledger.export(), before);
    const { importId } = await ledger.import(HEADER + changed);
    assertMatch(await ledger.export(), /bitcoin,0\.5,41000,,,Main/);
    assert(importId !== null);
    const undone = await ledger.store.undoImport(ledger.scope, importId);
    assertEquals([undone.kind, await ledger.export()], ["undone", before]);
    assertEquals((await ledger.store.undoImport(ledger.scope, importId)).kind, "refused");
  });
}

function testExports(test: TestLedger): void {
  test("exports what imports again to the same bytes", async (ledger, kit) => {
    const other = new Ledger(
      ledger.store,
      { ownerId: "bob", portfolioId: await ledger.store.openDefaultPortfolio("bob") },
      kit,
    );
    await ledger.import(HEADER + BUY + SELL + REWARD);
    const text = await ledger.export();
    assert(text.startsWith(HEADER + BUY), text);
    assertEquals(counts(await other.import(text)), ["committed", 3, 3, 0, 0, 0, 0]);
    assertEquals(await other.export(), text);
  });

  test("exports more columns than a file may have, which import again", async (ledger, kit) => {
    const other = new Ledger(
      ledger.store,
      { ownerId: "bob", portfolioId: await ledger.store.openDefaultPortfolio("bob") },
      kit,
    );
    const head = "timestamp,action,asset_id,quantity,account";
    const row = "2024-01-01,BUY,bitcoin,1,Main";
    for (const file of ["a", "b"]) {
      const names = Array.from({ length: 150 }, (_, at) => `${file}${at + 100}`);
      const text = `${head},${names.join()}\n${row},${names.map((name) => `=${name}`).join()}\n`;
      assertEquals(counts(await ledger.import(text)), ["committed", 1, 1, 0, 0, 0, 0]);
    }
    const text = await ledger.export();
    const [header = ""] = text.split("\n");
    assertEquals(header.split(",").length, 200);
    assert(header.endsWith(",b134,notes_extra"), header);
    assertEquals(counts(await other.import(text)), ["committed", 2, 2, 0, 0, 0, 0]);
    assertEquals(await other.export(), text);
    const { store, scope } = other;
    const extras = (await store.listTransactions(scope, { limit: 9 })).map((row) => row.notesExtra);
    assertEquals(extras.map((extra) => Object.keys(extra).length), [150, 150]);
    assertEquals(extras.find((extra) => "b249" in extra)?.["b249"], "=b249");
  });
}

function testBadRows(test: TestLedger): void {
  test("keeps nothing of a file with a bad row, or the rest by choice", async (ledger) => {
    const file = HEADER + BUY + BAD + SELL;
    const refused = await ledger.import(file);
    assertEquals(counts(refused), ["refused", 3, 2, 0, 0, 1, 0]);
    assertEquals((await ledger.store.listTransactions(ledger.scope, { limit: 9 })).length, 0);
    assertEquals(refused.rejected[0]?.code, "unknown_asset");
    assert(refused.rejected[0]?.candidates.includes("ethereum"));
    const partial = await ledger.import(file, { isPartial: true });
    assertEquals(counts(partial), ["committed", 3, 2, 0, 0, 1, 0]);
    assert(partial.importId !== null);
    const { scope, store } = ledger;
    const rejected = (await Array.fromAsync(
      exportRejected(store, { scope, importId: partial.importId }),
    )).join("");
    const corrected = await ledger.import(rejected.replace("ETX", "ETH"));
    assertEquals(counts(corrected), ["committed", 1, 1, 0, 0, 0, 0]);
    const rows = await store.listTransactions(scope, { limit: 9 });
    assertEquals(rows.find(({ externalId }) => externalId === "e2")?.notesExtra, {});
  });

  test("sets aside a row that contradicts an earlier one of its file", async (ledger) => {
    const report = await ledger.import(HEADER + SELL + SELL + SELL.replace("0.1", "0.2"), {
      isPartial: true,
    });
    assertEquals(counts(report), ["committed", 3, 1, 0, 1, 1, 0]);
    assertEquals(report.rejected[0]?.code, "conflicting_row");
    assertMatch(report.rejected[0]?.reason ?? "", /line 2/);
  });

  test("keeps two rows without a key that say the same", async (ledger) => {
    const row = ",2024-01-03,BUY,ethereum,1,,,,Main,,,,,\n";
    assertEquals(counts(await ledger.import(HEADER + row + row)), [
      "committed",
      ...[2, 2, 0, 0, 0, 0],
    ]);
    assertEquals(counts(await ledger.import(HEADER + row + row + row)), [
      "committed",
      ...[3, 1, 0, 2, 0, 0],
    ]);
  });
}

function testChanges(test: TestLedger): void {
  test("lets an edit stand against the same file, and refuses to undo over it", async (ledger) => {
    const { store, scope } = ledger;
    const { importId } = await ledger.import(HEADER + BUY);
    const [row] = (await store.listTransactions(scope, { limit: 9 })).filter(({ id }) => id === ID);
    assert(row !== undefined && importId !== null);
    const { importId: _import, line: _line, ...own } = row;
    const entry: LedgerEntry = { ...own, quantity: "0.25", fee: null };
    await store.editEntry(scope, { entry, id: row.id, content: contentFingerprint(entry) });
    assertEquals(counts(await ledger.import(HEADER + BUY)), ["committed", 1, 0, 0, 1, 0, 0]);
    assertMatch(await ledger.export(), /bitcoin,0\.25,42000,,,Main/);
    const undone = await store.undoImport(scope, importId);
    assert(undone.kind === "refused");
    assertMatch(undone.reason, /changed since|removed since/);
  });

  test("undoes an import as a whole, and no other", async (ledger) => {
    await ledger.import(HEADER + SELL);
    const before = await ledger.export();
    const { importId } = await ledger.import(HEADER + BUY + SELL + REWARD);
    assert(importId !== null);
    const undone = await ledger.store.undoImport(ledger.scope, importId);
    assert(undone.kind === "undone");
    assertEquals([undone.removed, undone.restored], [3, 0]);
    assertEquals(undone.changedFrom, Date.UTC(2024, 0, 1));
    assertEquals(await ledger.export(), before);
    const imports = await ledger.store.listImports(ledger.scope, 10);
    assertEquals(imports.map(({ state }) => state), ["undone", "committed"]);
  });

  test("adds, edits and removes rows by hand", async (ledger) => {
    const { store, scope } = ledger;
    await ledger.import(HEADER + SELL);
    const [sale] = await store.listTransactions(scope, { limit: 1 });
    assert(sale !== undefined);
    const { importId: _import, line: _line, id: _id, ...own } = sale;
    const entry: LedgerEntry = { ...own, id: null, txHash: null, fee: null };
    const id = "01890000-0000-7000-8000-0000000000ff" as typeof sale.id;
    const named = { entry, id, content: contentFingerprint(entry) };
    assertEquals((await store.addEntry(scope, named)).changedFrom, sale.at);
    await assertRejects(() => store.addEntry(scope, named), { pattern: /already/ });
    assertEquals((await store.findTransaction(scope, id))?.importId, null);
    assert(await store.deleteTransaction(scope, id) !== null);
    assertEquals(await store.deleteTransaction(scope, id), null);
    assertEquals(await store.editEntry(scope, named), null);
    assertEquals((await store.listTransactions(scope, { limit: 9 })).length, 1);
  });
}

function testRemoved(test: TestLedger): void {
  const since = (kit: TestStore) => ({ since: utcMsOf(kit.clock.now()) });

  test("puts a removed row back as it stood, so that its import can still be undone", async (
    ledger,
    kit,
  ) => {
    const { store, scope } = ledger;
    const { importId } = await ledger.import(HEADER + BUY + SELL);
    const before = await ledger.export();
    const id = ID as typeof scope.portfolioId;
    await store.deleteTransaction(scope, id);
    assertEquals((await store.listTransactions(scope, { limit: 9 })).length, 1);
    const [removed] = await store.listRemoved(scope, { ...since(kit), limit: 9 });
    assertEquals([removed?.row.id, removed?.row.line, removed?.fee?.quantity], [id, 2, "-1.5"]);
    assertEquals(removed?.removedAt, kit.clock.now());

    const back = await store.restoreTransaction(scope, id, since(kit));
    assertEquals(back?.changedFrom, Date.UTC(2024, 0, 1));
    assertEquals(await ledger.export(), before);
    assertEquals(await store.restoreTransaction(scope, id, since(kit)), null);
    assertEquals(await store.listRemoved(scope, { ...since(kit), limit: 9 }), []);
    assert(importId !== null);
    assertEquals((await store.undoImport(scope, importId)).kind, "undone");
  });

  test("puts nothing back beside a row that came again", async (ledger, kit) => {
    const { store, scope } = ledger;
    await ledger.import(HEADER + BUY + SELL);
    const rows = await store.listTransactions(scope, { limit: 9 });
    const sale = rows.find(({ txHash }) => txHash === "0xabc");
    assert(sale !== undefined);
    await store.deleteTransaction(scope, sale.id);
    // The same key with another quantity, under an id of its own.
    await ledger.import(HEADER + SELL.replace("0.1,", "0.2,"));
    await assertRejects(() => store.restoreTransaction(scope, sale.id, since(kit)), {
      pattern: /has this transaction again/,
    });
    assertEquals((await store.listRemoved(scope, { ...since(kit), limit: 9 })).length, 1);
  });

  test("forgets what was removed long ago, the oldest first", async (ledger, kit) => {
    const { store, scope } = ledger;
    await ledger.import(HEADER + BUY + SELL + REWARD);
    const ids = (await store.listTransactions(scope, { limit: 9 }))
      .filter(({ parentId }) => parentId === null).map(({ id }) => id);
    const [first, , last] = ids;
    assert(first !== undefined && last !== undefined);
    for (const id of ids) {
      await store.deleteTransaction(scope, id);
      kit.clock.advance(1_000);
    }
    const before = utcMsOf(kit.clock.now() - 1_000);
    assertEquals(await store.restoreTransaction(scope, first, { since: before }), null);
    assertEquals(await store.pruneRemoved({ before, limit: 1 }), 1);
    assertEquals(await store.pruneRemoved({ before, limit: 9 }), 1);
    assertEquals(await store.pruneRemoved({ before, limit: 9 }), 0);
    const kept = await store.listRemoved(scope, { since: utcMsOf(0), limit: 9 });
    assertEquals(kept.map(({ row }) => row.id), [last]);
  });
}

function testReading(test: TestLedger): void {
  test("gives nobody another's ledger", async ({ store, scope }) => {
    const eve = { ownerId: "eve", portfolioId: scope.portfolioId };
    const id = ID as typeof scope.portfolioId;
    const asked: readonly (() => Promise<unknown>)[] = [
      () => store.listTransactions(eve, { limit: 1 }),
      () => store.findTransaction(eve, id),
      () => store.findTransactions(eve, [id]),
      () => store.listImports(eve, 1),
      () => store.findImport(eve, id),
      () => store.listRejected(eve, id, { offset: 0, limit: 1 }),
      () => store.undoImport(eve, id),
      () => store.deleteTransaction(eve, id),
      () => store.listRemoved(eve, { since: utcMsOf(0), limit: 1 }),
      () => store.restoreTransaction(eve, id, { since: utcMsOf(0) }),
      () =>
        store.recordImport(eve, { fileName: "", format: "", header: [], isPreview: false }, () => {
          throw new RangeError("must not be asked");
        }),
    ];
    for (const ask of asked) await assertRejects(ask, { pattern: /not found/ });
  });

  test("finds rows by their ids, in their order, without those that are gone", async (ledger) => {
    await ledger.import(HEADER + BUY + SELL + REWARD);
    const { store, scope } = ledger;
    const [first, second, third] = await store.listTransactions(scope, { limit: 9 });
    assert(first !== undefined && second !== undefined && third !== undefined);
    await store.deleteTransaction(scope, second.id);
    const ids = [third.id, second.id, first.id];
    assertEquals(await store.findTransactions(scope, ids), [third, first]);
    assertEquals(await store.findTransactions(scope, []), []);
  });

  test("lists rows in pages by time", async (ledger) => {
    await ledger.import(HEADER + BUY + SELL + REWARD);
    const { store, scope } = ledger;
    const all = await store.listTransactions(scope, { limit: 9 });
    const paged = [];
    for (let after = undefined; paged.length < all.length;) {
      const [row] = await store.listTransactions(scope, after ? { after, limit: 1 } : { limit: 1 });
      assert(row !== undefined);
      paged.push(row);
      after = row;
    }
    assertEquals(paged, all);
  });
}
