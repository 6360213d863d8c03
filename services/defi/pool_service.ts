import { AppError } from "../kernel/errors.ts";
import type { UtcMs } from "../kernel/time.ts";
import { decomposeYield, type YieldDecomposition } from "./decomposition.ts";
import { type PoolEpisode, poolEpisodes } from "./episodes.ts";
import { type PoolScores, poolScores } from "./explain_score.ts";
import type { Pool, PoolId } from "./pool.ts";
import { archivedAt, type ArchivedPool, type PoolArchive, type PoolShelf } from "./pool_archive.ts";
import type { PoolHistory } from "./pool_history.ts";
import { type PoolMetrics, poolMetrics } from "./pool_metrics.ts";
import type { PoolSettings } from "./pool_settings.ts";
import { MOCK_SOURCE, type PoolSource } from "./pool_sources.ts";
import type { FetchProblem } from "./ports.ts";
import { type PoolTrend, poolTrend } from "./pool_trend.ts";
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
  readonly trend: PoolTrend;
}

/** A card with its past. */
export interface PoolDetail extends PoolCard {
  readonly sources: readonly PoolSource[];
  readonly history: PoolHistory;
  /** Readings that wait to be confirmed; `null` for a day of the past, of which it is not kept. */
  readonly held: number | null;
  readonly decomposition: YieldDecomposition;
  readonly settings: PoolSettings;
}

/** Who is asked for pools; where those that are shown come from, their own `source` says. */
export interface PoolFetcher {
  /** The provider that fetches; `null` where nobody does. */
  readonly provider: string | null;
  /** The provider that was asked for. */
  readonly wanted: string;
  /** Why it is not the one that was asked for; `null` where it is. */
  readonly fallback: string | null;
}

/** Leaderboards of past instants kept, so that sorting one does not measure it anew. */
const MAX_KEPT_BOARDS = 4;

/** The state of pools at an instant of the past, without it of now. */
export interface PoolMoment {
  readonly asof?: UtcMs | undefined;
}

/** Tells of fetches that brought nothing. */
interface Intake {
  listProblems(): Promise<readonly FetchProblem[]>;
}

/** Pools as they are, and as they were. */
export class PoolService {
  readonly settings: PoolSettings;
  readonly #fetcher: PoolFetcher;
  readonly #archive: PoolArchive;
  readonly #intake: Intake | null;
  #board: { readonly shelf: PoolShelf; readonly cards: readonly PoolCard[] } | null = null;
  #past: { shelf: PoolShelf; byTime: Map<UtcMs, readonly PoolCard[]> } | null = null;

  constructor(
    { archive, settings, fetcher, intake = null }: {
      readonly archive: PoolArchive;
      readonly settings: PoolSettings;
      readonly fetcher: PoolFetcher;
      /** `null` where nothing is fetched. */
      readonly intake?: Intake | null;
    },
  ) {
    this.#intake = intake;
    this.#archive = archive;
    this.settings = settings;
    this.#fetcher = fetcher;
  }

  /** Why the provider is not the one that was asked for; `null` where it is. */
  get fallback(): string | null {
    return this.#fetcher.fallback;
  }

  /** Who fetches now: made-up pools stand in only until there are real ones. */
  async getFetcher(): Promise<PoolFetcher> {
    const { provider, fallback } = this.#fetcher;
    if (provider !== MOCK_SOURCE || fallback === null) return this.#fetcher;
    const { pools } = await this.#archive.shelf();
    const isNeeded = pools.every(({ source }) => source === MOCK_SOURCE);
    return isNeeded ? this.#fetcher : { ...this.#fetcher, provider: null };
  }

  /** Why nothing newer came of what was asked for; nothing where all of it came. */
  async listFetchProblems(): Promise<readonly FetchProblem[]> {
    const { provider } = await this.getFetcher();
    return provider === null ? [] : await this.#intake?.listProblems() ?? [];
  }

  /**
   * Every pool that has a reading, by id; the same list as long as no reading is new. As of an
   * instant of the past a pool is what was known of it then.
   */
  async listCards({ asof }: PoolMoment = {}): Promise<readonly PoolCard[]> {
    const shelf = await this.#archive.shelf();
    if (asof !== undefined) return this.#listPast(shelf, asof);
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

  /** One pool with its past, as it was known at `asof`. Throws `RESOURCE_NOT_FOUND`. */
  async getPool(id: string, { asof }: PoolMoment = {}): Promise<PoolDetail> {
    const { byId } = await this.#archive.shelf();
    const archived = byId.get(id as PoolId);
    if (!archived) throw new AppError("RESOURCE_NOT_FOUND", `Cannot find pool "${id}"`);
    const known = asof === undefined ? archived : archivedAt(archived, asof);
    const card = known && this.#cardOf(known)?.[0];
    if (known === null || !card) {
      throw new AppError("RESOURCE_NOT_FOUND", `Cannot show pool "${id}": nothing was known then`);
    }
    const { settings } = this;
    const { metrics } = card;
    return {
      ...card,
      history: known.history,
      sources: known.sources,
      held: asof === undefined ? known.held : null,
      decomposition: decomposeYield(card.pool, { metrics, settings }),
      settings,
    };
  }

  #listPast(shelf: PoolShelf, asof: UtcMs): readonly PoolCard[] {
    if (this.#past?.shelf !== shelf) this.#past = { shelf, byTime: new Map() };
    const { byTime } = this.#past;
    const known = byTime.get(asof);
    if (known) return known;
    const cards = shelf.pools.flatMap((archived): readonly PoolCard[] => {
      const known = archivedAt(archived, asof);
      return known === null ? [] : this.#cardOf(known) ?? [];
    });
    const oldest = byTime.keys().next().value;
    if (byTime.size >= MAX_KEPT_BOARDS && oldest !== undefined) byTime.delete(oldest);
    byTime.set(asof, cards);
    return cards;
  }

  #cardOf({ pool, source, history }: ArchivedPool): readonly [PoolCard] | null {
    const { settings } = this;
    const metrics = poolMetrics(history, settings);
    if (metrics === null) return null;
    const scores = poolScores(pool, { metrics, settings });
    const episodes = poolEpisodes(history);
    const warnings = poolWarnings(pool, { metrics, episodes });
    const trend = poolTrend(history);
    return [{ pool, source, metrics, scores, warnings, episodes, trend }];
  }
}
