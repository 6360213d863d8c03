import type { UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import type { LedgerScope } from "../ledger/ledger_ports.ts";
import type { Portfolio } from "../portfolio.ts";
import type { CloseMarks } from "../valuation/close_marks.ts";
import type { AssetSnapshot, SnapshotChunk, SnapshotInterval, SnapshotState } from "./snapshot.ts";

/** What an asset's snapshots were made of. */
export interface AssetInputs {
  readonly assetId: AssetId;
  /** Pairs in order of time: when a row happened, and its fingerprint. */
  readonly rowMarks: Float64Array;
  readonly closes: CloseMarks;
}

/** New chunks of an asset from an instant on; what begins by then is replaced. */
export interface SnapshotPiece {
  readonly interval: SnapshotInterval;
  readonly assetId: AssetId;
  readonly from: UtcMs;
  readonly chunks: readonly SnapshotChunk[];
}

/** All that a rebuild changes. */
export interface SnapshotWrite {
  /** The build that it was made on, 0 for none: another one since then refuses the write. */
  readonly basedOn: number;
  readonly state: SnapshotState;
  /** Of assets whose inputs changed. */
  readonly inputs: readonly AssetInputs[];
  readonly pieces: readonly SnapshotPiece[];
  /** Everything of other assets goes. */
  readonly assetIds: readonly AssetId[];
  /** Chunks that begin before it go. */
  readonly keptFrom: Readonly<Record<SnapshotInterval, UtcMs>>;
}

export interface ChunkQuery {
  readonly interval: SnapshotInterval;
  /** All of them by default. */
  readonly assetIds?: readonly AssetId[];
  /** Those that begin at or after it. */
  readonly from?: UtcMs;
  /** Whether values by account come along; reading is faster without. */
  readonly hasAccounts?: boolean;
}

/** A portfolio that has had rows, and how far its snapshots are. */
export interface OwnedSnapshot {
  readonly portfolio: SnapshotOwner;
  /** `null` where none were made yet. */
  readonly state: SnapshotState | null;
}

/** What of a portfolio its snapshots depend on. */
export type SnapshotOwner = Pick<Portfolio, "id" | "ownerId" | "ledgerVersion" | "rule">;

/** Values of portfolios through time: a cache, which can be made again from the ledger. */
export interface SnapshotStore {
  /** `null` where there are none, and of a portfolio that the owner does not have. */
  findState(scope: LedgerScope): Promise<SnapshotState | null>;
  readInputs(scope: LedgerScope): Promise<readonly AssetInputs[]>;
  /** The states of its series that each asset's closes were read from. */
  readMarks(scope: LedgerScope): Promise<ReadonlyMap<AssetId, CloseMarks>>;
  /** The assets of which anything is kept, ordered. */
  listAssetIds(scope: LedgerScope): Promise<readonly AssetId[]>;
  /** What is kept of each asset, ordered by its id. */
  readAssets(scope: LedgerScope, query: ChunkQuery): Promise<readonly AssetSnapshot[]>;
  /** Writes all of it in one transaction; `false` where another rebuild was faster. */
  write(scope: LedgerScope, write: SnapshotWrite): Promise<boolean>;
  /** Removes everything of a portfolio whose ledger is empty. */
  clear(scope: LedgerScope): Promise<void>;
  /** Every portfolio that is not deleted, of all owners. */
  listStates(): Promise<readonly OwnedSnapshot[]>;
}
