import type { Uuid } from "@/services/kernel/ids.ts";
import { parseUtcMs, type UtcMs } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import type { LotRow } from "@/services/portfolio/lots.ts";
import { type Grid, gridBetween } from "@/services/portfolio/performance/grid.ts";
import {
  type PortfolioHistory,
  portfolioHistory,
} from "@/services/portfolio/performance/history.ts";

/** An instant of a test; throws for what is none. */
export function instant(text: string): UtcMs {
  const at = parseUtcMs(text);
  if (at === null) throw new RangeError(`Cannot read "${text}"`);
  return at;
}

/** A row of a test's ledger: when, action, asset, quantity and unit price. */
export type RowCase = readonly [
  at: string,
  action: LotRow["action"],
  assetId: string,
  quantity: string,
  unitPriceUsd?: string | null,
  more?: { readonly account?: string; readonly fee?: string; readonly parent?: number },
];

/** Ledger rows that keep their order. */
export function ledger(rows: readonly RowCase[]): readonly LotRow[] {
  const idOf = (index: number) => String(index).padStart(8, "0") as Uuid;
  return rows.map(([at, action, assetId, quantity, unitPriceUsd = null, more = {}], index) => ({
    id: idOf(index),
    at: instant(at),
    action,
    assetId: assetId as AssetId,
    quantity,
    unitPriceUsd,
    account: more.account ?? "a",
    txHash: null,
    fee: more.fee ?? null,
    parentId: more.parent === undefined ? null : idOf(more.parent),
  }));
}

/** Daily closes by asset from the grid's first day on; `null` where one is missing. */
export type CloseCase = Readonly<Record<string, readonly (number | null)[]>>;

/** Daily buckets from a day to the end of the last of so many. */
export function dailyGrid(from: string, days: number): Grid {
  const start = instant(from);
  return gridBetween("1d", { from: start, until: (start + days * 86_400_000) as UtcMs });
}

/** The history of rows at given closes, one bucket for each close. */
export function historyOf(
  rows: readonly LotRow[],
  { from, closes, grid }: {
    readonly from: string;
    readonly closes: CloseCase;
    readonly grid?: Grid;
  },
): PortfolioHistory {
  const days = Math.max(...Object.values(closes).map((column) => column.length));
  return portfolioHistory(rows, {
    grid: grid ?? dailyGrid(from, days),
    closesOf: (assetId) =>
      Float64Array.from({ length: days }, (_, day) => closes[assetId]?.[day] ?? NaN),
  });
}
