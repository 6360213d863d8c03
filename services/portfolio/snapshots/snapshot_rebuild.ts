import { batchesOf } from "../../kernel/batches.ts";
import type { UtcMs } from "../../kernel/time.ts";
import type { AssetId, TrackedSeries } from "../../market/mod.ts";
import type { Clock } from "../../ports/mod.ts";
import { isCash } from "../cash.ts";
import type { PriceLookup } from "../kept_ledger.ts";
import type { LedgerScope } from "../ledger/ledger_ports.ts";
import type { LotRow } from "../lots/lot_book.ts";
import type { Grid } from "../performance/grid.ts";
import { rowsByBearer } from "../performance/movements.ts";
import type { Portfolio } from "../portfolio.ts";
import type { SeriesByAsset } from "../valuation/close_reader.ts";
import { type AssetTask, cashKey, type IntervalTask, type ValuedPart } from "./rebuild_assets.ts";
import {
  type AssetPlan,
  firstOf,
  type IntervalPlan,
  planAsset,
  planInterval,
  planPart,
} from "./rebuild_plan.ts";
import type { Rebuilder } from "./rebuild_thread.ts";
import {
  type AssetSnapshot,
  chunkStart,
  SNAPSHOT_INTERVALS,
  snapshotEnd,
  type SnapshotState,
} from "./snapshot.ts";
import type { SnapshotStore } from "./snapshot_ports.ts";

/** Assets that are read and valued together; the next are read while these are valued. */
const ASSETS_AT_ONCE = 24;
/** How often a rebuild begins anew because the ledger changed, or another one was faster. */
const MAX_ROUNDS = 4;

/** A ledger as it stands. */
export interface LedgerState {
  readonly portfolio: Portfolio;
  readonly rows: readonly LotRow[];
  /** Which version of the ledger the rows are. */
  readonly version: number;
  /** What money of rows without a price was worth, and the version of the rates behind it. */
  readonly cashPriceOf: PriceLookup;
  readonly fxVersion: number;
}

/** Closes in dollars of assets at instants, NaN where there is none. */
export type ReadCloses = (
  assetIds: readonly AssetId[],
  options: {
    readonly times: Float64Array;
    readonly now: UtcMs;
    readonly series?: SeriesByAsset | undefined;
  },
) => Promise<ReadonlyMap<AssetId, Float64Array>>;

export interface SnapshotRebuildDeps {
  readonly store: SnapshotStore;
  readonly openLedger: (scope: LedgerScope) => Promise<LedgerState>;
  /** The series of each asset that may answer, with what they remember of their changes. */
  readonly listSeries: () => Promise<SeriesByAsset<TrackedSeries>>;
  readonly readCloses: ReadCloses;
  readonly openRebuilder: (work: RebuildWork) => Rebuilder;
  /** Lets other work run between assets. */
  readonly rest: () => Promise<void>;
  readonly clock: Clock;
}

/** How much there is to do. */
export interface RebuildWork {
  /** Values to be computed: assets times buckets. */
  readonly cells: number;
  /** Rows of the assets that have any. */
  readonly rows: number;
}

export interface RebuildOptions {
  readonly signal: AbortSignal;
  /** Values everything anew, whatever was kept. */
  readonly isWhole?: boolean;
  /** Leaves time where it stands, so that nothing but what changed is valued. */
  readonly keepsTime?: boolean;
  /** More than this is not begun. */
  readonly limit?: RebuildWork;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface RebuildResult {
  /** `too_large`: it was left to somebody with more time. */
  readonly outcome: "built" | "current" | "too_large";
  readonly assets: number;
  /** Assets that were valued. */
  readonly valued: number;
  readonly ledgerVersion: number;
}

/**
 * Brings a portfolio's snapshots up to its ledger, its prices and the present. Each asset is valued
 * from the first bucket on that can differ; what comes before stays. All of it is written at once,
 * so that readers see what was there before or what is there after, and a rebuild that is cut off
 * has done nothing.
 */
export class SnapshotRebuild {
  readonly #deps: SnapshotRebuildDeps;

  constructor(deps: SnapshotRebuildDeps) {
    this.#deps = deps;
  }

  async run(scope: LedgerScope, options: RebuildOptions): Promise<RebuildResult> {
    for (let round = 1;; round++) {
      const ledger = await this.#deps.openLedger(scope);
      const result = await this.#runOnce(scope, { ledger, options });
      if (result?.outcome === "too_large") return result;
      // What changed meanwhile would wait for somebody to ask again.
      const { version } = await this.#deps.openLedger(scope);
      if (result !== null && version === ledger.version) return result;
      if (round === MAX_ROUNDS) {
        throw new Error("Cannot rebuild snapshots: the portfolio changes faster than that");
      }
    }
  }

