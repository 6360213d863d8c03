import { errorMessage } from "../kernel/errors.ts";
import { Listeners } from "../kernel/listeners.ts";
import type { ChangeFeed, Log } from "../ports/mod.ts";
import type { AssetId } from "./assets.ts";
import type { CandleSeries } from "./candle.ts";
import type { CandleStore } from "./ports.ts";
import { type DemoMode, isDemoMarketShown, isDemoSource } from "./series_choice.ts";

/** What of the demo market shows at one state of the store. */
export interface DemoScope {
  /** Whether anything of it does. */
  readonly isShown: boolean;
  /** Assets whose real candles stand in the place of those of the demo market. */
  readonly realAssets: ReadonlySet<AssetId>;
}

/** Nothing of the demo market shows. */
export const NO_DEMO: DemoScope = { isShown: false, realAssets: new Set() };

/**
 * What of the demo market shows, so that its prices may be told. It follows the store: the first
 * real candles end it, or where it was asked for by name their asset's part of it, whichever
 * process brought them.
 */
export class DemoGate {
  readonly #store: Pick<CandleStore, "listSeries">;
  readonly #changes: ChangeFeed;
  readonly #mode: DemoMode;
  readonly #log: Log;
  readonly #onNarrowed: Listeners;
  #scope: DemoScope | null = null;
  /** State of the store that `#scope` was read from. */
  #change = NaN;
  #looking: Promise<DemoScope> | null = null;
  #stopHearing = () => {};

  constructor({ store, changes, mode, log }: {
    readonly store: Pick<CandleStore, "listSeries">;
    readonly changes: ChangeFeed;
    readonly mode: DemoMode;
    readonly log: Log;
  }) {
    this.#store = store;
    this.#changes = changes;
    this.#mode = mode;
    this.#log = log;
    this.#onNarrowed = new Listeners((error) =>
      log.error("A listener of the demo market failed", { reason: errorMessage(error), error })
    );
  }

  /** Begins to follow the store, for those who want to hear that less of the demo market shows. */
  start(): void {
    this.#stopHearing = this.#changes.subscribe(() => {
      // Once it is over nobody waits to hear of it; whoever has a demo price asks.
      if (this.#scope?.isShown === false || this.peek() !== null) return;
      this.scope().catch((error: unknown) =>
        // Until the store answers nothing of the demo market is told.
        this.#log.warn("Cannot see whether real candles are stored, next try at the next change", {
          reason: errorMessage(error),
        })
      );
    });
  }

  stop(): void {
    this.#stopHearing();
    this.#onNarrowed.clear();
  }

  /** What shows; `null` where the store has to be asked first. */
  peek(): DemoScope | null {
    if (this.#mode === "off") return NO_DEMO;
    return this.#change === this.#changes.current() ? this.#scope : null;
  }

  /** What shows, as of a state of the store no older than the question. */
  async scope(): Promise<DemoScope> {
    const known = this.peek();
    if (known !== null) return known;
    if (this.#looking) {
      // What is being read may be the state before the change that the caller asks for.
      await this.#looking;
      const seen = this.peek();
      if (seen !== null) return seen;
    }
    this.#looking ??= this.#look().finally(() => this.#looking = null);
    return await this.#looking;
  }

  /** Calls back when real candles take the place of demo ones, until the result is called. */
  onNarrowed(listener: () => void): () => void {
    return this.#onNarrowed.add(listener);
  }

  async #look(): Promise<DemoScope> {
    const change = this.#changes.current();
    const scope = demoScopeOf(await this.#store.listSeries(), this.#mode);
    const before = this.#scope;
    this.#scope = scope;
    this.#change = change;
    if (before !== null && isNarrower(scope, before)) this.#onNarrowed.tell();
    return scope;
  }
}

/** What of the demo market shows beside these series. */
function demoScopeOf(all: readonly CandleSeries[], mode: DemoMode): DemoScope {
  if (!isDemoMarketShown(all, mode)) return NO_DEMO;
  const real = all.filter(({ source, rows }) => rows > 0 && !isDemoSource(source));
  return { isShown: true, realAssets: new Set(real.map(({ assetId }) => assetId)) };
}

function isNarrower(scope: DemoScope, before: DemoScope): boolean {
  if (!before.isShown) return false;
  return !scope.isShown || !scope.realAssets.isSubsetOf(before.realAssets);
}
