import { openImports, readNames } from "@/services/composition/import_parts.ts";
import { ImportThreads } from "@/services/composition/import_thread.ts";
import { uuidOfMoment } from "@/services/kernel/ids.ts";
import { Secret } from "@/services/kernel/secret.ts";
import { SystemClock } from "@/services/platform/clock.ts";
import { systemTimer } from "@/services/platform/timer.ts";
import {
  type LedgerImportRequest,
  type LedgerScope,
  LedgerService,
} from "@/services/portfolio/mod.ts";
import type { Clock } from "@/services/ports/mod.ts";
import {
  type Database,
  openDatabase,
  SqlLedgerStore,
  SqlWatchlistStore,
} from "@/services/storage/mod.ts";
import { toUuidColumn } from "@/services/storage/uuid_column.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { findPostgres, startPostgres } from "@/tests/postgres.ts";

const HEADER = "timestamp,action,asset_id,quantity,unit_price_usd,account,external_id\n";
const ROWS = 2_000;

/** A ledger in a database, with what imports into it here and in a thread. */
interface Kit {
  readonly clock: Clock;
  readonly database: Database;
  readonly store: SqlLedgerStore;
  readonly scope: LedgerScope;
  readonly log: RecordingLog;
  threads(script?: URL): ImportThreads;
}

async function withKit(run: (kit: Kit) => Promise<void>): Promise<void> {
  const dataDir = await Deno.makeTempDir({ prefix: "tokenlysis_thread_" });
  try {
    await withDatabase(`sqlite:${dataDir}/test.db`, { dataDir, run });
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

async function withDatabase(
  address: string,
  { dataDir, run }: { readonly dataDir: string; readonly run: (kit: Kit) => Promise<void> },
): Promise<void> {
  const [clock, log, url] = [new SystemClock(), new RecordingLog(), new Secret(address)];
  await using database = await openDatabase({ dataDir, clock, log, url, migrationUrl: null });
  const store = new SqlLedgerStore(database, clock);
  const scope = { ownerId: "ann", portfolioId: await store.openDefaultPortfolio("ann") };
  const here = await openImports({ store, names: await readNames(), clock });
  const deps = { here, location: { url, dataDir }, clock, log, timer: systemTimer };
  const threads = (script?: URL) => new ImportThreads({ ...deps, ...script && { script } });
  await run({ clock, database, store, scope, log, threads });
}

/** A file in pieces that end anywhere. */
async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += 10_007) yield bytes.slice(at, at + 10_007);
}

function requestOf(scope: LedgerScope, text: string): LedgerImportRequest {
  return { scope, fileName: "t.csv", bytes: pieces(text), isLarge: true };
}

const FILE = HEADER + Array.from(
  { length: ROWS },
  (_, at) => `2024-01-01T00:00:00Z,BUY,bitcoin,${at + 1},40000,Main,row ${at}\n`,
).join("");

Deno.test("a thread imports a file as this process would, and tells how far it is", async () => {
  await withKit(async ({ store, scope, threads }) => {
    const told: number[] = [];
    const request = requestOf(scope, FILE);
    const onProgress = ({ rows }: { readonly rows: number }) => told.push(rows);
    const report = await threads().importFile({ ...request, onProgress });
    assertEquals([report.state, report.inserted, report.read], ["committed", ROWS, ROWS]);
    assert(told.length > 0 && told.every((rows) => rows <= ROWS), `${told}`);
    const imports = await store.listImports(scope, 9);
    assertEquals(imports.map(({ importId }) => importId), [report.importId]);
    const here = await threads().importFile({ ...requestOf(scope, FILE), isLarge: false });
    assertEquals([here.inserted, here.duplicate], [0, ROWS]);
  });
});

Deno.test("what is wrong with a file comes out of the thread as it is", async () => {
  await withKit(async ({ store, scope, threads }) => {
    const error = await threads().importFile(requestOf(scope, "a,b\n1,2\n")).catch((e) => e);
    const here = { ...requestOf(scope, "a,b\n1,2\n"), isLarge: false };
    const same = await threads().importFile(here).catch((e) => e);
    assertEquals([error.name, error.code, error.message], [
      "AppError",
      "VALIDATION_FAILED",
      same.message,
    ]);
    assertEquals(error.details, same.details);
    assertEquals(await store.listImports(scope, 9), []);
  });
});

