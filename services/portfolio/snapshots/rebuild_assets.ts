import type { UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import type { LotRow } from "../lots/lot_book.ts";
import { assetHistory } from "../performance/asset_history.ts";
import type { Grid } from "../performance/grid.ts";
import { movementsOfAsset } from "../performance/movements.ts";
import type { LotPools } from "../portfolio.ts";
import {
  type AssetSnapshot,
  chunksOf,
  chunkStart,
  historyOfSnapshot,
  type SnapshotChunk,
  type SnapshotInterval,
} from "./snapshot.ts";
import { splice } from "./splice.ts";

/** Buckets of one interval in which an asset is to be valued anew. */
export interface IntervalTask {
  readonly interval: SnapshotInterval;
  /** What is read: some buckets more than change, as what is left out depends on them. */
  readonly read: Grid;
  /** Which of them is the first that changes. */
  readonly from: number;
  /** What is written: the rest of the grid from the start of a chunk on. */
  readonly write: Grid;
  /** Which bucket of that is the first that changes. */
  readonly at: number;
  /** Dollars at the ends of what is read, NaN where there is none. */
  readonly closes: Float64Array;
  /** What stands in the buckets that are written. */
  readonly before: AssetSnapshot | null;
}

/** One asset with all that it depends on. */
export interface AssetTask {
  readonly assetId: AssetId;
  readonly rows: readonly LotRow[];
  readonly parts: readonly IntervalTask[];
}

/** Assets of one portfolio; it can be sent to a thread as it is. */
export interface RebuildTask {
  readonly pools: LotPools;
  /** Dollars for one unit of the money of a fee or a trade, by `cashKey`. */
  readonly cashPrices: ReadonlyMap<string, number>;
  readonly assets: readonly AssetTask[];
}

/** New chunks of an asset; they replace all from the start of a chunk on. */
export interface ValuedPart {
  readonly assetId: AssetId;
  readonly interval: SnapshotInterval;
  readonly from: UtcMs;
  readonly chunks: readonly SnapshotChunk[];
}

/** Names a kind of money at a time. */
export function cashKey(cashId: AssetId, at: UtcMs): string {
  return `${cashId} ${at}`;
}

/** Values assets through time. */
export function rebuildAssets({ pools, cashPrices, assets }: RebuildTask): ValuedPart[] {
  return assets.flatMap(({ assetId, rows, parts }) => {
    const movements = movementsOfAsset(rows, {
      ...{ assetId, pools },
      cashPriceUsd: (cashId, at) => cashPrices.get(cashKey(cashId, at)) ?? null,
    });
    return parts.map(({ interval, read, from, write, at, closes, before }) => {
      const fresh = assetHistory({ assetId, movements }, { grid: read, closes });
      const old = before && historyOfSnapshot(before, write);
      const history = splice(old, { history: fresh, from, at });
      const chunks = chunksOf(history, { interval, grid: write, from: 0 });
      return { assetId, interval, from: chunkStart(interval, write.start), chunks };
    });
  });
}
