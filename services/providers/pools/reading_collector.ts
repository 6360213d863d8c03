import type { Pool, PoolSnapshot } from "../../defi/pool.ts";
import type { NormalizedPools, QuarantinedReading } from "../../defi/ports.ts";
import { formatUtcMs, type UtcMs } from "../../kernel/time.ts";
import { MAX_AHEAD_MS, type Reading, toReading } from "./reading.ts";
import { RowError } from "./row_fields.ts";

/** Readings of one source, those set aside that can't be. */
export class ReadingCollector {
  readonly #source: string;
  readonly #mayRename: boolean;
  readonly #now: UtcMs | null;
  readonly #pools = new Map<string, Pool>();
  readonly #snapshots: PoolSnapshot[] = [];
  readonly #quarantined: QuarantinedReading[] = [];

  /**
   * Where tokens may be renamed, the last symbol of an address is its pool's. Where `now` is given,
   * what is said to be known later is known now, and what is said to be of later is set aside.
   */
  constructor(
    source: string,
    { mayRename = false, now = null }: {
      readonly mayRename?: boolean | undefined;
      readonly now?: UtcMs | null;
    } = {},
  ) {
    this.#source = source;
    this.#mayRename = mayRename;
    this.#now = now;
  }

  /** Takes what `read` gives; a `RowError` of it sets the row aside. */
  add(line: number, read: () => Reading): void {
    try {
      const { pool, snapshot } = toReading(this.#dated(read()), this.#source);
      const known = this.#pools.get(pool.id);
      if (known && known.symbol !== pool.symbol && !this.#mayRename) {
        throw new RowError(
          `Cannot add ${pool.symbol}: its address ${pool.poolAddress} is ${known.symbol}'s`,
        );
      }
      this.#pools.set(pool.id, pool);
      this.#snapshots.push(snapshot);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      this.setAside(line, error.message);
    }
  }

  #dated(reading: Reading): Reading {
    const { ts, knownAt } = reading;
    if (this.#now === null) return reading;
    if (ts > this.#now + MAX_AHEAD_MS) {
      throw new RowError(`Cannot read time ${formatUtcMs(ts)}: it is to come`);
    }
    return knownAt > this.#now ? { ...reading, knownAt: this.#now } : reading;
  }

  setAside(line: number, reason: string): void {
    this.#quarantined.push({ line, reason });
  }

  result(): NormalizedPools {
    return {
      pools: [...this.#pools.values()],
      snapshots: this.#snapshots,
      quarantined: this.#quarantined,
    };
  }
}