  /** `null` where another rebuild wrote meanwhile. */
  async #runOnce(
    scope: LedgerScope,
    { ledger, options }: { readonly ledger: LedgerState; readonly options: RebuildOptions },
  ): Promise<RebuildResult | null> {
    const { store, openRebuilder } = this.#deps;
    const plan = await this.#plan(scope, { ledger, options });
    const result = { assets: 0, valued: 0, ledgerVersion: ledger.version };
    if (plan === null) {
      await store.clear(scope);
      return { ...result, outcome: "current" };
    }
    const work = workOf(plan);
    const { limit } = options;
    if (limit !== undefined && (work.cells > limit.cells || work.rows > limit.rows)) {
      return { ...result, outcome: "too_large" };
    }
    using rebuilder = openRebuilder(work);
    const parts = await this.#value(plan, { scope, ledger, rebuilder, options });
    const isWritten = await store.write(scope, {
      basedOn: plan.known?.build ?? 0,
      state: plan.state,
      inputs: plan.assets.filter(({ hasNewInputs }) => hasNewInputs).map(({ inputs }) => inputs),
      pieces: parts,
      assetIds: plan.assets.map(({ assetId }) => assetId),
      keptFrom: plan.keptFrom,
    });
    if (!isWritten) return null;
    const valued = plan.tasks.length;
    return { ...result, assets: plan.assets.length, valued, outcome: "built" };
  }

  /** What is to be done; `null` for a ledger without rows. */
  async #plan(
    scope: LedgerScope,
    { ledger, options }: { readonly ledger: LedgerState; readonly options: RebuildOptions },
  ): Promise<RebuildPlan | null> {
    const { store, listSeries, rest, clock } = this.#deps;
    const { portfolio, rows, version, cashPriceOf, fxVersion } = ledger;
    const firstAt = firstOf(rows);
    if (firstAt === null) return null;
    const stored = await store.findState(scope);
    const inputs = stored === null ? [] : await store.readInputs(scope);
    // Before closes are read: what changes from here on is found by the next rebuild.
    const series = await listSeries();
    const { pools } = portfolio.rule;
    const known = stored?.pools === pools && options.isWhole !== true ? stored : null;
    const knownInputs = new Map(known && inputs.map((own) => [own.assetId, own]));
    const now = clock.now();
    const keepsTime = known !== null && options.keepsTime === true;
    const priceOf = (row: LotRow) => cashPrice(row, cashPriceOf);
    const state: SnapshotState = {
      ...{ build: (stored?.build ?? 0) + 1, ledgerVersion: version, pools, firstAt, builtAt: now },
      fxVersion: rows.some((row) => moneyOf(row) !== null) ? fxVersion : null,
      until: keepsTime ? known.until : snapshotEnd(now),
      valuedAt: keepsTime ? known.valuedAt : now,
    };
    const assets: AssetPlan[] = [];
    for (const [assetId, own] of rowsByBearer(rows)) {
      const known = knownInputs.get(assetId) ?? null;
      const facts = { series: series.get(assetId) ?? [], priceOf, rest };
      assets.push(await planAsset({ assetId, rows: own, known }, facts));
      await rest();
    }
    const intervals = SNAPSHOT_INTERVALS.map((name) => planInterval(name, { state, known }));
    return { known: stored, state, series, assets, ...tasksOf(assets, intervals) };
  }

  async #value(
    { tasks, state, series }: RebuildPlan,
    { scope, ledger, rebuilder, options: { signal, onProgress } }: {
      readonly scope: LedgerScope;
      readonly ledger: LedgerState;
      readonly rebuilder: Rebuilder;
      readonly options: RebuildOptions;
    },
  ): Promise<readonly ValuedPart[]> {
    const { portfolio: { rule: { pools } }, cashPriceOf } = ledger;
    const read = (some: readonly PlannedAsset[]) =>
      this.#read(some, { scope, now: state.valuedAt, series });
    const batches = batchesOf(tasks, ASSETS_AT_ONCE);
    const parts: ValuedPart[] = [];
    let done = 0;
    let next = batches[0] && read(batches[0]);
    let valuing: Promise<readonly ValuedPart[]> | undefined;
    try {
      for (const [index, batch] of batches.entries()) {
        signal.throwIfAborted();
        const assets = await (next ?? read(batch));
        const cashPrices = new Map(
          assets.flatMap(({ rows }) => cashPricesOf(rows, cashPriceOf)),
        );
        valuing = rebuilder.run({ pools, cashPrices, assets }, signal);
        const following = batches[index + 1];
        next = following && read(following);
        const [valued] = await Promise.all([valuing, next]);
        for (const part of valued) parts.push(part);
        onProgress?.(done += batch.length, tasks.length);
      }
    } finally {
      // What was begun comes to its end before the store may be closed.
      await Promise.allSettled([next, valuing]);
    }
    return parts;
  }

  /** Adds the closes of what is to be valued, and what stands before it in the same chunk. */
  async #read(
    planned: readonly PlannedAsset[],
    { scope, now, series }: {
      readonly scope: LedgerScope;
      readonly now: UtcMs;
      readonly series: SeriesByAsset;
    },
  ): Promise<readonly AssetTask[]> {
    const tasks: AssetTask[] = [];
    // Assets that change from the same time on are read together.
    for (const group of Map.groupBy(planned, ({ parts }) => parts.map(startOf).join()).values()) {
      const assetIds = group.map(({ assetId }) => assetId);
      const parts = group[0]?.parts ?? [];
      // Hours of the last days and days share most of their ends, so that all are read at once.
      const times = Float64Array.from(new Set(parts.flatMap(({ read }) => [...read.ends]))).sort();
      const closes = await this.#deps.readCloses(assetIds, { times, now, series });
      const rows = parts.map(({ read }) => indexesOf(read.ends, times));
      const before = await Promise.all(
        parts.map((part) => this.#standing(scope, { assetIds, part })),
      );
      for (const asset of group) {
        const column = closes.get(asset.assetId) ?? new Float64Array(times.length).fill(NaN);
        tasks.push({
          ...asset,
          parts: asset.parts.map((part, index) => ({
            ...part,
            closes: Float64Array.from(rows[index] ?? [], (row) => column[row] as number),
            before: before[index]?.get(asset.assetId) ?? null,
          })),
        });
      }
    }
    return tasks;
  }

  /** What is kept of the chunks that are written, as far as any of it stays. */
  async #standing(
    scope: LedgerScope,
    { assetIds, part: { interval, write, at } }: {
      readonly assetIds: readonly AssetId[];
      readonly part: PlannedPart;
    },
  ): Promise<ReadonlyMap<AssetId, AssetSnapshot>> {
    if (at === 0) return new Map();
    const from = chunkStart(interval, write.start);
    const query = { interval, assetIds, from, hasAccounts: true };
    const standing = await this.#deps.store.readAssets(scope, query);
    return new Map(standing.map((own) => [own.assetId, own]));
  }
}

