import { errorMessage } from "../kernel/errors.ts";
import { HOUR_MS, MINUTE_MS, utcMsOf } from "../kernel/time.ts";
import type { Clock, Log, Timer } from "../ports/mod.ts";
import type { PoolIngestion } from "./pool_ingestion.ts";
import type { PoolCard, PoolService } from "./pool_service.ts";
import { MOCK_SOURCE } from "./pool_sources.ts";
import type { PoolStore } from "./ports.ts";

export interface PoolFeedDeps {
  readonly pools: PoolService;
  /** `null` where nothing is fetched. */
  readonly ingestion: PoolIngestion | null;
  readonly store: Pick<PoolStore, "thinSnapshots">;
  /** Is told the pools with a new reading, all of them at first. */
  readonly tell: (cards: readonly PoolCard[]) => void;
  readonly tickMs: number;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Log;
}

/** Made-up readings older than this are thinned out, since there is one each second. */
const SECONDS_KEPT_MS = 10 * MINUTE_MS;

/** The pools' own beat: fetches what is due, and tells readers what is new, whoever fetched it. */
export class PoolFeed {
  readonly #deps: PoolFeedDeps;
  readonly #stop = new AbortController();
  #told: ReadonlyMap<string, PoolCard> = new Map();
  #thinnedAt = 0;
  #cancel = () => {};
  #turn: Promise<void> = Promise.resolve();
  #fetching: Promise<void> | null = null;

  constructor(deps: PoolFeedDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#turn = this.#run();
  }

  /** Ends the fetch under way; what it had not stored is fetched again. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#cancel();
    await Promise.all([this.#turn, this.#fetching]);
  }

  /** Tells what has a new reading since it was last asked. */
  async tellNew(): Promise<void> {
    const cards = await this.#deps.pools.listCards();
    const fresh = cards.filter((card) => this.#told.get(card.pool.id) !== card);
    this.#told = new Map(cards.map((card) => [card.pool.id, card]));
    if (fresh.length > 0) this.#deps.tell(fresh);
  }

  async #run(): Promise<void> {
    const { log, timer, tickMs } = this.#deps;
    const { signal } = this.#stop;
    try {
      // A slow source must not keep what others stored from being told.
      this.#fetching ??= this.#fetch().finally(() => this.#fetching = null);
      await this.tellNew();
    } catch (error) {
      log.warn("Cannot tell pools, next try at the next beat", { error: errorMessage(error) });
    }
    if (signal.aborted) return;
    this.#cancel = timer.after(tickMs, () => this.#turn = this.#run());
  }

  async #fetch(): Promise<void> {
    const { ingestion, log } = this.#deps;
    if (ingestion === null) return;
    try {
      if ((await this.#deps.pools.getFetcher()).provider === null) return;
      const report = await ingestion.tick(this.#stop.signal);
      if (report?.provider === MOCK_SOURCE) await this.#thin();
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      log.warn("Cannot fetch pools, next try at the next beat", { error: errorMessage(error) });
    }
  }

  async #thin(): Promise<void> {
    const { store, clock } = this.#deps;
    const now = clock.now();
    if (now - this.#thinnedAt < SECONDS_KEPT_MS) return;
    this.#thinnedAt = now;
    const before = utcMsOf(now - SECONDS_KEPT_MS);
    await store.thinSnapshots(MOCK_SOURCE, { before, bucketMs: HOUR_MS });
  }
}
