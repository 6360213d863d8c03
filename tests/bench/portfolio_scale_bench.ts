// deno-lint-ignore-file no-console
/**
 * Starts the product over a ledger of a million transactions in 200 assets over 12 years, on SQLite
 * and on PostgreSQL, and waits until its snapshots are made; then opens its pages and asks its API.
 * Meanwhile a small request goes out every 5 ms: how long its answer takes is how long the server's
 * event loop is held. `--euros` keeps the ledger in euros, by a rate a day.
 */
import { type Uuid, uuidOfMoment } from "@/services/kernel/ids.ts";
import { Secret } from "@/services/kernel/secret.ts";
import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { LOCAL_OWNER, type Portfolio } from "@/services/portfolio/mod.ts";
import { SystemClock } from "@/services/platform/clock.ts";
import {
  type Database,
  openDatabase,
  SqlCandleStore,
  SqlFxStore,
  SqlPortfolioStore,
} from "@/services/storage/mod.ts";
import { insertTransactions } from "@/services/storage/sql/ledger_rows.ts";
import { toUuidColumn } from "@/services/storage/uuid_column.ts";
import { startProduct } from "@/tests/e2e/product.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { findPostgres, startPostgres } from "@/tests/postgres.ts";
import { seededRandom, writeWaves } from "./wave_candles.ts";
import registry from "@/registry/assets.json" with { type: "json" };

const isQuick = Deno.args.includes("--quick");
const named = Deno.args.find((arg) => arg.startsWith("--rows="))?.slice("--rows=".length);
const ROWS = Number(named ?? (isQuick ? 30_000 : 1_000_000));
const CURRENCY = Deno.args.includes("--euros") ? "EUR" : "USD";
const ASSETS = registry.assets.slice(0, 200).map(({ id }) => id as AssetId);
const YEARS = isQuick ? 2 : 12;
const ACCOUNTS = ["exchange", "wallet", "ledger"];
const WRITTEN_AT_ONCE = 10_000;
const ASK_EVERY_MS = 5;
const GOALS = { p99Ms: 50, longestMs: 250 };

const random = seededRandom();

function rowAt(index: number, now: number) {
  const first = now - YEARS * 365 * DAY_MS;
  const isSale = random() < 0.3;
  return {
    row: {
      id: uuidOfMoment(first + index, "scale"),
      at: utcMsOf(Math.floor(first + (now - first) * (index / ROWS))),
      action: isSale
        ? "SELL" as const
        : random() < 0.1
        ? "STAKING_REWARD" as const
        : "BUY" as const,
      assetId: ASSETS[index % ASSETS.length] as AssetId,
      quantity: isSale ? "0.4" : (1 + random()).toFixed(8),
      unitPriceUsd: (90 + random() * 20).toFixed(2),
      account: ACCOUNTS[Math.floor(random() * 3)] as string,
      ...{ wallet: null, venue: null, txHash: null, notes: null, notesExtra: {}, parentId: null },
      externalId: `trade-${index}`,
    },
    ...{ identity: `e\u001ftrade-${index}`, content: index, importId: null, line: index + 2 },
    writtenBy: null,
  };
}

async function fillLedger(database: Database, now: number): Promise<Uuid> {
  const portfolio: Portfolio = {
    ...{ id: uuidOfMoment(now, "portfolio"), ownerId: LOCAL_OWNER, name: "Large" },
    ...{ baseCurrency: CURRENCY, rule: { method: "fifo", pools: "account" }, rulesByYear: {} },
    ...{ createdAt: utcMsOf(now), deletedAt: null, ledgerVersion: 0 },
  };
  await new SqlPortfolioStore(database).create(portfolio, { max: 10, maxWithDeleted: 10 });
  const { dialect } = database;
  const portfolioId = portfolio.id;
  for (let start = 0; start < ROWS; start += WRITTEN_AT_ONCE) {
    const count = Math.min(WRITTEN_AT_ONCE, ROWS - start);
    const rows = Array.from({ length: count }, (_, at) => rowAt(start + at, now));
    await database.transaction(({ db }) => insertTransactions(db, { rows, portfolioId, dialect }));
  }
  return portfolioId;
}

