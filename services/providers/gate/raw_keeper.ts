import { errorMessage } from "../../kernel/errors.ts";
import type { Log, Timer } from "../../ports/mod.ts";
import type { RawAnswer, RawAnswerStore } from "../../ports/provider_records.ts";

/** Answers are written together, at most so much later. */
const KEEP_WITHIN_MS = 250;
const WRITTEN_AT_ONCE = 64;
/** UTF-16 units that may wait for the database; beyond it, answers are lost and counted. */
const MAX_WAITING_UNITS = 32 * 1024 * 1024;

export interface RawKeeperDeps {
  readonly store: RawAnswerStore;
  readonly timer: Timer;
  readonly log: Log;
  readonly onLost: (lost: number) => void;
}

/** Writes raw answers behind the calls that brought them, so that no call waits for the database. */
export class RawKeeper {
  readonly #deps: RawKeeperDeps;
  readonly #waiting = new Map<string, RawAnswer>();
  #units = 0;
  #cancelTimer: (() => void) | null = null;
  #writing: Promise<void> | null = null;

  constructor(deps: RawKeeperDeps) {
    this.#deps = deps;
  }

  keep(answer: RawAnswer): void {
    const id = JSON.stringify([answer.provider, answer.key, answer.checksum]);
    const before = this.#waiting.get(id);
    const units = this.#units + answer.body.length - (before?.body.length ?? 0);
    if (units > MAX_WAITING_UNITS) {
      this.#deps.onLost(1);
      return;
    }
    this.#units = units;
    this.#waiting.set(id, answer);
    if (this.#waiting.size >= WRITTEN_AT_ONCE) void this.flush();
    else this.#cancelTimer ??= this.#deps.timer.after(KEEP_WITHIN_MS, () => void this.flush());
  }

  /** Writes what waits; resolves when the database has it, or did not take it. */
  async flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    await this.#writing;
    this.#writing ??= this.#write().finally(() => this.#writing = null);
    await this.#writing;
  }

  async #write(): Promise<void> {
    const answers = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#units = 0;
    if (answers.length === 0) return;
    try {
      await this.#deps.store.keep(answers);
    } catch (error) {
      this.#deps.onLost(answers.length);
      const fields = { answers: answers.length, error: errorMessage(error) };
      this.#deps.log.error("Cannot keep raw answers", fields);
    }
  }
}
