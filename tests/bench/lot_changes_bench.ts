// deno-lint-ignore-file no-console
/**
 * One row is added at the end of a matched ledger of 14,400 rows, in its middle, or changed at
 * its beginning; the lots that follow are compared with matching all rows anew, and timed. Rows
 * are in one asset, where every row bears on later ones, and in 250 assets.
 */
import type { Uuid } from "@/services/kernel/ids.ts";
import { type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { LotMatcher, type LotRow, matchLots } from "@/services/portfolio/lots.ts";
import type { LotMethod } from "@/services/portfolio/portfolio.ts";

const isQuick = Deno.args.includes("--quick");
const ROWS = isQuick ? 2_000 : 14_400;
const ROUNDS = isQuick ? 3 : 15;
const METHODS: readonly LotMethod[] = ["fifo", "hifo", "acb"];
const HOUR_MS = 3_600_000;
const START = Date.UTC(2014, 0, 1);
/** For a row at the end; a change at the beginning costs what it must. */
const GOAL_MS = 10;

let seed = 7;
const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;

function rowOf(id: string, at: UtcMs, assetId: string): LotRow {
  const isSale = random() < 0.4;
  return {
    id: id as Uuid,
    at,
    action: isSale ? "SELL" : "BUY",
    assetId: assetId as AssetId,
    quantity: (isSale ? 0.9 + random() / 10 : 1 + random()).toFixed(8),
    unitPriceUsd: (90 + random() * 20).toFixed(2),
    account: ["exchange", "wallet", "ledger"][Math.floor(random() * 3)] ?? "",
    txHash: null,
    fee: (random() * 2).toFixed(2),
    parentId: null,
  };
}

function ledgerOf(assets: number): LotRow[] {
  return Array.from({ length: ROWS }, (_, index) => {
    const id = String(index).padStart(8, "0");
    return rowOf(id, utcMsOf(START + index * HOUR_MS), `asset-${index % assets}`);
  });
}

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Milliseconds until the whole book is there again, after a row at a share of the ledger's time. */
function afterChange(rows: readonly LotRow[], method: LotMethod, share: number): number {
  const options = { rule: { method, pools: "account" as const } };
  const known = new Map(rows.map((row) => [row.id, row]));
  const matcher = new LotMatcher(rows, options);
  matcher.book();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const at = utcMsOf(START + Math.floor(share * ROWS) * HOUR_MS + round);
    const row = rowOf(`new-${round}`, at, rows[0]?.assetId ?? "");
    known.set(row.id, row);
    times.push(timed(() => {
      matcher.upsert(row);
      matcher.book();
    }));
  }
  const expected = JSON.stringify(matchLots([...known.values()], options));
  if (JSON.stringify(matcher.book()) !== expected) throw new Error("Expected the same lots");
  return median(times);
}

function main(): number {
  let isMet = true;
  for (const assets of [1, 250]) {
    const rows = ledgerOf(assets);
    for (const method of METHODS) {
      const options = { rule: { method, pools: "account" as const } };
      const anew = median(
        Array.from({ length: 3 }, () => timed(() => void matchLots(rows, options))),
      );
      const [end, middle, start] = [1, 0.5, 0].map((share) => afterChange(rows, method, share));
      isMet &&= (end ?? NaN) < GOAL_MS;
      console.log(
        `${ROWS} rows, ${assets} assets, ${method.padEnd(4)}  all anew ${anew.toFixed(0)} ms; ` +
          `a row more: at the end ${end?.toFixed(1)} ms (goal ${GOAL_MS}), in the middle ` +
          `${middle?.toFixed(1)} ms, at the beginning ${start?.toFixed(1)} ms`,
      );
    }
  }
  return isMet || isQuick ? 0 : 1;
}

if (import.meta.main) Deno.exit(main());
