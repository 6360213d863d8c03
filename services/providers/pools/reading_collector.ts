import type { Pool, PoolSnapshot } from "../../defi/pool.ts";
import type { NormalizedPools, QuarantinedReading } from "../../defi/ports.ts";
import { type Reading, toReading } from "./reading.ts";
import { RowError } from "./row_fields.ts";

/** Readings of one source, those set aside that can't be. */
export class ReadingCollector {
  readonly #source: string;
  readonly #mayRename: boolean;
  readonly #pools = new Map<string, Pool>();
  readonly #snapshots: PoolSnapshot[] = [];
  readonly #quarantined: QuarantinedReading[] = [];

  /** Where tokens may be renamed, the last symbol of an address is its pool's. */
  constructor(source: string, { mayRename = false }: { readonly mayRename?: boolean } = {}) {
    this.#source = source;
    this.#mayRename = mayRename;
  }

  /** Takes what `read` gives; a `RowError` of it sets the row aside. */
  add(line: number, read: () => Reading): void {
    try {
      const { pool, snapshot } = toReading(read(), this.#source);
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
