// deno-lint-ignore-file no-console
/**
 * Imports a million transactions into a running product, on SQLite and on PostgreSQL, as a browser
 * sends them: an upload, then a task. Meanwhile a small request goes out every 10 ms; how long its
 * answer takes is how long the server's event loop is held. Then the same file again, the first
 * look at the lots, and a task that is cancelled half-way.
 */
import { startProduct } from "@/tests/e2e/product.ts";
import { findPostgres, startPostgres } from "@/tests/postgres.ts";

const isQuick = Deno.args.includes("--quick");
const ROWS = isQuick ? 50_000 : 1_000_000;
const GOAL_P99_MS = 50;
const GOAL_PEAK_MB = 1_024;
const ASK_EVERY_MS = 10;
const ASSETS = ["bitcoin", "ethereum", "solana", "cardano", "litecoin"];
const COLUMNS = "timestamp,action,asset_id,quantity,unit_price_usd,fee_asset,fee_amount,account," +
  "external_id";

/** Some 90 bytes a row; one of four has a fee, which becomes a row of its own. */
function ledgerCsv(rows: number): string {
  const lines = [COLUMNS];
  for (let at = 0; at < rows; at++) {
    const time = new Date(Date.UTC(2016, 0, 1) + at * 300_000).toISOString();
    const fee = at % 4 === 0 ? "usd,0.25" : ",";
    lines.push(
      `${time},${at % 3 === 2 ? "SELL" : "BUY"},${ASSETS[at % ASSETS.length]},0.${at % 89 + 10},` +
        `${100 + at % 900},${fee},${at % 2 === 0 ? "cold" : "exchange"},trade-${at}`,
    );
  }
  return lines.join("\n");
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

interface Task {
  readonly state: string;
  readonly result?: { readonly accepted: number; readonly duplicate: number };
  readonly progress?: { readonly done: number } | null;
}

/** Uploads a file, and waits for the end of its task, or for `isEnough`. */
async function importFile(
  base: string,
  csv: string,
  isEnough: (task: Task) => boolean = () => false,
): Promise<{ readonly path: string; readonly task: Task }> {
  const sent = await fetch(`${base}/import`, { method: "POST", body: csv });
  const { data } = await sent.json();
  if (sent.status !== 202) throw new Error(`Expected a task: ${sent.status}`);
  const path = `${base}/import/tasks/${data.id}`;
  while (true) {
    const task: Task = (await (await fetch(path)).json()).data;
    if (["done", "dead", "cancelled"].includes(task.state)) return { path, task };
    if (isEnough(task)) return { path, task };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The process's highest resident size so far (Linux). */
function peakMb(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}

async function measured(
  url: string,
  { name, pid, run }: { name: string; pid: number; run: () => Promise<string> },
): Promise<boolean> {
  const stop = askMeanwhile(url);
  const start = performance.now();
  const told = await run();
  const seconds = (performance.now() - start) / 1_000;
  const times = await stop();
  const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? NaN;
  const peak = peakMb(pid);
  console.log(
    `  ${name.padEnd(16)} ${seconds.toFixed(1)} s, ${told}; beside it ${times.length} requests, ` +
      `p50 ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms, longest ` +
      `${at(1).toFixed(0)} ms; peak so far ${peak.toFixed(0)} MB`,
  );
  return at(0.99) < GOAL_P99_MS && peak < GOAL_PEAK_MB;
}

async function benchOn(name: string, env: Readonly<Record<string, string>>): Promise<boolean> {
  console.log(`${name}, ${ROWS} rows:`);
  const csv = ledgerCsv(ROWS);
  await using product = await startProduct({ env: { TOKENLYSIS_DEMO: "off", ...env } });
  const { url, process: { pid } } = product;
  const made = await fetch(`${url}/api/portfolio`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "Large" }),
  });
  const base = `${url}/api/portfolio/${(await made.json()).data.portfolio_id}`;
  const imported = async () => {
    const { task: { state, result } } = await importFile(base, csv);
    return `${state}, ${result?.accepted} accepted, ${result?.duplicate} known`;
  };
  const look = async () => {
    const lots = await fetch(`${base}/lots?limit=1`);
    await lots.body?.cancel();
    return `${lots.status}`;
  };
  const cancel = async () => {
    const changed = csv.replaceAll(",trade-", ",other-");
    const half = (task: Task) => (task.progress?.done ?? 0) > ROWS / 4;
    const { path } = await importFile(base, changed, half);
    await (await fetch(path, { method: "DELETE" })).body?.cancel();
    while (true) {
      const { data: { state } } = await (await fetch(path)).json();
      if (state !== "running") return state;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const met = [
    await measured(url, { name: "import", pid, run: imported }),
    await measured(url, { name: "the same again", pid, run: imported }),
    await measured(url, { name: "cancelled", pid, run: cancel }),
    await measured(url, { name: "first lots", pid, run: look }),
  ];
  return met.every(Boolean);
}

async function main(): Promise<number> {
  const results = [];
  if (!Deno.args.includes("--postgres")) results.push(await benchOn("SQLite", {}));
  if (findPostgres() !== null && !Deno.args.includes("--sqlite")) {
    await using server = await startPostgres();
    results.push(await benchOn("PostgreSQL", { DATABASE_URL: await server.createDatabase() }));
  }
  return results.every(Boolean) || isQuick ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
