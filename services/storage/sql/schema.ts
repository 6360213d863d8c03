import type { Generated } from "kysely";
import type { RegistryRows } from "../../market/assets_tables.ts";
import type { JobState } from "../../ports/jobs.ts";
import type { UuidValue } from "../uuid_column.ts";
import type { FxTables } from "./fx_schema.ts";
import type { SnapshotTables } from "./snapshot_schema.ts";
import type { PortfolioTables } from "./portfolio_schema.ts";

/** Lists, and what has no columns of its own, are kept as the text of their JSON. */
type JsonText = string;

interface CandleSeriesRow {
  readonly id: Generated<number>;
  readonly asset_id: string;
  readonly interval: string;
  readonly source: string;
  readonly rows: number;
  readonly first_open_time: number | null;
  readonly last_open_time: number | null;
  readonly version: number;
  /** `version:open_time` pairs. */
  readonly changes: string;
  readonly updated_at: number;
}

interface CandleRow {
  readonly series_id: number;
  readonly open_time: number;
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly close: number;
  readonly volume: number | null;
  readonly volume_usd: number | null;
  readonly market_cap_usd: number | null;
  /** Index into `CANDLE_STATES`. */
  readonly state: number;
  readonly revision: number;
  readonly ingested_at: number;
}

interface CandleRevisionRow extends CandleRow {
  readonly replaced_at: number;
}

interface CandleImportRow {
  readonly id: UuidValue;
  readonly source: string;
  readonly origin: string;
  readonly format: string;
  readonly checksum: string;
  readonly started_at: number;
  readonly finished_at: number | null;
  readonly rows_read: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly quarantined: number;
}

interface CandleImportSeriesRow {
  readonly series_id: number;
  readonly import_id: UuidValue;
}