/** A rate of the euro for each day. */
async function writeRates(database: Database, now: number): Promise<void> {
  const rates = Array.from({ length: YEARS * 365 }, (_, day) => ({
    ...{ base: "EUR", quote: "USD", kind: "eod", source: "ecb" } as const,
    at: utcMsOf(now - (day + 1) * DAY_MS),
    rate: 1.1 + Math.sin(day / 90) / 10,
  }));
  await new SqlFxStore(database, new SystemClock()).recordRates(rates);
}

/** Has the product see the rows, which are of a ledger of version 0 until then. */
async function showLedger(database: Database, portfolioId: Uuid): Promise<void> {
  await database.transaction(({ db }) =>
    db.updateTable("portfolios").set({ ledger_version: 1 })
      .where("id", "=", toUuidColumn(portfolioId, database.dialect)).execute()
  );
}

/** Asks until told to stop; milliseconds of each answer, sorted. */
function askMeanwhile(url: string): () => Promise<readonly number[]> {
  const times: number[] = [];
  let isDone = false;
  const asking = (async () => {
    while (!isDone) {
      const start = performance.now();
      await (await fetch(`${url}/healthz`)).body?.cancel();
      times.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
  })();
  return async () => {
    isDone = true;
    await asking;
    return times.toSorted((a, b) => a - b);
  };
}

/** How late this process's own timers are: what of the waiting is the machine's, not the server's. */
function watchMachine(): () => number {
  const delays: number[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    delays.push(now - last - ASK_EVERY_MS);
    last = now;
  }, ASK_EVERY_MS);
  return () => {
    clearInterval(timer);
    return Math.max(0, ...delays);
  };
}

/** The process's resident size now, or its highest so far (Linux). */
function sizeMb(pid: number, name: "VmHWM" | "VmRSS"): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024;
}

async function measured(
  url: string,
  { name, pid, run }: { name: string; pid: number; run: () => Promise<string> },
): Promise<boolean> {
  const stopWatching = watchMachine();
  const stop = askMeanwhile(url);
  const start = performance.now();
  const told = await run();
  const ms = performance.now() - start;
  const late = stopWatching();
  const times = await stop();
  const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? NaN;
  console.log(
    `  ${name.padEnd(26)} ${ms.toFixed(0).padStart(6)} ms ${told.padEnd(9)} beside it ` +
      `${times.length} requests, p99 ${at(0.99).toFixed(1)} ms, longest ${at(1).toFixed(0)} ms ` +
      `(own timers ${late.toFixed(0)} ms); ` +
      `${sizeMb(pid, "VmRSS").toFixed(0)} MB, at most ${sizeMb(pid, "VmHWM").toFixed(0)} MB`,
  );
  return at(1) < GOALS.longestMs && (at(0.99) < GOALS.p99Ms || times.length < 100);
}

interface Task {
  readonly name: string;
  readonly state: string;
}

async function listTasks(url: string): Promise<readonly Task[]> {
  return (await (await fetch(`${url}/api/tasks?limit=200`)).json()).data;
}

