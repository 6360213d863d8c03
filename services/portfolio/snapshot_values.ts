import { AppError } from "../kernel/errors.ts";
import type { UtcMs } from "../kernel/time.ts";
import type { AssetId } from "../market/mod.ts";
import { bucketBegin, type Grid, lastBucketBy } from "./performance/grid.ts";
import type { PortfolioService } from "./portfolio_service.ts";
import type { LedgerScope } from "./ports.ts";
import {
  chunkStart,
  historyOfSnapshot,
  snapshotGrid,
  type SnapshotInterval,
  type SnapshotState,
} from "./snapshots/snapshot.ts";
import type { SnapshotStore } from "./snapshots/snapshot_ports.ts";

/** Values of one page: some megabytes of JSON. */
export const MAX_SNAPSHOT_VALUES = 200_000;
/** How often a read begins anew because a rebuild wrote meanwhile. */
const MAX_READS = 4;

export interface SnapshotValuesQuery {
  readonly interval: SnapshotInterval;
  /** Buckets that end at or after it; all that are kept by default. */
  readonly from?: UtcMs | undefined;
  /** Buckets that end by then. */
  readonly to?: UtcMs | undefined;
  readonly assetId?: AssetId | undefined;
  readonly account?: string | undefined;
  /** Assets of the page at most; fewer where they have many values. */
  readonly limit: number;
  /** Where the page before ended; the first page without. */
  readonly after: SnapshotCursor | null;
}

/** An asset of one build, after which the next page goes on. */
export interface SnapshotCursor {
  readonly build: number;
  readonly assetId: AssetId;
}

/** What an account held of an asset was worth, in dollars. */
export interface AccountSnapshot {
  readonly assetId: AssetId;
  readonly account: string;
  /** At the end of each bucket; NaN where a price is missing. */
  readonly values: Float64Array;
}

/** Stored values by account and asset, with the ends of their buckets: one page. */
export interface SnapshotValues {
  /** `null` where nothing is valued yet. */
  readonly state: SnapshotState | null;
  readonly ends: Float64Array;
  readonly accounts: readonly AccountSnapshot[];
  /** Assets on all pages. */
  readonly total: number;
  /** `null` on the last page. */
  readonly next: SnapshotCursor | null;
}

type Store = Pick<SnapshotStore, "findState" | "listAssetIds" | "readAssets">;

/** Snapshots as they are kept: the values that every measure of a portfolio stands on. */
export class SnapshotValueService {
  readonly #portfolios: Pick<PortfolioService, "get">;
  readonly #store: Store;

  constructor({ portfolios, store }: {
    readonly portfolios: Pick<PortfolioService, "get">;
    readonly store: Store;
  }) {
    this.#portfolios = portfolios;
    this.#store = store;
  }

  /**
   * A page of values, by the ids of assets. Throws `CONFLICT` where they were made anew since the
   * page before, and `VALIDATION_FAILED` where one asset has more than `MAX_SNAPSHOT_VALUES`.
   */
  async getPage(scope: LedgerScope, query: SnapshotValuesQuery): Promise<SnapshotValues> {
    await this.#portfolios.get(scope);
    for (let read = 1;; read++) {
      const page = await this.#read(scope, query);
      if (page !== null) return page;
      if (query.after === null && read < MAX_READS) continue;
      throw new AppError(
        "CONFLICT",
        "The values were made anew since the last page: start over",
      );
    }
  }

  /** `null` where another build takes the place of the one that is read. */
  async #read(
    scope: LedgerScope,
    { assetId, after, limit, ...query }: SnapshotValuesQuery,
  ): Promise<SnapshotValues | null> {
    const store = this.#store;
    const state = await store.findState(scope);
    if (after !== null && after.build !== state?.build) return null;
    if (state === null) {
      return { state, ends: new Float64Array(), accounts: [], total: 0, next: null };
    }
    const range = rangeOf(query, state);
    const named = assetId === undefined ? await store.listAssetIds(scope) : [assetId];
    const left = after === null ? named : named.filter((id) => id > after.assetId);
    const accounts: AccountSnapshot[] = [];
    let taken = 0;
    for (const id of left.slice(0, limit)) {
      const own = await this.#readAsset(scope, { ...query, ...range, assetId: id });
      if ((accounts.length + own.length) * range.ends.length > MAX_SNAPSHOT_VALUES) break;
      accounts.push(...own);
      taken++;
    }
    if ((await store.findState(scope))?.build !== state.build) return null;
    if (taken === 0 && left.length > 0) throw tooMany();
    const last = taken < left.length ? left[taken - 1] : undefined;
    const next = last === undefined ? null : { build: state.build, assetId: last };
    return { state, ends: range.ends, accounts, total: named.length, next };
  }

  async #readAsset(
    scope: LedgerScope,
    { interval, account, grid, first, end, assetId }: ValueRange & {
      readonly interval: SnapshotInterval;
      readonly account?: string | undefined;
      readonly assetId: AssetId;
    },
  ): Promise<readonly AccountSnapshot[]> {
    if (first >= end) return [];
    const from = chunkStart(interval, bucketBegin(grid, first));
    const chunks = { interval, assetIds: [assetId], from, hasAccounts: true };
    const assets = await this.#store.readAssets(scope, chunks);
    return assets.flatMap((asset) => historyOfSnapshot(asset, grid).accounts)
      .filter((own) => account === undefined || own.account === account)
      .map((own) => ({
        assetId,
        account: own.account,
        values: own.values.subarray(first, end),
      }));
  }
}

/** The buckets of a grid that are asked for. */
interface ValueRange {
  readonly grid: Grid;
  readonly first: number;
  readonly end: number;
  readonly ends: Float64Array;
}

function rangeOf(
  { interval, from, to }: Pick<SnapshotValuesQuery, "interval" | "from" | "to">,
  state: SnapshotState,
): ValueRange {
  const grid = snapshotGrid(interval, state);
  const first = from === undefined ? 0 : lastBucketBy(grid, from - 1) + 1;
  const end = to === undefined ? grid.ends.length : lastBucketBy(grid, to) + 1;
  return { grid, first, end, ends: grid.ends.subarray(first, end) };
}

function tooMany(): AppError {
  return new AppError(
    "VALIDATION_FAILED",
    `Cannot answer with more than ${MAX_SNAPSHOT_VALUES} values of one asset: name an account or ` +
      "a shorter range",
  );
}