interface QuarantinedRowRow {
  readonly import_id: UuidValue;
  readonly position: number;
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

/** A registry row as the database has it. */
type Stored<Row> = {
  readonly [Column in keyof Row]: Row[Column] extends readonly string[] ? JsonText : Row[Column];
};

type RegistryTables = { readonly [Table in keyof RegistryRows]: Stored<RegistryRows[Table]> };

interface RegistryStateRow {
  readonly id: number;
  readonly version: string;
  readonly checksum: string;
  readonly seeded_at: number;
}

interface JobRow {
  readonly id: UuidValue;
  readonly name: string;
  readonly key: string;
  readonly payload: JsonText;
  readonly state: JobState;
  readonly run_at: number;
  readonly lease_until: number | null;
  readonly lease_owner: string | null;
  readonly attempts: number;
  readonly max_attempts: number;
  readonly timeout_ms: number;
  /** 1 where the run was asked to stop for good, else 0. */
  readonly cancel_requested: number;
  readonly progress: JsonText | null;
  readonly result: JsonText | null;
  readonly error: string | null;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly finished_at: number | null;
}

interface LeaseRow {
  readonly name: string;
  readonly owner: string;
  readonly lease_until: number;
}

interface AuditLogRow {
  readonly id: UuidValue;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly details: JsonText;
}

interface ProviderStateRow {
  readonly provider: string;
  readonly budgets: JsonText | null;
  readonly control: JsonText | null;
  readonly updated_at: number;
}

interface RawIngestRow {
  readonly provider: string;
  readonly key: string;
  readonly checksum: string;
  readonly url: string;
  readonly status: number;
  /** gzip. */
  readonly body: Uint8Array;
  readonly first_seen_at: number;
  readonly seen_at: number;
  readonly quarantine_reason: string | null;
}

interface LivePriceRow {
  readonly asset_id: string;
  readonly price_usd: number;
  readonly asof: number;
  readonly source: string;
  readonly venues: JsonText;
  readonly excluded: JsonText;
}

interface MarketFiguresRow {
  readonly asset_id: string;
  readonly source: string;
  readonly asof: number;
  readonly volume_24h_usd: number | null;
  readonly market_cap_usd: number | null;
}

interface CandleAbsenceRow {
  readonly asset_id: string;
  readonly interval: string;
  readonly source: string;
  readonly from_time: number;
  readonly to_time: number;
  readonly asked_at: number;
}

interface HeldPriceRow {
  readonly id: UuidValue;
  readonly asset_id: string;
  readonly venue: string;
  readonly price_usd: number;
  readonly at: number;
  readonly last_price_usd: number;
  readonly last_at: number;
  readonly state: "held" | "confirmed" | "accepted" | "dropped";
  readonly settled_by: string | null;
  readonly settled_at: number | null;
}

interface DataVersionRow {
  readonly topic: string;
  readonly version: number;
}

interface ScoreRunRow {
  readonly method: string;
  /** UTC ms of its start. */
  readonly day: number;
  readonly previous_day: number | null;
  readonly created_at: number;
  /** 1 where any score is of the demo market, else 0. */
  readonly is_demo: number;
  readonly lineage: JsonText;
  readonly universe: JsonText;
}

interface ScoreCardRow {
  readonly method: string;
  readonly asset_id: string;
  /** UTC ms of its start. */
  readonly day: number;
  readonly score: number | null;
  readonly band: JsonText | null;
  readonly rank: number | null;
  readonly grade: JsonText | null;
  readonly coverage: number;
  readonly card: JsonText;
}

interface ScoreRelationRow {
  readonly method: string;
  /** Days. */
  readonly horizon: number;
  /** UTC ms of its start. */
  readonly day: number;
  /** 1 where any candle was of the demo market, else 0. */
  readonly is_demo: number;
  readonly inputs: string;
  readonly correlations: JsonText;
  readonly measured_at: number;
}

interface PoolRow {
  readonly id: string;
  readonly protocol: string;
  readonly chain: string;
  readonly pool_address: string;
  readonly symbol: string;
  readonly kind: string | null;
  readonly structure: string | null;
  readonly reserve_factor: number | null;
  readonly maturity_at: number | null;
  readonly since: number | null;
  readonly created_at: number;
  readonly updated_at: number;
}

interface PoolSnapshotRow {
  readonly pool_id: string;
  readonly source: string;
  readonly ts: number;
  readonly ingested_at: number;
  /** `null` while it is held, and where it was discarded. */
  readonly available_at: number | null;
  readonly discarded_at: number | null;
  readonly written_at: number;
  readonly supply_apy: number;
  readonly borrow_apy: number | null;
  readonly incentive_apy: number | null;
  readonly utilization: number | null;
  readonly tvl_usd: number | null;
  readonly volume_usd: number | null;
  readonly source_updated_at: number | null;
  readonly metadata: JsonText;
}

interface PoolFetchRow {
  readonly provider: string;
  readonly target: string;
  readonly started_at: number;
  readonly finished_at: number | null;
  readonly problem: string | null;
}

interface PoolQuarantineRow {
  readonly provider: string;
  readonly target: string;
  readonly line: number;
  readonly position: number;
  readonly reason: string;
  readonly seen_at: number;
}

interface PaidRunRow {
  readonly provider: string;
  readonly target: string;
  readonly run_id: string;
  readonly started_at: number;
}

interface GaugeHourRow {
  readonly name: string;
  readonly hour: number;
  readonly summary: JsonText;
}

interface GaugeTryRow {
  readonly name: string;
  readonly at: number;
  readonly problem: string | null;
}

interface GaugeReadingRow {
  readonly name: string;
  readonly asof: number;
  readonly reading: JsonText;
}

interface SchemaMigrationRow {
  readonly name: string;
  readonly applied_at: number;
}

/** Every table, as the stores see it. */
export interface Schema extends RegistryTables, PortfolioTables, FxTables, SnapshotTables {
  readonly candle_series: CandleSeriesRow;
  readonly candles: CandleRow;
  readonly candle_revisions: CandleRevisionRow;
  readonly candle_imports: CandleImportRow;
  readonly candle_import_series: CandleImportSeriesRow;
  readonly quarantined_rows: QuarantinedRowRow;
  readonly registry_state: RegistryStateRow;
  readonly jobs: JobRow;
  readonly provider_state: ProviderStateRow;
  readonly raw_ingest: RawIngestRow;
  readonly leases: LeaseRow;
  readonly audit_log: AuditLogRow;
  readonly live_prices: LivePriceRow;
  readonly market_figures: MarketFiguresRow;
  readonly candle_absences: CandleAbsenceRow;
  readonly held_prices: HeldPriceRow;
  readonly score_runs: ScoreRunRow;
  readonly score_cards: ScoreCardRow;
  readonly score_relations: ScoreRelationRow;
  readonly pools: PoolRow;
  readonly pool_snapshots: PoolSnapshotRow;
  readonly pool_fetches: PoolFetchRow;
  readonly paid_runs: PaidRunRow;
  readonly pool_quarantine: PoolQuarantineRow;
  readonly gauge_readings: GaugeReadingRow;
  readonly gauge_hours: GaugeHourRow;
  readonly gauge_tries: GaugeTryRow;
  readonly data_version: DataVersionRow;
  readonly schema_migrations: SchemaMigrationRow;
}
