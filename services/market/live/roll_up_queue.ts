import { MINUTE_MS, type UtcMs } from "../../kernel/time.ts";
import { intervalMs, type SeriesKey } from "../candle.ts";
import type { CandleStore, TimeRange } from "../ports.ts";
import { BUILT_INTERVAL } from "./live_candles.ts";
import type { CandleWrite } from "./live_candles.ts";
import { type RolledUp, rollUp } from "./roll_up.ts";

/** How soon coarser bars follow the ones that they are made of. */
const ROLL_EVERY_MS = MINUTE_MS;
/** Markets rolled up at one beat, so that a hundred of them don't hold up prices. */
const MARKETS_AT_ONCE = 8;

interface Due {
  readonly key: SeriesKey;
  readonly range: TimeRange;
}

/** Keeps the 1 h and 1 d bars up to the stored 5 m bars, a few markets at a time. */
export class RollUpQueue {
  readonly #store: CandleStore;
  readonly #waiting = new Map<string, Due>();
  #due: Due[] = [];
  #takenAt = -Infinity;

  constructor(store: CandleStore) {
    this.#store = store;
  }

  /** Says that these bars were stored. */
  add(writes: readonly CandleWrite[]): void {
    for (const { key, built } of writes) {
      const name = `${key.source} ${key.assetId}`;
      const known = this.#waiting.get(name)?.range;
      const from = Math.min(known?.from ?? Infinity, built[0]?.openTime ?? Infinity) as UtcMs;
      const last = (built.at(-1)?.openTime ?? -Infinity) + intervalMs(BUILT_INTERVAL);
      const to = Math.max(known?.to ?? -Infinity, last) as UtcMs;
      this.#waiting.set(name, { key, range: { from, to } });
    }
  }

  /** Rolls up what is due; `all` also what could wait. What it wrote. */
  async beat(now: UtcMs, { all = false } = {}): Promise<readonly RolledUp[]> {
    if (all || (this.#due.length === 0 && now - this.#takenAt >= ROLL_EVERY_MS)) {
      this.#due.push(...this.#waiting.values());
      this.#waiting.clear();
      this.#takenAt = now;
    }
    const rolled: RolledUp[] = [];
    for (const due of this.#due.slice(0, all ? Infinity : MARKETS_AT_ONCE)) {
      rolled.push(...await rollUp(this.#store, due));
      // Taken off only now: what could not be written is tried again.
      this.#due = this.#due.filter((other) => other !== due);
    }
    return rolled;
  }
}
