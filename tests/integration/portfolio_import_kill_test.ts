import { DatabaseSync } from "node:sqlite";
import postgres from "postgres";
import { assert, assertEquals } from "@/tests/assert.ts";
import { type Product, startProduct } from "@/tests/e2e/product.ts";
import { findPostgres, startPostgres } from "@/tests/postgres.ts";

const COLUMNS = "timestamp,action,asset_id,quantity,unit_price_usd,fee_asset,fee_amount,account," +
  "external_id";
/** Below and above what is imported while its sender waits. */
const DIRECT_ROWS = 8_000;
const TASK_ROWS = 30_000;
/** Every hundredth row is no row, and every seventh day of them is said twice. */
const BAD_EVERY = 100;
const TWICE_EVERY = 70;
/**
 * The next process's clock: on PostgreSQL beyond every lease of the one that died; on SQLite so
 * early that none of them would run out in time, as the next process knows that it is gone.
 */
const NEXT_AHEAD_MS = { sqlite: -60 * 60_000, postgres: 3 * 60_000 };
/** Far beyond what a task takes on a machine that is busy with something else. */
const TASK_LIMIT_MS = 10 * 60_000;

/** A ledger needs no market, which would be made at every first start. */
const NO_DEMO = { TOKENLYSIS_DEMO: "off" };

/** The trade that a line tells of. */
function tradeOf(line: number): number {
  return line % TWICE_EVERY === 1 ? line - 1 : line;
}

function isBad(line: number): boolean {
  return line % BAD_EVERY === 50;
}

/** A file of `rows` rows, of which some are bad and some are repeated. */
function ledgerCsv(rows: number, { price = 100 }: { readonly price?: number } = {}): string {
  const lines = Array.from({ length: rows }, (_, line) => {
    const trade = tradeOf(line);
    const time = new Date(Date.UTC(2016, 0, 1) + trade * 300_000).toISOString();
    const quantity = isBad(line) ? "much" : `0.${trade % 89 + 10}`;
    const fee = trade % 4 === 0 ? "usd,0.25" : ",";
    return `${time},BUY,bitcoin,${quantity},${
      price + trade % 900
    },${fee},cold,trade number ${trade}`;
  });
  return [COLUMNS, ...lines].join("\n");
}

/** How many trades a whole import leaves. */
function tradesOf(rows: number): number {
  const lines = Array.from({ length: rows }, (_, line) => line);
  return new Set(lines.filter((line) => !isBad(line)).map(tradeOf)).size;
}

/** Where a product keeps its ledgers, and a look past it at whether it is writing to them. */
interface Place extends AsyncDisposable {
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly nextAheadMs: number;
  isWriting(): Promise<boolean>;
  /** Whether a ledger shows changed rows that are not all written over yet. */
  isApplying(): Promise<boolean>;
}

async function sqlitePlace(): Promise<Place> {
  const dataDir = await Deno.makeTempDir({ prefix: "tokenlysis-kill-" });
  return {
    dataDir,
    env: NO_DEMO,
    nextAheadMs: NEXT_AHEAD_MS.sqlite,
    isWriting() {
      using database = new DatabaseSync(`${dataDir}/tokenlysis.db`, { timeout: 0 });
      try {
        database.exec("begin immediate; rollback");
        return Promise.resolve(false);
      } catch {
        return Promise.resolve(true);
      }
    },
    isApplying() {
      using database = new DatabaseSync(`${dataDir}/tokenlysis.db`, { readOnly: true });
      const row = database.prepare("select 1 from portfolios where applied_to is not null").get();
      return Promise.resolve(row !== undefined);
    },
    [Symbol.asyncDispose]: () => Deno.remove(dataDir, { recursive: true }),
  };
}

