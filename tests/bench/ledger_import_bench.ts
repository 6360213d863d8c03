// deno-lint-ignore-file no-console
/**
 * Imports a million transactions into a running product, on SQLite and on PostgreSQL, as a browser
 * sends them: an upload, then a task. Meanwhile a small request goes out every 10 ms; how long its
 * answer takes is how long the server's event loop is held. And a watchlist is renamed every 100 ms,
 * which shows how long another write waits. Before it a preview of the file, after it its undoing,
 * a file of 256 MiB, the same again, one that changes each row and its undoing, a task that is
 * cancelled half-way, and a byte more than may be.
 */
import { startProduct } from "@/tests/e2e/product.ts";
import { findPostgres, startPostgres } from "@/tests/postgres.ts";

const isQuick = Deno.args.includes("--quick");
const ROWS = isQuick ? 50_000 : 1_000_000;
const LARGEST_BYTES = (isQuick ? 8 : 256) * 1024 ** 2;
const GOAL_P99_MS = 50;
const GOAL_PEAK_MB = 1_024;
const GOAL_WRITE_MS = 100;
const ASK_EVERY_MS = 10;
const WRITE_EVERY_MS = 100;
const ASSETS = ["bitcoin", "ethereum", "solana", "cardano", "litecoin"];
const COLUMNS = "timestamp,action,asset_id,quantity,unit_price_usd,fee_asset,fee_amount,account," +
  "external_id,notes";

/** A file of the rows, of so many bytes by what its notes say; one of four has a fee. */
function* ledgerCsv(
  { name, bytes = 0, price = 100 }: {
    readonly name: string;
    readonly bytes?: number;
    readonly price?: number;
  },
): Generator<string> {
  const rowOf = (at: number, notes: string) => {
    const time = new Date(Date.UTC(2016, 0, 1) + at * 300_000).toISOString();
    const fee = at % 4 === 0 ? "usd,0.25" : ",";
    return `${time},${at % 3 === 2 ? "SELL" : "BUY"},${ASSETS[at % ASSETS.length]},` +
      `0.${at % 89 + 10},${price + at % 900},${fee},${at % 2 === 0 ? "cold" : "exchange"},` +
      `${name}-${at},${notes}\n`;
  };
  let left = bytes - COLUMNS.length - 1;
  let part = `${COLUMNS}\n`;
  for (let at = 0; at < ROWS; at++) {
    const plain = rowOf(at, "").length;
    const room = Math.max(0, Math.floor(left / (ROWS - at)) - plain);
    // The last row takes what is left, so that the size is met to the byte.
    const row = rowOf(at, "n".repeat(at === ROWS - 1 ? Math.max(0, left - plain) : room));
    left -= row.length;
    part += row;
    if (part.length < 65_536) continue;
    yield part;
    part = "";
  }
  yield part;
}

/** Such a file, whose length is told before it is sent, as browsers do. */
function fileOf(options: Parameters<typeof ledgerCsv>[0]): Blob {
  return new Blob([...ledgerCsv(options)]);
}

const NO_FILE = () => new Blob();

/** Runs an act again and again until told to stop; milliseconds of each time, sorted. */
function repeat(act: () => Promise<Response>, everyMs: number): () => Promise<readonly number[]> {
  const times: number[] = [];
  let isDone = false;
  const acting = (async () => {
    while (!isDone) {
      const start = performance.now();
      const answer = await act();
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`Expected an answer beside the import: ${answer.status}`);
      times.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  })();
  return async () => {
    isDone = true;
    await acting;
    return times.toSorted((a, b) => a - b);
  };
}

interface Report {
  readonly state: string;
  readonly import_id: string | null;
  readonly accepted: number;
  readonly duplicate: number;
}

interface Task {
  readonly state: string;
  readonly result?: Report;
  readonly error?: string | null;
  readonly progress?: { readonly done: number; readonly total: number | null } | null;
}

interface Place {
  readonly url: string;
  readonly base: string;
  readonly pid: number;
}

