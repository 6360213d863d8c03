import { fingerprint } from "../../kernel/fingerprint.ts";
import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import type { Clock } from "../../ports/mod.ts";
import { isCash } from "../cash.ts";
import type { LedgerScope } from "../ledger/ledger_ports.ts";
import type { LotRow } from "../lots/lot_book.ts";
import { bucketEnd, type Grid } from "../performance/grid.ts";
import { rowsByBearer } from "../performance/movements.ts";
import type { Portfolio } from "../portfolio.ts";
import type { AssetTask } from "./rebuild_assets.ts";
import type { Rebuilder } from "./rebuild_thread.ts";
import {
  SNAPSHOT_INTERVALS,
  snapshotGrid,
  type SnapshotInterval,
  type SnapshotState,
} from "./snapshot.ts";
import type { SnapshotStore } from "./snapshot_ports.ts";

/** Assets that are read and valued together; the next are read while these are valued. */
const ASSETS_AT_ONCE = 24;
/** Assets that are written in one transaction. */
const ASSETS_PER_WRITE = 4;

/** A ledger as it stands. */
export interface LedgerState {
  readonly portfolio: Portfolio;
  readonly rows: readonly LotRow[];
  /** Which version of the ledger the rows are. */
  readonly version: number;
}

/** Closes in dollars of assets and money at instants, NaN where there is none. */
export type ReadCloses = (
  assetIds: readonly AssetId[],
  options: { readonly times: Float64Array; readonly now: UtcMs },
) => Promise<ReadonlyMap<AssetId, Float64Array>>;

export interface SnapshotRebuildDeps {
  readonly store: SnapshotStore;
  readonly openLedger: (scope: LedgerScope) => Promise<LedgerState>;
  readonly readCloses: ReadCloses;
  readonly openRebuilder: () => Rebuilder;
  readonly clock: Clock;
}

export interface RebuildOptions {
  /** Values assets anew although their rows are the same, as their candles changed. */
  readonly refresh?: "all" | readonly AssetId[];
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface RebuildResult {
  readonly assets: number;
  readonly valued: number;
  readonly ledgerVersion: number;
}

/**
 * Brings a portfolio's snapshots up to its ledger and the present. An asset whose rows are the same
 * keeps what it has, and gets only the chunks that time added. The state tells of a new version
 * when all of an interval is written; whatever ends a rebuild early, the next one finishes it.
 */
export class SnapshotRebuild {
  readonly #deps: SnapshotRebuildDeps;

  constructor(deps: SnapshotRebuildDeps) {
    this.#deps = deps;
  }