async function postgresPlace(): Promise<Place> {
  const server = await startPostgres();
  const url = await server.createDatabase();
  const dataDir = await Deno.makeTempDir({ prefix: "tokenlysis-kill-" });
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  return {
    dataDir,
    env: { ...NO_DEMO, DATABASE_URL: url },
    nextAheadMs: NEXT_AHEAD_MS.postgres,
    async isWriting() {
      const locks = await sql`select 1 from pg_locks join pg_class on pg_class.oid = relation
        where relname = 'transactions' and mode = 'RowExclusiveLock' limit 1`;
      return locks.length > 0;
    },
    async isApplying() {
      return (await sql`select 1 from portfolios where applied_to is not null`).length > 0;
    },
    async [Symbol.asyncDispose]() {
      await sql.end();
      await server.stop();
      await Deno.remove(dataDir, { recursive: true });
    },
  };
}

/** A portfolio of a running product, by its API. */
class Client {
  readonly #base: string;

  private constructor(base: string) {
    this.#base = base;
  }

  static async open({ url }: Product): Promise<Client> {
    const list = await (await fetch(`${url}/api/portfolio`)).json();
    const [known] = list.data;
    if (known) return new Client(`${url}/api/portfolio/${known.portfolio_id}`);
    const made = await fetch(`${url}/api/portfolio`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "Kept" }),
    });
    return new Client(`${url}/api/portfolio/${(await made.json()).data.portfolio_id}`);
  }

  async send(csv: BodyInit) {
    const response = await fetch(`${this.#base}/import?partial=1`, { method: "POST", body: csv });
    return (await response.json()).data;
  }

  async task(id: string) {
    return (await (await fetch(`${this.#base}/import/tasks/${id}`)).json()).data;
  }

  /** What came of a task, which must end in time. */
  async taskEnd(id: string) {
    const deadline = performance.now() + TASK_LIMIT_MS;
    while (true) {
      const task = await this.task(id);
      if (isOver(task)) return task;
      assert(performance.now() < deadline, `the task is ${task.state}: ${JSON.stringify(task)}`);
      await pause();
    }
  }

  /** The ledger as a file. */
  async export(): Promise<string> {
    return await (await fetch(`${this.#base}/export`)).text();
  }

  /** Rows of the ledger, those of fees apart. */
  async rows(): Promise<number> {
    return (await this.export()).trimEnd().split("\n").length - 1;
  }

  /** Takes the newest import that changed anything back; the answer, or `null` where none came. */
  async undo() {
    const newest = (await this.imports()).find(({ accepted }) => accepted > 0);
    const url = `${this.#base}/imports/${newest?.import_id}`;
    return await fetch(url, { method: "DELETE" }).then((answer) => answer.json(), () => null);
  }

  async imports(): Promise<readonly ListedImport[]> {
    return (await (await fetch(`${this.#base}/imports`)).json()).data;
  }
}

interface ListedImport {
  readonly import_id: string;
  readonly state: string;
  readonly accepted: number;
}

function isOver({ state }: { readonly state: string }): boolean {
  return ["done", "dead", "cancelled"].includes(state);
}

/** Another process needs the processor more than the question how far it is. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}

interface Sums {
  readonly read: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly quarantined: number;
  readonly ignored: number;
}

function assertSum({ read, accepted, duplicate, quarantined, ignored }: Sums, rows: number): void {
  assertEquals(read, rows);
  assertEquals(accepted + duplicate + quarantined + ignored, rows);
}

/** Kills a product and waits until it is gone. */
async function kill(product: Product): Promise<void> {
  product.process.kill("SIGKILL");
  await product.process.status;
  await product.close();
}

/** Imports a file, whichever way; every row is accounted for and the ledger is whole. */
async function importWhole(client: Client, rows: number): Promise<Sums> {
  const sent = await client.send(ledgerCsv(rows));
  const report = "id" in sent ? (await client.taskEnd(sent.id)).result : sent;
  assertSum(report, rows);
  assertEquals(await client.rows(), tradesOf(rows));
  return report;
}

const PLACES = [
  { name: "SQLite", open: sqlitePlace, ignore: false },
  { name: "PostgreSQL", open: postgresPlace, ignore: findPostgres() === null },
];

/** When a product dies that imports a file while its sender waits: seen to write so many times. */
const MOMENTS = [
  { name: "as it begins to write", times: 1 },
  { name: "while it writes", times: 5 },
];

