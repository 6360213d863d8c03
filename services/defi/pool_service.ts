import { AppError } from "../kernel/errors.ts";
import { decomposeYield, type YieldDecomposition } from "./decomposition.ts";
import { type PoolEpisode, poolEpisodes } from "./episodes.ts";
import { type PoolScores, poolScores } from "./explain_score.ts";
import type { Pool, PoolId } from "./pool.ts";
import type { ArchivedPool, PoolArchive, PoolShelf } from "./pool_archive.ts";
import type { PoolHistory } from "./pool_history.ts";
import { type PoolMetrics, poolMetrics } from "./pool_metrics.ts";
import type { PoolSettings } from "./pool_settings.ts";
import { type PoolWarning, poolWarnings } from "./pool_warnings.ts";

/** A pool's newest state with what follows from it. */
export interface PoolCard {
  readonly pool: Pool;
  readonly source: string;
  readonly metrics: PoolMetrics;
  readonly scores: PoolScores;
  readonly warnings: readonly PoolWarning[];
  /** Stretches in which all was lent, or readings were old. */
  readonly episodes: readonly PoolEpisode[];
}

/** A card with its past. */
export interface PoolDetail extends PoolCard {
  readonly sources: readonly string[];
  readonly history: PoolHistory;
  readonly held: number;
  readonly decomposition: YieldDecomposition;
  readonly settings: PoolSettings;
}

/** Whose pools are served. */
export interface PoolOrigin {
  /** The provider that runs. */
  readonly provider: string;
  /** The provider that was asked for. */
  readonly wanted: string;
  /** Why it is not the one that was asked for; `null` where it is. */
  readonly fallback: string | null;
}

/** Pools as they are. */
export class PoolService {
  readonly settings: PoolSettings;
  readonly origin: PoolOrigin;
  readonly #archive: PoolArchive;
  #board: { readonly shelf: PoolShelf; readonly cards: readonly PoolCard[] } | null = null;

  constructor(
    { archive, settings, origin }: {
      readonly archive: PoolArchive;
      readonly settings: PoolSettings;
      readonly origin: PoolOrigin;
    },
  ) {
    this.#archive = archive;
    this.settings = settings;
    this.origin = origin;
  }

  /** Every pool that has a reading, by id; the same list as long as no reading is new. */
  async listCards(): Promise<readonly PoolCard[]> {
    const shelf = await this.#archive.shelf();
    if (this.#board?.shelf === shelf) return this.#board.cards;
    const known = new Map(
      this.#board?.cards.map((card) => [card.pool.id, card]),
    );
    const cards = shelf.pools.flatMap((archived): readonly PoolCard[] => {
      const before = this.#board?.shelf.byId.get(archived.pool.id);
      const card = known.get(archived.pool.id);
      // Only what has a new reading is measured again.
      if (card && before === archived) return [card];
      return this.#cardOf(archived) ?? [];
    });
    this.#board = { shelf, cards };
    return cards;
  }

  /** One pool with its past. Throws `RESOURCE_NOT_FOUND`. */
  async getPool(id: string): Promise<PoolDetail> {
    const { byId } = await this.#archive.shelf();
    const archived = byId.get(id as PoolId);
    const card = archived && this.#cardOf(archived)?.[0];
    if (!card) throw new AppError("RESOURCE_NOT_FOUND", `Cannot find pool "${id}"`);
    const { history, sources, held } = archived;
    const { settings } = this;
    const decomposition = decomposeYield(card.pool, { metrics: card.metrics, settings });
    return { ...card, history, sources, held, decomposition, settings };
  }

  #cardOf({ pool, source, history }: ArchivedPool): readonly [PoolCard] | null {
    const { settings } = this;
    const metrics = poolMetrics(history, settings);
    if (metrics === null) return null;
    const scores = poolScores(pool, { metrics, settings });
    const episodes = poolEpisodes(history);
    const warnings = poolWarnings(pool, { metrics, episodes });
    return [{ pool, source, metrics, scores, warnings, episodes }];
  }
}
