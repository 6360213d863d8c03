import { sql } from "kysely";
import type { AssetId } from "@/services/market/mod.ts";
import type { Uuid } from "@/services/kernel/ids.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import {
  type Database,
  SqlFxStore,
  SqlLedgerStore,
  SqlPortfolioStore,
  SqlSnapshotStore,
} from "@/services/storage/mod.ts";
import { toUuidColumn } from "@/services/storage/uuid_column.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { importText } from "./ledger_import_kit.ts";
import type { StoreKind, TestStore } from "./stores.ts";

const HEADER = "timestamp,action,asset_id,quantity,unit_price_usd,account,external_id\n";
const FILES = [
  HEADER + "2024-01-01,BUY,bitcoin,1,40000,Main,e1\n2024-01-02,BUY,bitcoin,2,41000,Main,e2\n" +
  "2024-01-03,BUY,no such asset,1,1,Main,e3\n",
  HEADER + "2024-01-01,BUY,bitcoin,3,40000,Main,e1\n",
];
/** Where rows of a portfolio stand, and those that hang on its imports. */
const OWN = [
  ...["transactions", "removed_transactions", "ledger_imports", "fx_good_navs"],
  ...["portfolio_snapshot_chunks", "portfolio_snapshot_assets", "portfolio_snapshot_states"],
];
const OF_IMPORTS = ["ledger_quarantine", "ledger_import_changes"];
const BITCOIN = "bitcoin" as AssetId;
const DAY = 86_400_000;

/** A portfolio with something in every table. */
async function fill({ database, clock }: TestStore, ownerId: string): Promise<Uuid> {
  const store = new SqlLedgerStore(database, clock);
  const portfolioId = await store.openDefaultPortfolio(ownerId);
  const scope = { ownerId, portfolioId };
  for (const file of FILES) await importText({ store, scope, clock }, file, { isPartial: true });
  const [, last] = await store.listTransactions(scope, { limit: 9 });
  assert(last !== undefined);
  await store.deleteTransaction(scope, last.id);
  const nav = { portfolioId, currency: "EUR", nav: "1", asof: utcMsOf(1) };
  await new SqlFxStore(database, clock).recordGoodNav(nav);
  const column = Float64Array.of(1);
  await new SqlSnapshotStore(database).write(scope, {
    basedOn: 0,
    state: {
      ...{ build: 1, ledgerVersion: 1, pools: "account", fxVersion: null, firstAt: utcMsOf(0) },
      ...{ until: utcMsOf(DAY), valuedAt: utcMsOf(DAY), builtAt: utcMsOf(DAY) },
    },
    inputs: [{ assetId: BITCOIN, rowMarks: column, closes: [] }],
    pieces: [{
      ...{ interval: "1d", assetId: BITCOIN, from: utcMsOf(0) },
      chunks: [0, 1, 2].map((at) => ({
        ...{ start: utcMsOf(at * 512 * DAY), values: column, accounts: [], events: column },
        ...{ flows: column, unpriced: column },
      })),
    }],
    assetIds: [BITCOIN],
    keptFrom: { "1d": utcMsOf(0), "1h": utcMsOf(0), "5m": utcMsOf(0) },
  });
  return portfolioId;
}

/** How many rows each table has of a portfolio. */
async function rowsOf({ read, dialect }: Database, portfolioId: Uuid) {
  const id = toUuidColumn(portfolioId, dialect);
  const counts: [string, number][] = [];
  for (const table of [...OWN, ...OF_IMPORTS]) {
    const where = OWN.includes(table)
      ? sql`portfolio_id = ${id}`
      : sql`import_id in (select id from ledger_imports where portfolio_id = ${id})`;
    const { rows: [found] } = await sql<{ rows: number }>`
      select count(*) as rows from ${sql.table(table)} where ${where}`.execute(read);
    counts.push([table, Number(found?.rows)]);
  }
  return counts;
}

/** What every store must do with portfolios that were deleted long ago. */
export function testPortfolioPurge(kind: StoreKind): void {
  Deno.test({
    name: `PortfolioStore on ${kind.name} purges one in slices, with all that hangs on it`,
    ignore: kind.ignore,
    async fn() {
      await using kit = await kind.open();
      const { database } = kit;
      const store = new SqlPortfolioStore(database);
      const [gone, kept] = [await fill(kit, "ann"), await fill(kit, "bob")];
      const before = await rowsOf(database, gone);
      for (const [table, rows] of before) assert(rows > 0, `nothing to purge from ${table}`);
      const whole = before.reduce((sum, [, rows]) => sum + rows, 0);
      assertEquals(await store.purge({ before: utcMsOf(10), limit: 3 }), 0, "none is deleted");

      const scope = { ownerId: "ann", portfolioId: gone };
      await store.markDeleted(scope, utcMsOf(10));
      assertEquals(await store.purge({ before: utcMsOf(10), limit: 3 }), 0, "not that long ago");
      const slices: number[] = [];
      for (let rows = 1; rows > 0;) {
        rows = await store.purge({ before: utcMsOf(11), limit: 3 });
        slices.push(rows);
      }
      assert(slices.every((rows) => rows <= 3));
      assert(slices.reduce((sum, rows) => sum + rows) > whole, "the portfolio itself as well");
      assertEquals(await store.list("ann"), []);
      assertEquals((await rowsOf(database, gone)).filter(([, rows]) => rows > 0), []);
      // Somebody else's has all that the other one had.
      assertEquals(await rowsOf(database, kept), before);
      assertEquals((await store.list("bob")).length, 1);
    },
  });
}
