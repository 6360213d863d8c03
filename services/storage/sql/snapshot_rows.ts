import { utcMsOf } from "../../kernel/time.ts";
import type { AccountValues } from "../../portfolio/performance/asset_history.ts";
import type { SnapshotChunk, SnapshotState } from "../../portfolio/snapshots/snapshot.ts";
import type { SnapshotTables } from "./snapshot_schema.ts";

type StateRow = Omit<SnapshotTables["portfolio_snapshot_states"], "portfolio_id">;
type ChunkRow = Omit<
  SnapshotTables["portfolio_snapshot_chunks"],
  "portfolio_id" | "interval" | "asset_id"
>;

export function toStateRow(state: SnapshotState): StateRow {
  return {
    build: state.build,
    ledger_version: state.ledgerVersion,
    pools: state.pools,
    fx_version: state.fxVersion,
    first_at: state.firstAt,
    until: state.until,
    valued_at: state.valuedAt,
    built_at: state.builtAt,
  };
}

export function toState(row: StateRow): SnapshotState {
  return {
    build: row.build,
    ledgerVersion: row.ledger_version,
    pools: row.pools,
    fxVersion: row.fx_version,
    firstAt: utcMsOf(row.first_at),
    until: utcMsOf(row.until),
    valuedAt: utcMsOf(row.valued_at),
    builtAt: utcMsOf(row.built_at),
  };
}

/** The values of a single account are those of the asset, and not kept twice. */
export function toChunkRow(
  { start, values, accounts, events, flows, unpriced }: SnapshotChunk,
): ChunkRow {
  return {
    start,
    accounts: JSON.stringify(accounts.map(({ account }) => account)),
    values_usd: toBytes(values),
    events: toBytes(events),
    flows: toBytes(flows),
    unpriced: toBytes(unpriced),
    accounts_usd: accounts.length === 1 ? new Uint8Array() : joined(accounts),
  };
}

/** `accounts_usd` is left out where nobody asks for values by account. */
export function toChunk(
  row: Omit<ChunkRow, "accounts_usd"> & { readonly accounts_usd?: Uint8Array | undefined },
): SnapshotChunk {
  const values = fromBytes(row.values_usd);
  return {
    start: utcMsOf(row.start),
    values,
    accounts: row.accounts_usd === undefined
      ? []
      : toAccounts(JSON.parse(row.accounts), { values, columns: fromBytes(row.accounts_usd) }),
    events: fromBytes(row.events),
    flows: fromBytes(row.flows),
    unpriced: fromBytes(row.unpriced),
  };
}

function joined(accounts: readonly AccountValues[]): Uint8Array {
  const length = accounts[0]?.values.length ?? 0;
  const columns = new Float64Array(length * accounts.length);
  for (const [index, { values }] of accounts.entries()) columns.set(values, index * length);
  return toBytes(columns);
}

function toAccounts(
  names: readonly string[],
  { values, columns }: { readonly values: Float64Array; readonly columns: Float64Array },
): readonly AccountValues[] {
  const { length } = values;
  return names.map((account, index) => ({
    account,
    values: names.length === 1 ? values : columns.slice(index * length, (index + 1) * length),
  }));
}

export function toBytes(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

/** A copy where what the database gives does not start at a multiple of 8 bytes. */
export function fromBytes(bytes: Uint8Array): Float64Array {
  const isAligned = bytes.byteOffset % 8 === 0;
  const { buffer, byteOffset } = isAligned ? bytes : new Uint8Array(bytes);
  return new Float64Array(buffer, byteOffset, bytes.byteLength / 8);
}