/** Looks until the product shows changed rows that are not all written over. */
async function untilApplying(place: Place): Promise<void> {
  const deadline = performance.now() + TASK_LIMIT_MS;
  while (!await place.isApplying()) {
    assert(performance.now() < deadline, "nothing is written over");
    await new Promise((resolve) => setTimeout(resolve));
  }
}

/** Looks until the product was seen to write so often, or has answered: a look may come too late. */
async function untilWriting(
  place: Place,
  { sending, times }: { sending: Promise<unknown>; times: number },
): Promise<void> {
  let hasAnswered = false;
  sending.then(() => hasAnswered = true);
  for (let seen = 0; seen < times && !hasAnswered;) {
    if (await place.isWriting()) seen++;
    // The answer is heard between two looks alone.
    await new Promise((resolve) => setTimeout(resolve));
  }
}

for (const { name, open, ignore } of PLACES) {
  for (const { name: moment, times } of MOMENTS) {
    Deno.test({
      name: `an import over HTTP on ${name} that is killed ${moment} leaves all or nothing`,
      ignore,
      async fn() {
        await using place = await open();
        const first = await startProduct(place);
        const client = await Client.open(first);
        const sending = client.send(ledgerCsv(DIRECT_ROWS)).then(() => true, () => false);
        await untilWriting(place, { sending, times });
        await kill(first);
        const isAnswered = await sending;
        await using second = await startProduct(place);
        const after = await Client.open(second);
        const rows = await after.rows();
        const imports = await after.imports();
        assertEquals(rows === 0, imports.length === 0, "an import is there with its rows alone");
        assert(!isAnswered || rows > 0, "what was answered is kept");
        await importWhole(after, DIRECT_ROWS);
        assertEquals((await importWhole(after, DIRECT_ROWS)).accepted, 0, "nothing new");
      },
    });
  }

  for (const share of [0, 0.6]) {
    Deno.test({
      name: `an import by a task on ${name} that is killed after ${share * 100} % is finished ` +
        "by the next process, once",
      ignore,
      async fn() {
        await using place = await open();
        const first = await startProduct(place);
        const client = await Client.open(first);
        const { id } = await client.send(ledgerCsv(TASK_ROWS));
        for (let task = await client.task(id); !isOver(task);) {
          if (task.state === "running" && (task.progress?.done ?? 0) >= share * TASK_ROWS) break;
          await pause();
          task = await client.task(id);
        }
        await kill(first);
        await using second = await startProduct({ ...place, aheadMs: place.nextAheadMs });
        const after = await Client.open(second);
        const { state, result } = await after.taskEnd(id);
        assertEquals(state, "done");
        assertSum(result, TASK_ROWS);
        assertEquals((await after.imports()).map((one) => one.state), ["committed"]);
        assertEquals(await after.rows(), tradesOf(TASK_ROWS));
        assertEquals((await importWhole(after, TASK_ROWS)).accepted, 0, "nothing new");
      },
    });
  }

  Deno.test({
    name: `changed rows on ${name} are all there, or all taken back, where the product is killed ` +
      "while it writes them over",
    ignore,
    async fn() {
      await using place = await open();
      const first = await startProduct(place);
      const client = await Client.open(first);
      await importWhole(client, TASK_ROWS);
      const before = await client.export();
      const { id } = await client.send(ledgerCsv(TASK_ROWS, { price: 200 }));
      await untilApplying(place);
      await kill(first);
      const second = await startProduct({ ...place, aheadMs: place.nextAheadMs });
      const again = await Client.open(second);
      const changed = await again.export();
      const prices = (csv: string, price: number) =>
        csv.split("\n").filter((line) => line.includes(`,${price},`)).length;
      assertEquals([prices(before, 199), prices(changed, 199)], [prices(changed, 299), 0]);
      // The next process does the task once more, which finds nothing new.
      assertEquals((await again.taskEnd(id)).result.accepted, 0);
      assertEquals(await again.export(), changed);
      const undoing = again.undo();
      await untilApplying(place);
      await kill(second);
      await undoing;
      await using third = await startProduct({ ...place, aheadMs: 2 * place.nextAheadMs });
      assertEquals(await (await Client.open(third)).export(), before);
    },
  });
}
