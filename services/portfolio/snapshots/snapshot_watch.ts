import { errorMessage } from "../../kernel/errors.ts";
import { SECOND_MS } from "../../kernel/time.ts";
import type { ChangeFeed, Log, Timer } from "../../ports/mod.ts";
import type { SnapshotKeeper } from "./snapshot_keeper.ts";

/** An import writes in many steps: it is waited for so long, and looked at no more often. */
export const WATCH_PACE_MS = 5 * SECOND_MS;

export interface SnapshotWatchDeps {
  readonly keeper: Pick<SnapshotKeeper, "askForChanged">;
  /** Moves when candles or rates change, also by another process. */
  readonly changes: ChangeFeed;
  readonly timer: Timer;
  readonly log: Log;
}

/** Has snapshots made anew whose candles or rates were imported, healed or corrected. */
export class SnapshotWatch {
  readonly #deps: SnapshotWatchDeps;
  #stopFeed: (() => void) | null = null;
  #cancel: (() => void) | null = null;
  #looking: Promise<void> | null = null;
  #isDue = false;

  constructor(deps: SnapshotWatchDeps) {
    this.#deps = deps;
  }

  /** Looks at once, as much may have changed while nobody watched, and then at every change. */
  start(): void {
    this.#stopFeed ??= this.#deps.changes.subscribe(() => this.#ask(WATCH_PACE_MS));
    this.#ask(0);
  }

  async stop(): Promise<void> {
    this.#stopFeed?.();
    this.#stopFeed = null;
    this.#cancel?.();
    this.#cancel = null;
    this.#isDue = false;
    await this.#looking;
  }

  #ask(delayMs: number): void {
    if (this.#looking !== null) this.#isDue = true;
    else this.#cancel ??= this.#deps.timer.after(delayMs, () => this.#begin());
  }

  #begin(): void {
    this.#cancel = null;
    this.#looking = this.#look().finally(() => {
      this.#looking = null;
      if (!this.#isDue || this.#stopFeed === null) return;
      this.#isDue = false;
      this.#ask(WATCH_PACE_MS);
    });
  }

  async #look(): Promise<void> {
    const { keeper, log } = this.#deps;
    try {
      const asked = await keeper.askForChanged();
      if (asked > 0) log.info("Snapshots are made anew", { portfolios: asked });
    } catch (error) {
      log.warn("Cannot look for snapshots that are behind, next try at the next change", {
        reason: errorMessage(error),
      });
    }
  }
}