type PlannedPart = Omit<IntervalTask, "closes" | "before">;

interface PlannedAsset extends Pick<AssetPlan, "assetId" | "rows"> {
  readonly parts: readonly PlannedPart[];
}

function startOf({ interval, read, write }: PlannedPart): string {
  return `${interval} ${read.start} ${write.start}`;
}

/** Where each of some ascending values stands among others. */
function indexesOf(some: Float64Array, all: Float64Array): Int32Array {
  let index = 0;
  return Int32Array.from(some, (value) => {
    while (all[index] !== value) index++;
    return index;
  });
}

interface RebuildPlan {
  readonly known: SnapshotState | null;
  readonly state: SnapshotState;
  readonly series: SeriesByAsset<TrackedSeries>;
  readonly assets: readonly AssetPlan[];
  /** Those with anything to do. */
  readonly tasks: readonly PlannedAsset[];
  readonly keptFrom: Readonly<Record<IntervalPlan["interval"], UtcMs>>;
}

function tasksOf(assets: readonly AssetPlan[], intervals: readonly IntervalPlan[]) {
  const plan = memoized(planPart);
  const tasks = assets.map(({ assetId, rows, changedFrom }) => ({
    ...{ assetId, rows },
    parts: intervals.flatMap((interval) => plan(changedFrom, interval) ?? []),
  })).filter(({ parts }) => parts.length > 0);
  // The first chunk of a window may have begun before the window does now.
  const keptOf = (name: IntervalPlan["interval"]) =>
    chunkStart(name, intervals.find(({ interval }) => interval === name)?.grid.start ?? 0);
  const keptFrom = { "1d": keptOf("1d"), "1h": keptOf("1h"), "5m": keptOf("5m") };
  return { tasks, keptFrom };
}

/** Assets that change from the same time on share their grids, which are sent to a thread once. */
function memoized(plan: typeof planPart): typeof planPart {
  const known = new Map<string, ReturnType<typeof planPart>>();
  return (changedFrom, interval) => {
    const key = `${interval.interval} ${changedFrom}`;
    const part = known.has(key) ? known.get(key) ?? null : plan(changedFrom, interval);
    known.set(key, part);
    return part;
  };
}

function workOf({ tasks }: RebuildPlan): RebuildWork {
  const cells = ({ ends }: Grid) => ends.length;
  return {
    cells: tasks.reduce(
      (sum, { parts }) => parts.reduce((own, { read }) => own + cells(read), sum),
      0,
    ),
    rows: tasks.reduce((sum, { rows }) => sum + rows.length, 0),
  };
}

/** The money that a row is valued by, where that takes a rate. */
function moneyOf({ action, assetId, unitPriceUsd, paid }: LotRow): AssetId | null {
  if (unitPriceUsd !== null) return null;
  const cashId = action === "FEE" && isCash(assetId) ? assetId : paid?.cashId ?? null;
  return cashId === "usd" ? null : cashId;
}

function cashPrice(row: LotRow, cashPriceOf: PriceLookup): number | null {
  const cashId = moneyOf(row);
  // Unknown is a price of its own kind: once it is known, the row says something else.
  return cashId === null ? null : Number(cashPriceOf(cashId, row.at) ?? NaN);
}

function cashPricesOf(rows: readonly LotRow[], cashPriceOf: PriceLookup) {
  return rows.flatMap((row) => {
    const [cashId, price] = [moneyOf(row), cashPrice(row, cashPriceOf)];
    const isKnown = cashId !== null && price !== null && !Number.isNaN(price);
    return isKnown ? [[cashKey(cashId, row.at), price] as const] : [];
  });
}