/** Uploads a file, and waits for the end of its task, or for `isEnough`. */
async function importFile(
  { base }: Place,
  { file, query = "", isEnough = () => false }: {
    readonly file: Blob;
    readonly query?: string;
    readonly isEnough?: (task: Task) => boolean;
  },
): Promise<{ readonly path: string; readonly task: Task }> {
  const sent = await fetch(`${base}/import${query}`, { method: "POST", body: file });
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

/** The process's highest resident size since `forgetPeak` (Linux). */
function peakMb(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}

function forgetPeak(pid: number): void {
  Deno.writeTextFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** Runs one act beside small requests and writes; whether it met its goals. */
async function measured(
  { url, pid }: Place,
  { name, run }: { readonly name: string; readonly run: () => Promise<string> },
): Promise<boolean> {
  const json = { "content-type": "application/json" };
  const made = await fetch(`${url}/api/watchlist`, {
    ...{ method: "POST", headers: json, body: JSON.stringify({ name: "Watched" }) },
  });
  const list = `${url}/api/watchlist/${(await made.json()).data.watchlist_id}`;
  let count = 0;
  forgetPeak(pid);
  const stopAsking = repeat(() => fetch(`${url}/healthz`), ASK_EVERY_MS);
  const stopWriting = repeat(() => {
    const body = JSON.stringify({ name: `Watched ${++count}` });
    return fetch(list, { method: "PUT", headers: json, body });
  }, WRITE_EVERY_MS);
  const start = performance.now();
  const told = await run();
  const seconds = (performance.now() - start) / 1_000;
  const [times, writes] = [await stopAsking(), await stopWriting()];
  await (await fetch(list, { method: "DELETE" })).body?.cancel();
  const at = (of: readonly number[], share: number) =>
    of[Math.floor((of.length - 1) * share)] ?? NaN;
  const peak = peakMb(pid);
  console.log(
    `  ${name.padEnd(16)} ${seconds.toFixed(1)} s, ${told}; beside it ${times.length} requests, ` +
      `p50 ${at(times, 0.5).toFixed(1)} ms, p99 ${at(times, 0.99).toFixed(1)} ms, longest ` +
      `${at(times, 1).toFixed(0)} ms; ${writes.length} writes, p50 ${at(writes, 0.5).toFixed(0)} ` +
      `ms, longest ${at(writes, 1).toFixed(0)} ms; peak ${peak.toFixed(0)} MB`,
  );
  return at(times, 0.99) < GOAL_P99_MS && at(writes, 1) < GOAL_WRITE_MS && peak < GOAL_PEAK_MB;
}

const tell = ({ state, result, error }: Task) =>
  `${result?.state ?? state}, ${result?.accepted ?? error} accepted, ${result?.duplicate} known`;

async function cancelHalfWay(place: Place, file: Blob): Promise<string> {
  const isEnough = ({ progress }: Task) => (progress?.done ?? 0) > (progress?.total ?? NaN) / 2;
  const { path } = await importFile(place, { file, isEnough });
  await (await fetch(path, { method: "DELETE" })).body?.cancel();
  while (true) {
    const { data: { state } } = await (await fetch(path)).json();
    if (state !== "running") return state;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function undo({ base }: Place, importId: string | null | undefined): Promise<string> {
  const undone = await fetch(`${base}/imports/${importId}`, { method: "DELETE" });
  const { data } = await undone.json();
  return `${undone.status}, ${data?.removed} rows removed, ${data?.restored} put back`;
}

/** One byte more than a file may have. */
function tooLarge(): Blob {
  const part = "a".repeat(1024 ** 2);
  return new Blob([...Array.from({ length: 256 }, () => part), "a"]);
}

async function sendTooLarge({ base }: Place, body: Blob): Promise<string> {
  const refused = await fetch(`${base}/import`, { method: "POST", body });
  const { error } = await refused.json();
  return `${refused.status} ${error?.code}: ${error?.message}`;
}

async function openPlace(url: string, pid: number): Promise<Place> {
  const made = await fetch(`${url}/api/portfolio`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "Large" }),
  });
  return { url, pid, base: `${url}/api/portfolio/${(await made.json()).data.portfolio_id}` };
}

async function benchOn(name: string, env: Readonly<Record<string, string>>): Promise<boolean> {
  console.log(`${name}, ${ROWS} rows, load ${Deno.loadavg()[0]?.toFixed(1)}:`);
  await using product = await startProduct({ env: { TOKENLYSIS_DEMO: "off", ...env } });
  const place = await openPlace(product.url, product.process.pid);
  let importId: string | null | undefined;
  const imported = async (file: Blob, query?: string) => {
    const { task } = await importFile(place, { file, ...query !== undefined && { query } });
    importId = task.result?.import_id;
    return tell(task);
  };
  const look = async () => {
    const lots = await fetch(`${place.base}/lots?limit=1`);
    await lots.body?.cancel();
    return `${lots.status}`;
  };
  const trades = () => fileOf({ name: "trade" });
  const largest = () => fileOf({ name: "large", bytes: LARGEST_BYTES });
  const acts: readonly (readonly [string, () => Blob, (file: Blob) => Promise<string>])[] = [
    ["preview", trades, (file) => imported(file, "?dry_run=1")],
    ["import", trades, imported],
    ["undo", NO_FILE, () => undo(place, importId)],
    [`${LARGEST_BYTES / 1024 ** 2} MiB`, largest, imported],
    ["the same again", largest, imported],
    ["each row changed", () => fileOf({ name: "large", price: 200 }), imported],
    ["its undoing", NO_FILE, () => undo(place, importId)],
    ["cancelled", () => fileOf({ name: "other" }), (file) => cancelHalfWay(place, file)],
    ["a byte too many", tooLarge, (file) => sendTooLarge(place, file)],
    ["first lots", NO_FILE, look],
  ];
  let isMet = true;
  for (const [name, prepare, run] of acts) {
    // Before the clock starts, as writing a file holds this process too.
    const file = prepare();
    isMet = await measured(place, { name, run: () => run(file) }) && isMet;
  }
  return isMet;
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
