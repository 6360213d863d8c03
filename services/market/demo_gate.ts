import { errorMessage } from "../kernel/errors.ts";
import { Listeners } from "../kernel/listeners.ts";
import type { ChangeFeed, Log } from "../ports/mod.ts";
import type { CandleStore } from "./ports.ts";
import { type DemoMode, isDemoMarketShown } from "./series_choice.ts";

/**
 * Whether the demo market is what shows, so that its prices may be told. It follows the store: the
 * first real candles shut it, whichever process brought them.
 */
export class DemoGate {
  readonly #store: Pick<CandleStore, "listSeries">;
  readonly #changes: ChangeFeed;
  readonly #mode: DemoMode;
  readonly #log: Log;
  readonly #listeners: Listeners;
  #isOpen: boolean | null = null;
  /** State of the store that `#isOpen` was read from. */
  #change = NaN;
  #looking: Promise<boolean> | null = null;
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
    this.#listeners = new Listeners((error) =>
      log.error("A listener of the demo market failed", { reason: errorMessage(error), error })
    );
  }

  /** Begins to follow the store, for those who want to hear that the demo market is over. */
  start(): void {
    this.#stopHearing = this.#changes.subscribe(() => {
      // Once it is shut nobody waits to hear of it; whoever has a demo price asks.
      if (this.#isOpen === false || this.peek() !== null) return;
      this.isOpen().catch((error: unknown) =>
        // Until the store answers nothing of the demo market is told.
        this.#log.warn("Cannot see whether real candles are stored, next try at the next change", {
          reason: errorMessage(error),
        })
      );
    });
  }

  stop(): void {
    this.#stopHearing();
    this.#listeners.clear();
  }

  /** Whether demo prices may be told; `null` where the store has to be asked first. */
  peek(): boolean | null {
    if (this.#mode !== "auto") return this.#mode === "on";
    return this.#change === this.#changes.current() ? this.#isOpen : null;
  }

  /** Whether demo prices may be told, as of a state of the store no older than the question. */
  async isOpen(): Promise<boolean> {
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

  /** Calls back when the demo market gives way to real candles, until the result is called. */
  onShut(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  async #look(): Promise<boolean> {
    const change = this.#changes.current();
    const isOpen = isDemoMarketShown(await this.#store.listSeries(), this.#mode);
    const hasShut = !isOpen && this.#isOpen === true;
    this.#isOpen = isOpen;
    this.#change = change;
    if (hasShut) this.#listeners.tell();
    return isOpen;
  }
}
