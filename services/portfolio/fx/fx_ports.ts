import type { Uuid } from "../../kernel/ids.ts";
import type { UtcMs } from "../../kernel/time.ts";
import type { DecimalText } from "../transaction.ts";
import type { CurrencyCode, FxRate } from "./fx_rate.ts";

/** What a write of rates did: the three add up to the rates given. */
export interface FxWriteResult {
  readonly inserted: number;
  /** The same pair, source and time with another rate. */
  readonly updated: number;
  readonly unchanged: number;
}

/** A cell or row that was not taken, as it stood and why. */
export interface RefusedFxCell {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

/** A file of rates. `read` = inserted + updated + unchanged + absent + quarantined. */
export interface FxImport extends FxWriteResult {
  readonly importId: Uuid;
  readonly source: string;
  /** Name of the file. */
  readonly origin: string;
  /** sha-256 of the bytes as stored, hexadecimal. */
  readonly checksum: string;
  /** Rows of a day that could be read. */
  readonly days: number;
  /** Cells of those rows, and one for each row that could not be read. */
  readonly read: number;
  /** Cells in which the source states no rate. */
  readonly absent: number;
  readonly quarantined: number;
  readonly startedAt: UtcMs;
  readonly finishedAt: UtcMs | null;
}

/** Writes inside one import: all of it becomes visible at its end, or nothing does. */
export interface FxImportSession {
  write(rates: readonly FxRate[]): Promise<FxWriteResult>;
  quarantine(cells: readonly RefusedFxCell[]): Promise<void>;
}

export interface FxImportOutcome {
  readonly checksum: string;
  readonly days: number;
  readonly read: number;
  readonly absent: number;
}

/** An operator's word that the end-of-day rate of a currency may be used for a while. */
export interface FxPermit {
  readonly currency: CurrencyCode;
  readonly grantedAt: UtcMs;
  readonly grantedBy: string;
  readonly until: UtcMs;
}

/** The value of a portfolio when it last stood on a good rate. */
export interface GoodNav {
  readonly portfolioId: Uuid;
  readonly currency: CurrencyCode;
  readonly nav: DecimalText;
  readonly asof: UtcMs;
}

/** A portfolio whose value stands on a rate. */
export interface ConvertedPortfolio {
  readonly portfolioId: Uuid;
  readonly ownerId: string;
  readonly currency: CurrencyCode;
}

/** Exchange rates, and what was decided about them. */
export interface FxStore {
  /** Writes rates in one transaction. Writing the same twice changes nothing. */
  recordRates(rates: readonly FxRate[]): Promise<FxWriteResult>;
  /**
   * Runs `work` inside one transaction and records the import with its sums and refused cells. If
   * `work` throws, nothing of it is kept.
   */
  recordImport(
    start: { readonly source: string; readonly origin: string },
    work: (session: FxImportSession) => Promise<FxImportOutcome>,
  ): Promise<FxImport>;
  /** The newest first. */
  listImports(page: { readonly limit: number }): Promise<readonly FxImport[]>;
  listQuarantined(importId: Uuid, limit: number): Promise<readonly RefusedFxCell[]>;
  /** Rates between the currencies that hold from `from <= at <= to`, ascending by time. */
  listRates(query: {
    readonly currencies: readonly CurrencyCode[];
    readonly from: UtcMs;
    readonly to: UtcMs;
  }): Promise<readonly FxRate[]>;
  /** A currency has one permit, the last one given. */
  recordPermit(permit: FxPermit): Promise<void>;
  listPermits(): Promise<readonly FxPermit[]>;
  /** Portfolios in these currencies that are not deleted, of every owner. */
  listConverted(currencies: readonly CurrencyCode[]): Promise<readonly ConvertedPortfolio[]>;
  /** Keeps the newest by `asof` for each portfolio and currency. */
  recordGoodNav(nav: GoodNav): Promise<void>;
  findGoodNav(
    key: { readonly portfolioId: Uuid; readonly currency: CurrencyCode },
  ): Promise<GoodNav | null>;
}

/** Somebody outside who knows exchange rates. A failure throws `ProviderError`. */
export interface FxSource {
  readonly name: string;
  /** Rates between the currencies; of a source that has days, all of them since the one given. */
  fetchRates(query: {
    readonly currencies: readonly CurrencyCode[];
    readonly since: UtcMs;
    readonly signal?: AbortSignal;
  }): Promise<readonly FxRate[]>;
}
