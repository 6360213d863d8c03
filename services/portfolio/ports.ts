import type { Uuid } from "../kernel/ids.ts";
import type { UtcMs } from "../kernel/time.ts";
import type { LedgerScope } from "./ledger/ledger_ports.ts";
import type { Portfolio } from "./portfolio.ts";
import type { Watchlist } from "./watchlist.ts";

export type * from "./ledger/ledger_ports.ts";
export type * from "./fx/fx_ports.ts";

/** What of a portfolio its owner sets. */
export type PortfolioSettings = Pick<
  Portfolio,
  "name" | "baseCurrency" | "rule" | "rulesByYear"
>;

/** How many portfolios an owner may have. */
export interface PortfolioLimits {
  /** Those that are not deleted. */
  readonly max: number;
  /** With those that can still be restored. */
  readonly maxWithDeleted: number;
}

/** Portfolios by their owner: nobody reaches one of somebody else, nor learns that it is there. */
export interface PortfolioStore {
  /** Keeps a new portfolio, unless the owner has as many as `limits` says; `false` then. */
  create(portfolio: Portfolio, limits: PortfolioLimits): Promise<boolean>;
  /** The oldest first, deleted ones among them. */
  list(ownerId: string): Promise<readonly Portfolio[]>;
  /** Also one that is deleted. */
  find(scope: LedgerScope): Promise<Portfolio | null>;
  /**
   * Rows of its ledger, counted up to `max`; 0 of somebody else's portfolio. Fees that an import
   * brings to known rows, or takes from them, count once they are written over.
   */
  countRows(scope: LedgerScope, max: number): Promise<number>;
  /**
   * Changes what is given, which is at least one setting, and nothing else; `null` for one that is
   * not there, or is deleted.
   */
  update(scope: LedgerScope, settings: Partial<PortfolioSettings>): Promise<Portfolio | null>;
  /** Deletes one at a time; tells it as it then is. `null` for one that is not there, or is deleted. */
  markDeleted(scope: LedgerScope, at: UtcMs): Promise<Portfolio | null>;
  /**
   * Brings one back that was deleted at or after an instant; `null` for one that was not, and
   * `false` where the owner has `max` others.
   */
  restore(
    scope: LedgerScope,
    options: { readonly since: UtcMs; readonly max: number },
  ): Promise<Portfolio | false | null>;
  /**
   * Deletes up to `limit` rows of portfolios that were deleted before an instant, with all that
   * hangs on them; how many, 0 once none is left.
   */
  purge(options: { readonly before: UtcMs; readonly limit: number }): Promise<number>;
}

/** Which watchlist, and whose. */
export interface WatchlistScope {
  readonly ownerId: string;
  readonly watchlistId: Uuid;
}

/** Watchlists by their owner, as portfolios are. */
export interface WatchlistStore {
  /** Keeps a new list, unless the owner has `max` of them; `false` then. */
  create(watchlist: Watchlist, options: { readonly max: number }): Promise<boolean>;
  /** The oldest first. */
  list(ownerId: string): Promise<readonly Watchlist[]>;
  find(scope: WatchlistScope): Promise<Watchlist | null>;
  /**
   * Changes a list under a lock, from what it is to what `change` makes of it: its name, its items
   * and their order; `null` for one that is not there.
   */
  change(
    scope: WatchlistScope,
    change: (watchlist: Watchlist) => Pick<Watchlist, "name" | "items">,
  ): Promise<Watchlist | null>;
  /** `false` for one that is not there. */
  remove(scope: WatchlistScope): Promise<boolean>;
}

/** A file that is open until it is disposed of, read or not. */
export interface Upload extends Disposable {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly sizeBytes: number;
}

/** Files that were uploaded and wait to be imported. */
export interface UploadStore {
  /** Keeps a file, also past the end of this process; what was kept of it goes if that fails. */
  keep(id: Uuid, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** Opens a file to be read once; `null` for one that is not here. */
  open(id: Uuid): Promise<Upload | null>;
  remove(id: Uuid): Promise<void>;
}