  async run(scope: LedgerScope, options: RebuildOptions): Promise<RebuildResult> {
    const { openLedger, openRebuilder, clock } = this.#deps;
    const { portfolio, rows, version } = await openLedger(scope);
    const tasks = [...rowsByBearer(rows)].map(([assetId, own]) => ({
      assetId,
      rows: own,
      rowsMark: fingerprint(JSON.stringify([portfolio.rule.pools, own.map(markOf)])),
    }));
    const first = rows.reduce((earliest, { at }) => Math.min(earliest, at), Infinity);
    if (first === Infinity) return { assets: 0, valued: 0, ledgerVersion: version };
    const now = clock.now();
    using rebuilder = openRebuilder();
    let [done, valued] = [0, 0];
    for (const interval of SNAPSHOT_INTERVALS) {
      const grid = snapshotGrid(interval, { first: utcMsOf(first), until: now });
      valued += await this.#rebuild(tasks, {
        ...{ scope, interval, grid, rebuilder, now, version, options },
        pools: portfolio.rule.pools,
        onValued: (count) =>
          options.onProgress?.(done += count, tasks.length * SNAPSHOT_INTERVALS.length),
      });
    }
    return { assets: tasks.length, valued, ledgerVersion: version };
  }

  async #rebuild(tasks: readonly Omit<AssetTask, "closes">[], run: IntervalRun): Promise<number> {
    const { scope, interval, grid, version, now, options } = run;
    const { store } = this.#deps;
    const known = await store.findState(scope, interval);
    const isUsable = known !== null && known.ledgerVersion >= 0 && known.start === grid.start;
    const marks = isUsable ? await store.readMarks(scope, interval) : new Map<AssetId, number>();
    const state: SnapshotState = {
      ...{ interval, start: grid.start, buckets: grid.ends.length, builtAt: now },
      ledgerVersion: version,
    };
    const isChanged = ({ assetId, rowsMark }: Omit<AssetTask, "closes">) =>
      marks.get(assetId) !== rowsMark || options.refresh === "all" ||
      (options.refresh?.includes(assetId) ?? false);
    const changed = tasks.filter(isChanged);
    const isLonger = !isUsable || known.buckets !== grid.ends.length;
    const same = isLonger ? tasks.filter((task) => !isChanged(task)) : [];
    const grownFrom = isUsable && known.buckets > 0
      ? bucketEnd(grid, known.buckets - 1)
      : grid.start;
    // Readers keep what is there; without that, they are told that there is nothing yet.
    const unfinished = isUsable ? known : { ...state, ledgerVersion: -1 };
    await this.#value(changed, { ...run, state: unfinished, from: grid.start });
    await this.#value(same, { ...run, state: unfinished, from: grownFrom });
    await store.retain(scope, { state, assetIds: tasks.map(({ assetId }) => assetId) });
    return changed.length + same.length;
  }

  async #value(
    tasks: readonly Omit<AssetTask, "closes">[],
    run: IntervalRun & { readonly state: SnapshotState; readonly from: UtcMs },
  ): Promise<void> {
    const { store } = this.#deps;
    const { scope, grid, pools, rebuilder, state, from, options: { signal } } = run;
    const batches = batchesOf(tasks, ASSETS_AT_ONCE);
    let next = batches[0] && this.#withCloses(batches[0], run);
    for (const [index, batch] of batches.entries()) {
      signal.throwIfAborted();
      const { assets, cash } = await (next ?? this.#withCloses(batch, run));
      const valuing = rebuilder.run({ grid, pools, cash, assets }, signal);
      const following = batches[index + 1];
      next = following && this.#withCloses(following, run);
      const [snapshots] = await Promise.all([valuing, next]);
      for (const some of batchesOf(snapshots, ASSETS_PER_WRITE)) {
        await store.write(scope, { state, assets: some, from });
        run.onValued(some.length);
      }
    }
  }

  async #withCloses(tasks: readonly Omit<AssetTask, "closes">[], { grid, now }: IntervalRun) {
    const ids = new Set(tasks.flatMap(({ rows }) => rows.map(({ assetId }) => assetId)));
    const closes = await this.#deps.readCloses([...ids], { times: grid.ends, now });
    const none = () => new Float64Array(grid.ends.length).fill(NaN);
    return {
      assets: tasks.map((task) => ({ ...task, closes: closes.get(task.assetId) ?? none() })),
      cash: new Map([...closes].filter(([assetId]) => isCash(assetId))),
    };
  }
}

interface IntervalRun {
  readonly scope: LedgerScope;
  readonly interval: SnapshotInterval;
  readonly grid: Grid;
  readonly pools: Portfolio["rule"]["pools"];
  readonly rebuilder: Rebuilder;
  readonly now: UtcMs;
  readonly version: number;
  readonly options: RebuildOptions;
  readonly onValued: (count: number) => void;
}

function batchesOf<T>(values: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from(
    { length: Math.ceil(values.length / size) },
    (_, batch) => values.slice(batch * size, (batch + 1) * size),
  );
}

/** What of a row its asset's history depends on. */
function markOf({ id, at, action, assetId, quantity, unitPriceUsd, account, ...row }: LotRow) {
  return [id, at, action, assetId, quantity, unitPriceUsd, account, row.txHash, row.parentId];
}
