import { sql } from "kysely";
import { AppError } from "@/services/kernel/errors.ts";
import { SqlLedgerStore } from "@/services/storage/mod.ts";
import { assertEquals, assertMatch, assertRejects } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";

/** Nearly nothing beyond what the schema takes, which to SQLite is a full disk. */
async function limitPages(database: Awaited<ReturnType<typeof openTestDatabase>>, more: number) {
  await database.transaction(async ({ db }) => {
    const { rows: [count] } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
    await sql`pragma max_page_count = ${sql.lit((count?.page_count ?? NaN) + more)}`.execute(db);
  });
}

Deno.test("a full disk refuses a write, leaves what stood, and passes once there is space", async () => {
  await using database = await openTestDatabase();
  const store = new SqlLedgerStore(database, new FakeClock());
  const ann = await store.openDefaultPortfolio("ann");
  await limitPages(database, 2);
  const fill = async () => {
    for (let owner = 0; owner < 1_000; owner++) await store.openDefaultPortfolio(`owner ${owner}`);
  };
  const { code, message } = await assertRejects(fill, { type: AppError });
  assertEquals(code, "UNAVAILABLE");
  assertMatch(message, /^Cannot write to the database: the disk is full; free some space/);
  assertEquals(await store.openDefaultPortfolio("ann"), ann);
  await limitPages(database, 1_000);
  await fill();
});
