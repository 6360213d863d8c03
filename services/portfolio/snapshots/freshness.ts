import type { AssetId, TrackedSeries } from "../../market/mod.ts";
import type { ChangeFeed, Clock } from "../../ports/mod.ts";
import { type CloseMarks, closesChangedFrom } from "../valuation/close_marks.ts";
import type { SeriesByAsset } from "../valuation/close_reader.ts";
import { snapshotEnd, type SnapshotState } from "./snapshot.ts";
import type { SnapshotOwner, SnapshotStore } from "./snapshot_ports.ts";

/** What snapshots lack: rows, prices or rates that changed since, or buckets that ended since. */
export type Lack = "rows" | "prices" | "rates" | "time";

export interface FreshnessDeps {
  readonly store: Pick<SnapshotStore, "readMarks">;
  readonly listSeries: () => Promise<SeriesByAsset<TrackedSeries>>;
  /** The version of the exchange rates. */
  readonly fxVersion: () => Promise<number>;
  /** Moves when candles or rates change. */
  readonly changes: ChangeFeed;
  readonly clock: Clock;
}

/** Portfolios of which is known whether their prices changed. */
const MAX_KNOWN = 1_000;

interface Known {
  readonly build: number;
  readonly marks: ReadonlyMap<AssetId, CloseMarks>;
  change: number;
  lacksPrices: boolean;
}

/** Tells whether snapshots are of what is stored now; values nothing. */
export class SnapshotFreshness {
  readonly #deps: FreshnessDeps;
  readonly #known = new Map<string, Known>();
  #series: { readonly change: number; readonly list: Promise<SeriesByAsset<TrackedSeries>> } | null;

  constructor(deps: FreshnessDeps) {
    this.#deps = deps;
    this.#series = null;
  }

  /** What the snapshots of a portfolio lack; nothing where they are current. */
  async lacksOf(
    { id, ownerId, ledgerVersion, rule }: SnapshotOwner,
    state: SnapshotState,
  ): Promise<readonly Lack[]> {
    const lacks: Lack[] = [];
    if (state.ledgerVersion < ledgerVersion || state.pools !== rule.pools) lacks.push("rows");
    if (await this.#lacksPrices({ ownerId, portfolioId: id }, state)) lacks.push("prices");
    if (state.fxVersion !== null && state.fxVersion !== await this.#deps.fxVersion()) {
      lacks.push("rates");
    }
    if (state.until < snapshotEnd(this.#deps.clock.now())) lacks.push("time");
    return lacks;
  }

  /** Looked at again only when candles moved, which they do all the time, mostly after the end. */
  async #lacksPrices(
    scope: Parameters<SnapshotStore["readMarks"]>[0],
    { build, until }: SnapshotState,
  ): Promise<boolean> {
    const { store, changes } = this.#deps;
    const change = changes.current();
    let known = this.#known.get(scope.portfolioId);
    if (known?.build !== build) {
      known = { build, marks: await store.readMarks(scope), change: NaN, lacksPrices: false };
    }
    if (known.change !== change) {
      const series = await this.#listSeries(change);
      known.lacksPrices = [...known.marks].some(([assetId, marks]) =>
        (closesChangedFrom(marks, series.get(assetId) ?? []) ?? Infinity) <= until
      );
      known.change = change;
    }
    this.#keep(scope.portfolioId, known);
    return known.lacksPrices;
  }

  #listSeries(change: number): Promise<SeriesByAsset<TrackedSeries>> {
    if (this.#series?.change !== change) {
      const list = this.#deps.listSeries();
      this.#series = { change, list };
      // A failure is nobody's to keep.
      list.catch(() => this.#series = null);
    }
    return this.#series.list;
  }

  #keep(id: string, known: Known): void {
    this.#known.delete(id);
    this.#known.set(id, known);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_KNOWN) return;
      this.#known.delete(oldest);
    }
  }
}
