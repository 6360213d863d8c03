import { sql } from "kysely";
import type { Uuid } from "@/services/kernel/ids.ts";
import { openPostgres } from "@/services/storage/postgres.ts";
import type { Database } from "@/services/storage/mod.ts";
import { keyQuery } from "@/services/storage/sql/ledger_keys.ts";
import { assert } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { findPostgres, startPostgres } from "@/tests/postgres.ts";

const KNOWN = "019b76da-a800-7000-8000-000000000001" as Uuid;
const NEW = "019b76da-a800-7000-8000-000000000002" as Uuid;

/** A portfolio of which the database has statistics, and a larger one that came after them. */
async function fill(database: Database): Promise<void> {
  const add = (id: Uuid, rows: number) =>
    database.transaction(async ({ db }) => {
      await sql`insert into portfolios (id, owner_id, name, base_currency, lot_method, lot_pools,
          rules_by_year, ledger_version, created_at)
        values (${id}, 'local', 'one', 'USD', 'fifo', 'account', '{}', 0, 0)`.execute(db);
      await sql`insert into transactions (portfolio_id, id, at, action, asset_id, quantity, account,
          notes_extra, identity, content)
        select ${id}::uuid, gen_random_uuid(), n, 'BUY', 'bitcoin', '1', 'a', '{}', 'e' || n, 0
        from generate_series(1, ${sql.lit(rows)}) n`.execute(db);
    });
  await add(KNOWN, 2_000);
  await sql`analyze transactions`.execute(database.read);
  await add(NEW, 6_000);
}

Deno.test({
  name: "rows of a portfolio that PostgreSQL has no statistics of are found by their own index",
  ignore: findPostgres() === null,
  async fn() {
    await using server = await startPostgres();
    const url = await server.createDatabase();
    const opening = { url, clock: new FakeClock(), log: new RecordingLog(), mayMigrate: true };
    await using database = await openPostgres(opening);
    await fill(database);
    for (
      const [column, values, index] of [
        ["id", [KNOWN], "transactions_key"],
        ["identity", ["e1"], "transactions_identity"],
      ] as const
    ) {
      const query = keyQuery({ column, values, portfolioId: NEW, dialect: "postgres" });
      const plan = await sql<{ "QUERY PLAN": string }>`explain ${query}`.execute(database.read);
      const text = plan.rows.map((row) => row["QUERY PLAN"]).join("\n");
      assert(text.includes(`Index Scan using ${index} on transactions`), text);
    }
  },
});
