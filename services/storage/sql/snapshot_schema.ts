import type { SnapshotInterval } from "../../portfolio/snapshots/snapshot.ts";
import type { UuidValue } from "../uuid_column.ts";

interface SnapshotStateRow {
  readonly portfolio_id: UuidValue;
  readonly interval: SnapshotInterval;
  readonly start: number;
  readonly buckets: number;
  readonly ledger_version: number;
  readonly built_at: number;
}

interface SnapshotAssetRow {
  readonly portfolio_id: UuidValue;
  readonly interval: SnapshotInterval;
  readonly asset_id: string;
  readonly events: Uint8Array;
  readonly flows: Uint8Array;
  readonly unpriced: number;
  readonly rows_mark: number;
}

interface SnapshotChunkRow {
  readonly portfolio_id: UuidValue;
  readonly interval: SnapshotInterval;
  readonly asset_id: string;
  readonly account: string;
  readonly start: number;
  readonly values_usd: Uint8Array;
}

/** The tables of a portfolio's values through time. */
export interface SnapshotTables {
  readonly portfolio_snapshot_states: SnapshotStateRow;
  readonly portfolio_snapshot_assets: SnapshotAssetRow;
  readonly portfolio_snapshot_chunks: SnapshotChunkRow;
}
