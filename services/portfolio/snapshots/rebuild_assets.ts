import type { AssetId } from "../../market/mod.ts";
import type { LotRow } from "../lots/lot_book.ts";
import { assetHistory } from "../performance/asset_history.ts";
import { bucketOf, type Grid } from "../performance/grid.ts";
import { movementsOfAsset } from "../performance/movements.ts";
import type { LotPools } from "../portfolio.ts";
import { type AssetSnapshot, snapshotOf } from "./snapshot.ts";

/** One asset to be valued anew, with all that it depends on. */
export interface AssetTask {
  readonly assetId: AssetId;
  readonly rows: readonly LotRow[];
  readonly rowsMark: number;
  /** Dollars at the ends of the grid's buckets, NaN where there is none. */
  readonly closes: Float64Array;
}

/** Assets of one portfolio and grid; it can be sent to a thread as it is. */
export interface RebuildTask {
  readonly grid: Grid;
  readonly pools: LotPools;
  /** Dollars for one unit of money in which fees were paid, at the ends of the grid's buckets. */
  readonly cash: ReadonlyMap<AssetId, Float64Array>;
  readonly assets: readonly AssetTask[];
}

/** Values assets through time. */
export function rebuildAssets({ grid, pools, cash, assets }: RebuildTask): AssetSnapshot[] {
  return assets.map(({ assetId, rows, rowsMark, closes }) => {
    const movements = movementsOfAsset(rows, {
      ...{ assetId, pools },
      cashPriceUsd: (cashId, at) => {
        const price = cash.get(cashId)?.[bucketOf(grid, at)] ?? NaN;
        return Number.isNaN(price) ? null : price;
      },
    });
    return snapshotOf(assetHistory({ assetId, movements }, { grid, closes }), { grid, rowsMark });
  });
}
