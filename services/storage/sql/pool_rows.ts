import type { Selectable } from "kysely";
import { utcMsOf } from "../../kernel/time.ts";
import {
  type Pool,
  POOL_KINDS,
  type PoolId,
  type RateBasis,
  type ReadingFlags,
  type StoredSnapshot,
  STRUCTURES,
} from "../../defi/pool.ts";
import type { Schema } from "./schema.ts";

type PoolRow = Selectable<Schema["pools"]>;
export type SnapshotRow = Selectable<Schema["pool_snapshots"]>;

/** What has no column of its own. */
interface Metadata {
  readonly basis: RateBasis;
  readonly flags: ReadingFlags;
  readonly kink?: number;
}

/** A pool as its row, without the times of writing. */
export function toPoolRow(pool: Pool): Omit<PoolRow, "created_at" | "updated_at"> {
  const { poolAddress, reserveFactor, maturityAt, ...same } = pool;
  return {
    ...same,
    pool_address: poolAddress,
    reserve_factor: reserveFactor,
    maturity_at: maturityAt,
  };
}

export function fromPoolRow(row: PoolRow): Pool {
  return {
    id: row.id as PoolId,
    protocol: row.protocol,
    chain: row.chain,
    poolAddress: row.pool_address,
    symbol: row.symbol,
    kind: POOL_KINDS.find((kind) => kind === row.kind) ?? null,
    structure: STRUCTURES.find((structure) => structure === row.structure) ?? null,
    reserveFactor: row.reserve_factor,
    maturityAt: row.maturity_at === null ? null : utcMsOf(row.maturity_at),
    since: row.since === null ? null : utcMsOf(row.since),
  };
}

export function toSnapshotRow(snapshot: StoredSnapshot, writtenAt: number): SnapshotRow {
  const { basis, flags, kink } = snapshot;
  const metadata: Metadata = { basis, flags, ...kink !== null && { kink } };
  return {
    pool_id: snapshot.poolId,
    source: snapshot.source,
    ts: snapshot.ts,
    ingested_at: snapshot.ingestedAt,
    available_at: snapshot.availableAt,
    discarded_at: snapshot.discardedAt,
    written_at: writtenAt,
    supply_apy: snapshot.supplyApy,
    borrow_apy: snapshot.borrowApy,
    incentive_apy: snapshot.incentiveApy,
    utilization: snapshot.utilization,
    tvl_usd: snapshot.tvlUsd,
    volume_usd: snapshot.volumeUsd,
    source_updated_at: snapshot.updatedAt,
    metadata: JSON.stringify(metadata),
  };
}

export function fromSnapshotRow(row: SnapshotRow): StoredSnapshot {
  const { basis, flags, kink = null } = JSON.parse(row.metadata) as Metadata;
  return {
    poolId: row.pool_id as PoolId,
    source: row.source,
    ts: utcMsOf(row.ts),
    ingestedAt: utcMsOf(row.ingested_at),
    availableAt: row.available_at === null ? null : utcMsOf(row.available_at),
    discardedAt: row.discarded_at === null ? null : utcMsOf(row.discarded_at),
    supplyApy: row.supply_apy,
    borrowApy: row.borrow_apy,
    incentiveApy: row.incentive_apy,
    utilization: row.utilization,
    tvlUsd: row.tvl_usd,
    volumeUsd: row.volume_usd,
    kink,
    updatedAt: row.source_updated_at === null ? null : utcMsOf(row.source_updated_at),
    basis,
    flags,
  };
}

/** Whether two rows say the same of the world; when they were known or written aside. */
export function saysTheSame(a: SnapshotRow, b: SnapshotRow): boolean {
  return a.supply_apy === b.supply_apy && a.borrow_apy === b.borrow_apy &&
    a.incentive_apy === b.incentive_apy && a.utilization === b.utilization &&
    a.tvl_usd === b.tvl_usd && a.volume_usd === b.volume_usd &&
    a.source_updated_at === b.source_updated_at && a.metadata === b.metadata;
}
