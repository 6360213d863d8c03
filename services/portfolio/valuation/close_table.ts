import { utcMsOf } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import type { CloseColumn } from "./close_column.ts";
import { resolutionAt, type TimeAxis } from "./time_axis.ts";
import type { PricePoint } from "./valued.ts";

/** Closes of many assets along one time axis, as columns. */
export class CloseTable {
  readonly axis: TimeAxis;
  readonly #columns: ReadonlyMap<AssetId, CloseColumn>;

  constructor(axis: TimeAxis, columns: ReadonlyMap<AssetId, CloseColumn>) {
    this.axis = axis;
    this.#columns = columns;
  }

  get assetIds(): readonly AssetId[] {
    return [...this.#columns.keys()];
  }

  /** The closes of an asset. Throws `RangeError` for one that was not asked for. */
  column(assetId: AssetId): CloseColumn {
    const column = this.#columns.get(assetId);
    if (!column) throw new RangeError(`Cannot read closes of "${assetId}": it was not asked for`);
    return column;
  }

  /** A close with where it comes from; `null` where there is none. */
  priceAt(assetId: AssetId, index: number): PricePoint | null {
    const { close, asof, source, sources } = this.column(assetId);
    const priceUsd = close[index] ?? NaN;
    if (Number.isNaN(priceUsd)) return null;
    return {
      priceUsd,
      priceSource: sources[source[index] ?? 0] ?? "",
      resolution: resolutionAt(this.axis, index),
      asof: utcMsOf(asof[index] ?? NaN),
    };
  }

  /** The assets without a close at a time. */
  missingAt(index: number): readonly AssetId[] {
    return this.assetIds.filter((assetId) => Number.isNaN(this.column(assetId).close[index]));
  }
}
