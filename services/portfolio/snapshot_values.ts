import { AppError } from "../kernel/errors.ts";
import type { UtcMs } from "../kernel/time.ts";
import type { AssetId } from "../market/mod.ts";
import { lastBucketBy } from "./performance/grid.ts";
import type { PortfolioService } from "./portfolio_service.ts";
import type { LedgerScope } from "./ports.ts";
import {
  historyOfSnapshot,
  snapshotGrid,
  type SnapshotInterval,
  type SnapshotState,
} from "./snapshots/snapshot.ts";
import type { SnapshotStore } from "./snapshots/snapshot_ports.ts";

/** Values of one answer: some megabytes of JSON. */
export const MAX_SNAPSHOT_VALUES = 200_000;

export interface SnapshotValuesQuery {
  readonly interval: SnapshotInterval;
  /** Buckets that end at or after it; all that are kept by default. */
  readonly from?: UtcMs | undefined;
  /** Buckets that end by then. */
  readonly to?: UtcMs | undefined;
  readonly assetId?: AssetId | undefined;
  readonly account?: string | undefined;
}

/** What an account held of an asset was worth, in dollars. */
export interface AccountSnapshot {
  readonly assetId: AssetId;
  readonly account: string;
  /** At the end of each bucket; NaN where a price is missing. */
  readonly values: Float64Array;
}

/** Stored values by account and asset, with the ends of their buckets. */
export interface SnapshotValues {
  /** `null` where nothing is valued yet. */
  readonly state: SnapshotState | null;
  readonly ends: Float64Array;
  readonly accounts: readonly AccountSnapshot[];
}

/** Snapshots as they are kept: the values that every measure of a portfolio stands on. */
export class SnapshotValueService {
  readonly #portfolios: Pick<PortfolioService, "get">;
  readonly #store: Pick<SnapshotStore, "findState" | "readAssets">;

  constructor({ portfolios, store }: {
    readonly portfolios: Pick<PortfolioService, "get">;
    readonly store: Pick<SnapshotStore, "findState" | "readAssets">;
  }) {
    this.#portfolios = portfolios;
    this.#store = store;
  }

  /** Throws `VALIDATION_FAILED` for more than `MAX_SNAPSHOT_VALUES`. */
  async getValues(
    scope: LedgerScope,
    { interval, from, to, assetId, account }: SnapshotValuesQuery,
  ): Promise<SnapshotValues> {
    await this.#portfolios.get(scope);
    const state = await this.#store.findState(scope);
    if (state === null) return { state, ends: new Float64Array(), accounts: [] };
    const grid = snapshotGrid(interval, state);
    const first = from === undefined ? 0 : lastBucketBy(grid, from - 1) + 1;
    const last = to === undefined ? grid.ends.length : lastBucketBy(grid, to) + 1;
    const assets = await this.#store.readAssets(scope, {
      ...{ interval, hasAccounts: true },
      ...assetId !== undefined && { assetIds: [assetId] },
    });
    const accounts = assets.flatMap((asset) =>
      historyOfSnapshot(asset, grid).accounts
        .filter((own) => account === undefined || own.account === account)
        .map((own) => ({
          assetId: asset.assetId,
          account: own.account,
          values: own.values.subarray(first, last),
        }))
    );
    const ends = grid.ends.subarray(first, last);
    if (ends.length * accounts.length > MAX_SNAPSHOT_VALUES) {
      throw new AppError(
        "VALIDATION_FAILED",
        `Cannot answer with more than ${MAX_SNAPSHOT_VALUES} values: name an asset, an account ` +
          "or a shorter range",
      );
    }
    return { state, ends, accounts };
  }
}
