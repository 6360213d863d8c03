import type { FxKind } from "../../portfolio/fx/fx_rate.ts";
import type { UuidValue } from "../uuid_column.ts";

interface FxRateRow {
  readonly base: string;
  readonly quote: string;
  readonly kind: FxKind;
  readonly source: string;
  readonly at: number;
  readonly rate: number;
  readonly ingested_at: number;
}

interface FxImportRow {
  readonly id: UuidValue;
  readonly source: string;
  readonly origin: string;
  readonly checksum: string;
  readonly days: number;
  readonly cells_read: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly absent: number;
  readonly quarantined: number;
  readonly started_at: number;
  readonly finished_at: number | null;
}

interface FxQuarantineRow {
  readonly import_id: UuidValue;
  readonly position: number;
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

interface FxPermitRow {
  readonly currency: string;
  readonly granted_at: number;
  readonly granted_by: string;
  readonly until: number;
}

interface FxGoodNavRow {
  readonly portfolio_id: UuidValue;
  readonly currency: string;
  readonly nav: string;
  readonly asof: number;
}

/** The tables of exchange rates. */
export interface FxTables {
  readonly fx_rates: FxRateRow;
  readonly fx_imports: FxImportRow;
  readonly fx_quarantine: FxQuarantineRow;
  readonly fx_permits: FxPermitRow;
  readonly fx_good_navs: FxGoodNavRow;
}
