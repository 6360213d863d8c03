import type { LotPools } from "../../portfolio/portfolio.ts";
import type { SnapshotInterval } from "../../portfolio/snapshots/snapshot.ts";
import type { UuidValue } from "../uuid_column.ts";

interface SnapshotStateRow {
  readonly portfolio_id: UuidValue;
  readonly build: number;
  readonly ledger_version: number;
  readonly pools: LotPools;
  readonly fx_version: number | null;
  readonly first_at: number;
  readonly until: number;
  readonly valued_at: number;
  readonly built_at: number;
}

interface SnapshotAssetRow {
  readonly portfolio_id: UuidValue;
  readonly asset_id: string;
  /** JSON. */
  readonly closes: string;
  readonly row_marks: Uint8Array;
}

interface SnapshotChunkRow {
  readonly portfolio_id: UuidValue;
  readonly interval: SnapshotInterval;
  readonly asset_id: string;
  readonly start: number;
  /** JSON. */
  readonly accounts: string;
  readonly values_usd: Uint8Array;
  readonly events: Uint8Array;
  readonly flows: Uint8Array;
  readonly unpriced: Uint8Array;
  readonly accounts_usd: Uint8Array;
}

/** The tables of a portfolio's values through time. */
export interface SnapshotTables {
  readonly portfolio_snapshot_states: SnapshotStateRow;
  readonly portfolio_snapshot_assets: SnapshotAssetRow;
  readonly portfolio_snapshot_chunks: SnapshotChunkRow;
}