/** Waits for what a start has to do: quotes, scores. */
async function untilAtRest(url: string): Promise<void> {
  for (let quiet = 0; quiet < 20;) {
    const start = performance.now();
    const tasks = await listTasks(url);
    const isBusy = tasks.some(({ state }) => state === "running" || state === "queued");
    quiet = isBusy || performance.now() - start > 50 ? 0 : quiet + 1;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function untilRebuilt(url: string, base: string): Promise<string> {
  await (await fetch(`${base}/performance`)).body?.cancel();
  while (true) {
    const own = (await listTasks(url)).filter(({ name }) => name === "rebuild_portfolio");
    const over = own.find(({ state }) => state === "done" || state === "dead");
    if (over !== undefined) return over.state;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function untilCurrent(base: string): Promise<string> {
  while (true) {
    const { data } = await (await fetch(`${base}/performance?from=2025-06-01`)).json();
    if (data.status === "current" || data.status === "catching_up") return data.status;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const PAGES = ["", "/charts", "/transactions", "/transactions?asset=bitcoin", "/explain/nav"];
const ANSWERS = [
  ...["valuation", "performance", "performance?from=2025-01-01", "lots?limit=500"],
  ...["lots?asset=bitcoin", "disposals?limit=500", "disposals?year=2020", "income", "fees"],
  ...["problems", "lots?method=hifo&limit=10", "explain/realised", "explain/position-bitcoin"],
  ...["performance?to=2024-06-30", "disposals?format=csv"],
];

async function benchOn(
  name: string,
  { env, dataDir }: { env: Readonly<Record<string, string>>; dataDir: string },
): Promise<boolean> {
  const now = Date.now();
  const [address] = Object.values(env);
  const location = { url: address ? new Secret(address) : null, migrationUrl: null, dataDir };
  const clock = new SystemClock();
  await using database = await openDatabase({ ...location, clock, log: new RecordingLog() });
  const portfolioId = await fillLedger(database, now);
  if (CURRENCY !== "USD") await writeRates(database, now);
  const candles = new SqlCandleStore(database, new SystemClock());
  await writeWaves(candles, { assetIds: ASSETS, years: YEARS, now, random });
  await using product = await startProduct({ dataDir, env: { TOKENLYSIS_DEMO: "off", ...env } });
  const { url, process: { pid } } = product;
  const base = `${url}/api/portfolio/${portfolioId}`;
  await untilAtRest(url);
  const load = Deno.loadavg().map((own) => own.toFixed(1)).join();
  console.log(
    `${name}, ${ROWS} rows in ${CURRENCY}; load ${load}; at rest ${
      sizeMb(pid, "VmRSS").toFixed(0)
    } MB`,
  );
  await showLedger(database, portfolioId);
  const met: boolean[] = [];
  const measure = async (name: string, run: () => Promise<string>) => {
    met.push(await measured(url, { name, pid, run }));
  };
  const get = (path: string) => async () => {
    const answer = await fetch(`${url}${path}`);
    const size = (await answer.text()).length;
    return `${answer.status} ${(size / 1024).toFixed(0)}kB`;
  };
  await measure("rebuild", () => untilRebuilt(url, base));
  for (const path of PAGES) await measure(`page ${path}`, get(`/portfolio/${portfolioId}${path}`));
  for (const path of ANSWERS) await measure(path, get(`/api/portfolio/${portfolioId}/${path}`));
  await measure("page again", get(`/portfolio/${portfolioId}`));
  await measure("one trade", async () => {
    const answer = await fetch(`${url}/api/portfolio/${portfolioId}/transactions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        ...{ timestamp: new Date(now - DAY_MS).toISOString(), action: "BUY", asset_id: "bitcoin" },
        ...{ quantity: "1", unit_price_usd: "100", account: "wallet" },
      }),
    });
    await answer.body?.cancel();
    return `${answer.status}`;
  });
  await measure("until it is current", () => untilCurrent(base));
  await measure("page after it", get(`/portfolio/${portfolioId}`));
  if (Deno.args.includes("--log")) console.log(product.output());
  return met.every(Boolean);
}

async function main(): Promise<number> {
  const results = [];
  const dataDir = await Deno.makeTempDir({ prefix: "tokenlysis-scale-" });
  try {
    if (!Deno.args.includes("--postgres")) {
      results.push(await benchOn("SQLite", { env: {}, dataDir: `${dataDir}/sqlite` }));
    }
    if (findPostgres() !== null && !Deno.args.includes("--sqlite")) {
      await using server = await startPostgres();
      const env = { DATABASE_URL: await server.createDatabase() };
      results.push(await benchOn("PostgreSQL", { env, dataDir: `${dataDir}/postgres` }));
    }
    return results.every(Boolean) || isQuick ? 0 : 1;
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await main());
