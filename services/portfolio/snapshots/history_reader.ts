import type { UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import type { Clock } from "../../ports/mod.ts";
import type { LedgerScope } from "../ledger/ledger_ports.ts";
import { convertHistory, joinHistories, type PortfolioHistory } from "../performance/history.ts";
import type { BaseCurrency } from "../portfolio.ts";
import {
  historyOfSnapshot,
  snapshotGrid,
  type SnapshotInterval,
  type SnapshotState,
} from "./snapshot.ts";
import { Recent } from "./recent.ts";
import type { ReadCloses } from "./snapshot_rebuild.ts";
import type { SnapshotStore } from "./snapshot_ports.ts";

/** Values of the histories that are kept in dollars, and in other currencies: 64 MiB each. */
const MAX_CELLS = 8 * 1024 * 1024;
/** What an event and a flow take, in numbers. */
const CELLS_PER_ENTRY = 3;
/** Rates and closes along a history that are kept. */
const MAX_COLUMNS = 64;
/** How long rates and closes beside the snapshots are taken for read. */
const FRESH_MS = 60_000;

export interface HistoryReaderDeps {
  readonly store: Pick<SnapshotStore, "findState" | "readAssets">;
  readonly readCloses: ReadCloses;
  /** Units of a currency for one dollar at instants, NaN where unknown. */
  readonly readRates: (
    currency: BaseCurrency,
    options: { readonly times: Float64Array; readonly now: UtcMs },
  ) => Promise<Float64Array>;
  readonly fxVersion: () => Promise<number>;
  readonly clock: Clock;
}

/** Which history: of a build, so that it never changes. */
export interface HistoryQuery {
  readonly state: SnapshotState;
  readonly interval: SnapshotInterval;
}

/** Histories from stored snapshots, and what they are measured in and against. */
export class HistoryReader {
  readonly #deps: HistoryReaderDeps;
  readonly #histories: Recent<PortfolioHistory>;
  readonly #converted: Recent<PortfolioHistory>;
  readonly #columns: Recent<Float64Array>;

  constructor(deps: HistoryReaderDeps) {
    this.#deps = deps;
    const { clock } = deps;
    const histories = { clock, maxCost: MAX_CELLS, costOf: cellsOf };
    this.#histories = new Recent(histories);
    this.#converted = new Recent({ ...histories, freshMs: FRESH_MS });
    this.#columns = new Recent({ clock, maxCost: MAX_COLUMNS, freshMs: FRESH_MS });
  }

  /** In dollars or another currency; `null` where a rebuild replaced the build meanwhile. */
  async read(
    scope: LedgerScope,
    { currency, ...query }: HistoryQuery & { readonly currency: BaseCurrency },
  ): Promise<PortfolioHistory | null> {
    const key = keyOf(scope, query);
    const dollars = await this.#histories.get(key, () => this.#decode(scope, query));
    if (dollars === null || currency === "USD") return dollars;
    const fxVersion = await this.#deps.fxVersion();
    return await this.#converted.get(
      `${key} ${currency} ${fxVersion}`,
      async () => convertHistory(dollars, await this.readRates(scope, { ...query, currency })),
    );
  }

  /** Units of a currency for one dollar at the ends of a history's buckets. */
  async readRates(
    scope: LedgerScope,
    { currency, ...query }: HistoryQuery & { readonly currency: BaseCurrency },
  ): Promise<Float64Array> {
    const { interval, state } = query;
    const times = snapshotGrid(interval, state).ends;
    const fxVersion = await this.#deps.fxVersion();
    const rates = await this.#columns.get(
      `${keyOf(scope, query)} ${currency} ${fxVersion}`,
      () => this.#deps.readRates(currency, { times, now: state.valuedAt }),
    );
    return rates ?? new Float64Array(times.length).fill(NaN);
  }

  /** Closes of an asset in dollars at the ends of a history's buckets. */
  async readCloses(
    scope: LedgerScope,
    { assetId, ...query }: HistoryQuery & { readonly assetId: AssetId },
  ): Promise<Float64Array> {
    const { interval, state } = query;
    const times = snapshotGrid(interval, state).ends;
    const closes = await this.#columns.get(`${keyOf(scope, query)} of ${assetId}`, async () => {
      const read = await this.#deps.readCloses([assetId], { times, now: state.valuedAt });
      return read.get(assetId) ?? null;
    });
    return closes ?? new Float64Array(times.length).fill(NaN);
  }

  async #decode(
    scope: LedgerScope,
    { state, interval }: HistoryQuery,
  ): Promise<PortfolioHistory | null> {
    const { store } = this.#deps;
    const assets = await store.readAssets(scope, { interval });
    // Parts that were read before and after a write would be of two builds.
    if ((await store.findState(scope))?.build !== state.build) return null;
    const grid = snapshotGrid(interval, state);
    return joinHistories(assets.map((asset) => historyOfSnapshot(asset, grid)), grid);
  }
}

function keyOf({ portfolioId }: LedgerScope, { state, interval }: HistoryQuery): string {
  return `${portfolioId} ${state.ledgerVersion} ${state.build} ${interval}`;
}

/** Values, and about as much as each event and flow takes, at their size in memory. */
function cellsOf({ assets, held, nav }: PortfolioHistory): number {
  const entries = held.reduce((sum, { events, flows }) => sum + events.length + flows.length, 0);
  return (assets.length + 1) * nav.length + CELLS_PER_ENTRY * entries;
}
