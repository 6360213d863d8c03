import { giveWay } from "@/services/kernel/give_way.ts";
import type { Uuid } from "@/services/kernel/ids.ts";
import type { LedgerRow, LedgerScope, TransactionPage } from "@/services/portfolio/ports.ts";
import { type Database, SqlLedgerStore } from "@/services/storage/mod.ts";
import { fromUuidColumn } from "@/services/storage/uuid_column.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { importText } from "./ledger_import_kit.ts";
import type { StoreKind, TestStore } from "./stores.ts";

const HEADER =
  "timestamp,action,asset_id,quantity,unit_price_usd,fee_asset,fee_amount,account,external_id\n";
const ROWS = 600;
/** More than one transaction writes over is no short one any more. */
const MAX_WRITTEN_OVER = 250;
/** Pages whose ends fall into the middle of everything. */
const PAGE = 170;
const ASSETS = ["bitcoin", "ethereum"];

/** A row of the file: every third has a fee, and they stand some minutes apart. */
function lineOf(at: number, { minute = at, price = 10, asset = at % 2, hasFee = at % 3 === 0 }) {
  const time = new Date(Date.UTC(2024, 0, 1) + minute * 60_000).toISOString();
  return `${time},BUY,${ASSETS[asset]},1,${price},${hasFee ? "usd,0.5" : ","},Main,n${at}\n`;
}

const NUMBERS = Array.from({ length: ROWS }, (_, at) => at);
const FIRST = HEADER + NUMBERS.map((at) => lineOf(at, {})).join("");
/** The same keys at other times and prices, some of other assets, with other fees; and new rows. */
const CHANGED = HEADER + NUMBERS.map((at) =>
  lineOf(at, {
    minute: at * 7 % ROWS + (at % 5 === 0 ? 3 * ROWS : 0),
    price: 11,
    asset: at % 7 === 0 ? 1 : 0,
    hasFee: at % 4 === 0,
  })
).join("") + [1, 2, 3].map((at) => lineOf(ROWS + at, { price: 12 })).join("");

interface Kit extends Pick<TestStore, "database" | "clock"> {
  readonly store: SqlLedgerStore;
  readonly scope: LedgerScope;
  /** As another process has it. */
  readonly elsewhere: SqlLedgerStore;
}

/** All of a ledger, page by page. */
async function pagesOf(
  { elsewhere, scope }: Kit,
  options: Omit<TransactionPage, "after" | "limit"> = {},
): Promise<readonly LedgerRow[]> {
  const pageAfter = (after?: LedgerRow) =>
    elsewhere.listTransactions(scope, { ...options, limit: PAGE, ...after && { after } });
  let page = await pageAfter();
  const rows = [...page];
  while (page.length === PAGE) {
    page = await pageAfter(page.at(-1));
    rows.push(...page);
  }
  return rows;
}

/** What a ledger shows, by every way of looking at it, which all show the same. */
async function shownBy(kit: Kit): Promise<readonly LedgerRow[]> {
  const rows = await pagesOf(kit);
  assertEquals(await pagesOf(kit, { isNewestFirst: true }), rows.toReversed());
  for (const assetId of new Set(rows.map((row) => row.assetId))) {
    assertEquals(await pagesOf(kit, { assetId }), rows.filter((row) => row.assetId === assetId));
  }
  for (const row of rows.filter((_, at) => at % 97 === 0)) {
    assertEquals(await kit.elsewhere.findTransaction(kit.scope, row.id), row);
  }
  return rows;
}

/** The rows of the table itself, shown or not. */
async function stored({ database }: Kit): Promise<ReadonlyMap<Uuid, string>> {
  const rows = await database.read.selectFrom("transactions").selectAll().execute();
  return new Map(rows.map((row) => [fromUuidColumn(row.id), JSON.stringify(row)]));
}

