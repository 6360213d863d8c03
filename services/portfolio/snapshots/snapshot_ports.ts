import type { UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import type { LedgerScope } from "../ledger/ledger_ports.ts";
import type { AssetSnapshot, SnapshotInterval, SnapshotState } from "./snapshot.ts";

/** What a rebuild leaves behind for one interval. */
export interface SnapshotWrite {
  readonly state: SnapshotState;
  readonly assets: readonly AssetSnapshot[];
  /** Chunks that end by then stay as they are. */
  readonly from: UtcMs;
}

/** Values of portfolios through time: a cache, which can be made again from the ledger. */
export interface SnapshotStore {
  /** `null` where there are none, and of a portfolio that the owner does not have. */
  findState(scope: LedgerScope, interval: SnapshotInterval): Promise<SnapshotState | null>;
  /** Every asset's snapshot of an interval. */
  readAssets(
    scope: LedgerScope,
    interval: SnapshotInterval,
  ): Promise<readonly AssetSnapshot[]>;
  /** The fingerprint of the rows that each asset's snapshot was made of. */
  readMarks(
    scope: LedgerScope,
    interval: SnapshotInterval,
  ): Promise<ReadonlyMap<AssetId, number>>;
  /** Replaces what is kept of these assets, and the state, together or not at all. */
  write(scope: LedgerScope, write: SnapshotWrite): Promise<void>;
  /** Removes the assets that are not among these, and chunks that begin before the state's grid. */
  retain(
    scope: LedgerScope,
    kept: { readonly state: SnapshotState; readonly assetIds: readonly AssetId[] },
  ): Promise<void>;
}
