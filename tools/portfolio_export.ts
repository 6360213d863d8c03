import { transactionToWire } from "@/routes/(_api)/portfolio_wire.ts";
import { exportTransactions } from "@/services/portfolio/ledger/transactions_csv.ts";
import type { LedgerRow, LedgerScope, LedgerStore } from "@/services/portfolio/ports.ts";
import { SqlLedgerStore } from "@/services/storage/mod.ts";
import { runAsProcess, type Script } from "./cli.ts";
import { openFromEnvironment } from "./cli_database.ts";
import { ledgerScope } from "./portfolio_files.ts";

const FLAGS = { portfolio: { type: "string" } } as const;

const ROWS_AT_ONCE = 5_000;

/** Prints a ledger as CSV that `portfolio:import` reads again. */
export const PORTFOLIO_EXPORT = {
  name: "portfolio:export",
  usage: `[--portfolio ID]

Prints a portfolio's transactions as Transactions CSV v1.1, oldest first. Imported again they are
the same transactions, to the last byte. Texts that a spreadsheet would run as a formula are marked
with an apostrophe, which the import takes away.

  --portfolio ID  the first one otherwise
  --json          print one object instead: portfolio_id, transactions (fees as rows of their own)
  --help          show this text`,
  flags: FLAGS,
  async main({ io, flags, isJson }) {
    await using opened = await openFromEnvironment(io);
    const store = new SqlLedgerStore(opened.database, opened.clock);
    const scope = await ledgerScope(store, flags.portfolio);
    if (!isJson) {
      for await (const text of exportTransactions(store, scope)) io.stdout(text);
      return;
    }
    io.stdout(`{"portfolio_id":${JSON.stringify(scope.portfolioId)},"transactions":[`);
    let separator = "";
    for await (const row of allRows(store, scope)) {
      io.stdout(`${separator}${JSON.stringify(transactionToWire(row))}`);
      separator = ",";
    }
    io.stdout("]}\n");
  },
} as const satisfies Script<typeof FLAGS>;

async function* allRows(store: LedgerStore, scope: LedgerScope): AsyncGenerator<LedgerRow> {
  let after: LedgerRow | undefined;
  while (true) {
    const limit = ROWS_AT_ONCE;
    const page = await store.listTransactions(scope, after ? { after, limit } : { limit });
    yield* page;
    after = page.at(-1);
    if (page.length < limit) return;
  }
}

if (import.meta.main) await runAsProcess(PORTFOLIO_EXPORT);