Deno.test("a thread that is told to stop leaves nothing, and the ledger to the next", async () => {
  await withKit(async ({ store, scope, threads }) => {
    const stopping = new AbortController();
    const request = { ...requestOf(scope, FILE), signal: stopping.signal };
    async function* endless() {
      yield* pieces(FILE);
      stopping.abort(new Error("no more"));
      for (let at = ROWS;; at++) yield* pieces(`2024-01-01,BUY,bitcoin,1,1,Main,row ${at}\n`);
    }
    const run = threads().importFile({ ...request, bytes: endless() });
    await assertRejects(() => run, { pattern: /no more/ });
    assertEquals(await store.listTransactions(scope, { limit: 1 }), []);
    assertEquals((await threads().importFile(requestOf(scope, FILE))).inserted, ROWS);
    const aborted = { ...requestOf(scope, FILE), signal: stopping.signal };
    await assertRejects(() => threads().importFile(aborted), { pattern: /no more/ });
  });
});

Deno.test("a file that breaks off while it is read fails the import, not the process", async () => {
  await withKit(async ({ store, scope, threads }) => {
    async function* broken() {
      yield* pieces(FILE);
      throw new Error("the disk is gone");
    }
    const request = { ...requestOf(scope, FILE), bytes: broken() };
    await assertRejects(() => threads().importFile(request), { pattern: /the disk is gone/ });
    assertEquals(await store.listTransactions(scope, { limit: 1 }), []);
  });
});

Deno.test("a thread that can't start fails its import", async () => {
  await withKit(async ({ scope, threads }) => {
    const script = new URL("data:text/javascript,throw new Error('out of memory')");
    const run = () => threads(script).importFile(requestOf(scope, FILE));
    await assertRejects(run, { pattern: /Cannot import the file: .*out of memory/ });
  });
});

/** Rows of a ledger that stand in the database, also those that it does not show yet. */
async function countStanding({ database, scope }: Kit): Promise<number> {
  const id = toUuidColumn(scope.portfolioId, database.dialect);
  const { rows } = await database.read.selectFrom("transactions")
    .select(({ fn }) => fn.countAll().as("rows")).where("portfolio_id", "=", id)
    .executeTakeFirstOrThrow();
  return Number(rows);
}

/**
 * Imports a file that is only read on once everything else was written: each time the thread asks
 * for more, the import is in its middle for as long as the writes take.
 */
async function writeBeside(kit: Kit): Promise<void> {
  const { clock, database, store, scope, threads } = kit;
  const bob = { ownerId: "bob", portfolioId: await store.openDefaultPortfolio("bob") };
  const ledger = new LedgerService({ store, imports: threads(), names: await readNames(), clock });
  const lists = new SqlWatchlistStore(database);
  const watchlistId = uuidOfMoment(1, "list");
  const list = {
    id: watchlistId,
    ownerId: "ann",
    name: "first",
    items: [],
    createdAt: clock.now(),
  };
  await lists.create(list, { max: 1 });
  const standing: number[] = [];
  async function* held() {
    for await (const piece of pieces(FILE)) {
      yield piece;
      const stage = standing.push(await countStanding(kit));
      await lists.change({ ownerId: "ann", watchlistId }, () => ({ ...list, name: `${stage}` }));
      await ledger.add(bob, {
        ...{ timestamp: "2024-01-01", action: "BUY", asset_id: "bitcoin", quantity: "1" },
        external_id: `beside ${stage}`,
      });
      assertEquals(await store.listTransactions(scope, { limit: 1 }), [], "nothing is shown yet");
    }
  }
  const report = await threads().importFile({ ...requestOf(scope, FILE), bytes: held() });
  assertEquals([report.state, report.inserted], ["committed", ROWS]);
  const stages = new Set(standing.filter((rows) => rows > 0 && rows < ROWS));
  assert(stages.size >= 3, `rows stood at ${standing}`);
  assertEquals((await store.listTransactions(bob, { limit: 99 })).length, standing.length);
  assertEquals((await store.listTransactions(scope, { limit: 9_999 })).length, ROWS);
}

Deno.test("all else is written at every stage of an import on SQLite", () => withKit(writeBeside));

Deno.test({
  name: "all else is written at every stage of an import on PostgreSQL",
  ignore: findPostgres() === null,
  async fn() {
    await using server = await startPostgres();
    const dataDir = await Deno.makeTempDir({ prefix: "tokenlysis_thread_" });
    try {
      await withDatabase(await server.createDatabase(), { dataDir, run: writeBeside });
    } finally {
      await Deno.remove(dataDir, { recursive: true });
    }
  },
});