/** The store over a database that is looked at before each of its transactions. */
function storeWith({ database, clock }: Kit, before: () => Promise<void>): SqlLedgerStore {
  const watched: Database = {
    ...database,
    transaction: async (write) => {
      await before();
      return await database.transaction(write);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return new SqlLedgerStore(watched, clock);
}

/**
 * Looks at the ledger between all transactions of an act: it shows what it did before, then what it
 * does after, and nothing else; and none of them writes over more than some rows.
 */
async function assertAtOnce(
  kit: Kit,
  { act, meanwhile = async () => {} }: {
    readonly act: (store: SqlLedgerStore) => Promise<unknown>;
    readonly meanwhile?: () => Promise<unknown>;
  },
): Promise<void> {
  const looks: (readonly LedgerRow[])[] = [];
  const tables: string[] = [];
  const written: number[] = [];
  let last = await stored(kit);
  const look = async () => {
    const now = await stored(kit);
    written.push([...last].filter(([id, row]) => now.get(id) !== row).length);
    tables.push([...now.values()].sort().join("\n"));
    looks.push(await shownBy(kit));
    await meanwhile();
    // What somebody else wrote meanwhile is not the act's.
    last = await stored(kit);
  };
  await look();
  await act(storeWith(kit, look));
  await look();
  const [first, final] = [looks[0], looks.at(-1)];
  const turn = looks.findIndex((rows) => JSON.stringify(rows) !== JSON.stringify(first));
  assert(turn > 0 && first !== undefined && final !== undefined, "something changed");
  for (const [at, rows] of looks.entries()) assertEquals(rows, at < turn ? first : final);
  assert(tables[turn] !== tables.at(-1), "it is shown before all is written over");
  assert(Math.max(...written) <= MAX_WRITTEN_OVER, `written over at once: ${written}`);
}

/** An import that changes every row, and dies, or its undoing does, once some are written over. */
async function dieHalfWay(kit: Kit, act: (store: SqlLedgerStore) => Promise<unknown>) {
  const { database } = kit;
  await act(storeWith(kit, async () => {
    const [row] = await database.read.selectFrom("portfolios").select("applied_to").execute();
    if (row !== undefined && row.applied_to !== null) throw new Error("the process is gone");
  }));
  const [row] = await database.read.selectFrom("portfolios").select("applying").execute();
  assert(row !== undefined && row.applying !== null, "rows are left to write over");
}

async function sweepAll({ elsewhere }: Kit): Promise<void> {
  while (await elsewhere.sweepImports(100) > 0);
}

/** What is left to be done, or to be swept. */
async function leftIn({ database: { read } }: Kit): Promise<readonly unknown[]> {
  return [
    await read.selectFrom("ledger_staged_rows").select("id").execute(),
    await read.selectFrom("portfolios").select("id").where("applying", "is not", null).execute(),
    await read.selectFrom("portfolios").select("id").where("applied_to", "is not", null).execute(),
  ];
}

type Test = (name: string, run: (kit: Kit) => Promise<void>) => void;

/** How a ledger store must show an import that changes rows of the ledger. */
export function testLedgerApply(kind: StoreKind): void {
  const test: Test = (name, run) =>
    Deno.test({
      name: `LedgerStore on ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using kit = await kind.open();
        await using other = await kit.openAgain();
        const { database, clock } = kit;
        const store = new SqlLedgerStore(database, clock);
        const elsewhere = new SqlLedgerStore(other, clock);
        const portfolioId = await store.openDefaultPortfolio("ann");
        const scope = { ownerId: "ann", portfolioId };
        const ledger = { database, clock, store, elsewhere, scope };
        await importText(ledger, FIRST);
        await run(ledger);
      },
    });
  testAtOnce(test);
  testHalfWay(test);
}

function testAtOnce(test: Test): void {
  test("shows changed rows all at once, and writes them over in small parts", async (kit) => {
    let importId: Uuid | null = null;
    const before = await shownBy(kit);
    await assertAtOnce(kit, {
      async act(store) {
        const report = await importText({ ...kit, store }, CHANGED);
        assertEquals([report.updated, report.quarantined], [ROWS, 0]);
        importId = report.importId;
      },
    });
    assert(importId !== null);
    const undone: Uuid = importId;
    await assertAtOnce(kit, { act: (store) => store.undoImport(kit.scope, undone) });
    assertEquals(await shownBy(kit), before);
    await sweepAll(kit);
    assertEquals([await shownBy(kit), await leftIn(kit)], [before, [[], [], []]]);
  });

  test("shows them so to who reads all the while", async (kit) => {
    const { elsewhere, scope } = kit;
    const whole = () => elsewhere.listTransactions(scope, { limit: 2 * ROWS });
    const seen = [await whole()];
    let isOver = false;
    const importing = importText(kit, CHANGED).finally(() => isOver = true);
    while (!isOver) {
      seen.push(await whole());
      // It takes no more turns than the import does.
      await giveWay();
    }
    await importing;
    const states = [seen[0], await whole()].map((rows) => JSON.stringify(rows));
    const shown = seen.map((rows) => states.indexOf(JSON.stringify(rows)));
    assertEquals(shown.filter((state) => state < 0), [], "neither before nor after");
    assertEquals(shown, shown.toSorted(), "what was after is never before again");
  });

  test("shows them so beside what others sweep, and beside rows that are not shown", async (kit) => {
    const { store, scope } = kit;
    const hidden = await importText(kit, HEADER + lineOf(2 * ROWS, { minute: 5 }));
    assert(hidden.importId !== null);
    await store.undoImport(scope, hidden.importId);
    const before = await shownBy(kit);
    let importId: Uuid | null = null;
    await assertAtOnce(kit, {
      act: async (watched) =>
        importId = (await importText({ ...kit, store: watched }, CHANGED)).importId,
    });
    assert(importId !== null);
    const undone: Uuid = importId;
    await assertAtOnce(kit, {
      act: (watched) => watched.undoImport(scope, undone),
      meanwhile: () => kit.elsewhere.sweepImports(40),
    });
    await sweepAll(kit);
    assertEquals(await shownBy(kit), before);
  });
}

function testHalfWay(test: Test): void {
  test("goes on with what a dead import left half written over, in a sweep", async (kit) => {
    const before = await shownBy(kit);
    let importId: Uuid | null = null;
    await dieHalfWay(kit, async (store) => {
      const report = await importText({ ...kit, store }, CHANGED);
      assertEquals(report.state, "committed");
      importId = report.importId;
    });
    const changed = await shownBy(kit);
    assertEquals(new Set(changed.map((row) => row.unitPriceUsd)), new Set(["11", "12", null]));
    await sweepAll(kit);
    assertEquals([await shownBy(kit), await leftIn(kit)], [changed, [[], [], []]]);
    assert(importId !== null);
    const undone: Uuid = importId;
    await dieHalfWay(kit, (store) => store.undoImport(kit.scope, undone));
    assertEquals(await shownBy(kit), before);
    await sweepAll(kit);
    assertEquals([await shownBy(kit), await leftIn(kit)], [before, [[], [], []]]);
  });

  test("goes on with that before another change of the ledger", async (kit) => {
    const { elsewhere, scope } = kit;
    await dieHalfWay(kit, (store) => importText({ ...kit, store }, CHANGED));
    const changed = await shownBy(kit);
    const [removed, kept] = [changed.at(-1), changed.at(-2)];
    assert(removed !== undefined && kept !== undefined);
    assert(await elsewhere.deleteTransaction(scope, removed.id) !== null);
    const rest = changed.filter(({ id, parentId }) => ![id, parentId].includes(removed.id));
    assertEquals(await shownBy(kit), rest);
    assertEquals(await leftIn(kit), [[], [], []]);
  });

  test("goes on with that before a preview, and before the same import again", async (kit) => {
    await dieHalfWay(kit, (store) => importText({ ...kit, store }, CHANGED));
    const changed = await shownBy(kit);
    const again = { ...kit, store: kit.elsewhere };
    const preview = await importText(again, CHANGED, { isPreview: true });
    assertEquals([preview.duplicate, preview.updated, preview.inserted], [ROWS + 3, 0, 0]);
    const same = await importText(again, CHANGED);
    assertEquals([same.duplicate, same.updated, same.inserted], [ROWS + 3, 0, 0]);
    assertEquals(await shownBy(kit), changed);
  });

  test("goes on with a dead undoing before the import is taken back again", async (kit) => {
    const { importId } = await importText(kit, CHANGED);
    assert(importId !== null);
    await dieHalfWay(kit, (store) => store.undoImport(kit.scope, importId));
    const again = await kit.elsewhere.undoImport(kit.scope, importId);
    assert(again.kind === "refused");
    assertMatch(again.reason, /undone already/);
    const { updated, duplicate } = await importText({ ...kit, store: kit.elsewhere }, CHANGED);
    assertEquals([updated, duplicate], [ROWS, 0]);
  });
}
