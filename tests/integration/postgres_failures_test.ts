import postgres from "postgres";
import { StartupError } from "@/services/kernel/errors.ts";
import type { AssetId } from "@/services/market/assets.ts";
import { MIGRATIONS } from "@/services/storage/migrations.ts";
import { SqlCandleStore } from "@/services/storage/mod.ts";
import { listPendingPostgres, openPostgres } from "@/services/storage/postgres.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { columnsOf } from "@/tests/fakes/memory_candle_store.ts";
import { findPostgres, SECURED_ROLE, startPostgres, type TestServer } from "@/tests/postgres.ts";

const ignore = findPostgres() === null;
let server: TestServer;

if (!ignore) {
  Deno.test.beforeAll(async () => {
    server = await startPostgres();
  });
  Deno.test.afterAll(() => server.stop());
}

function open(url: string) {
  return openPostgres({ url, clock: new FakeClock(), log: new RecordingLog(), mayMigrate: true });
}

async function query(url: string, statement: string): Promise<void> {
  const connection = postgres(url, { max: 1, max_lifetime: null });
  try {
    await connection.unsafe(statement);
  } finally {
    await connection.end();
  }
}

const refusals: { name: string; urlOf: (url: URL) => Promise<URL>; sentence: RegExp }[] = [
  {
    name: "a server that does not answer",
    urlOf: (url) => Promise.resolve(Object.assign(url, { port: "1" })),
    sentence: /^Cannot reach PostgreSQL at 127\.0\.0\.1:1 \(ECONNREFUSED\): start it, or correct/,
  },
  {
    name: "a wrong password",
    async urlOf(url) {
      await query(url.href, `create role ${SECURED_ROLE} login password 'right'`);
      return Object.assign(url, { username: SECURED_ROLE, password: "wr0ng" });
    },
    sentence: /refuses user "secured" or its password: correct them in DATABASE_URL$/,
  },
  {
    name: "a missing database",
    urlOf: (url) => Promise.resolve(Object.assign(url, { pathname: "/absent" })),
    sentence: /has no database "absent": create it with createdb absent, or correct its name/,
  },
  {
    name: "the database of a newer version",
    async urlOf(url) {
      await (await open(url.href)).close();
      await query(url.href, "insert into schema_migrations values ('209901010000_fly', 0)");
      return url;
    },
    sentence: /a newer version of Tokenlysis made it \(209901010000_fly\)/,
  },
  {
    name: "a user without the right to make tables",
    async urlOf(url) {
      await query(url.href, "create role reader login; revoke create on schema public from public");
      return Object.assign(url, { username: "reader" });
    },
    sentence: /^User "reader" may not create tables in database .*: grant it that right/,
  },
];
for (const { name, urlOf, sentence } of refusals) {
  Deno.test({
    name: `openPostgres() refuses ${name} in one sentence without the password`,
    ignore,
    async fn() {
      const url = await urlOf(new URL(await server.createDatabase()));
      const error = await assertRejects(() => open(url.href), {
        type: StartupError,
        pattern: sentence,
      });
      assert(!error.message.includes("\n") && !error.message.includes("wr0ng"), error.message);
    },
  });
}

Deno.test({
  name: "listPendingPostgres() tells what would run and makes no table",
  ignore,
  async fn() {
    const url = await server.createDatabase();
    const names = MIGRATIONS.map(({ name }) => name);
    assertEquals(await listPendingPostgres(url), names);
    assertEquals(await listPendingPostgres(url), names);
    await (await open(url)).close();
    assertEquals(await listPendingPostgres(url), []);
  },
});

Deno.test({
  name: "the change feed hears again after its connection was cut",
  ignore,
  // The driver may have planned one more attempt to connect when its pool is closed; the timer ends
  // by itself and does nothing.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const url = await server.createDatabase();
    await using database = await open(url);
    await using other = await open(url);
    const key = { assetId: "bitcoin" as AssetId, interval: "1d", source: "file" } as const;
    const before = database.changes.current();
    // What happens while nobody listens is read at the reconnection.
    const told = new Promise<void>((resolve) => database.changes.subscribe(resolve));
    await query(
      url,
      "select pg_terminate_backend(pid) from pg_stat_activity " +
        "where pid <> pg_backend_pid() and datname = current_database() and query ilike 'listen%'",
    );
    const store = new SqlCandleStore(other, new FakeClock());
    await store.upsertCandles(key, columnsOf([{ openTime: 0, close: 1 }]));
    await told;
    assert(database.changes.current() > before);
  },
});
