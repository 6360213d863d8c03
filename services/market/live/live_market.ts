import { errorMessage } from "../../kernel/errors.ts";
import { SECOND_MS } from "../../kernel/time.ts";
import type { Bus } from "../../ports/bus.ts";
import type { LeaseStore } from "../../ports/leases.ts";
import type { Metrics } from "../../ports/metrics.ts";
import type { Clock, Log, Timer } from "../../ports/mod.ts";
import type { AssetId } from "../assets.ts";
import type { LivePriceStore } from "../live_ports.ts";
import type { CandleStore, FeedGap, MarketProvider } from "../ports.ts";
import { FeedTurn } from "./feed_turn.ts";
import { LiveMetrics } from "./live_metrics.ts";

/** How often prices are stored and published. */
const BEAT_MS = 250;
/** How long an instance has the right to feed without extending it. */
const LEASE_MS = 15 * SECOND_MS;
const LEASE_NAME = "feed";
/** How soon an instance that waits for the right asks again. */
const ASK_EVERY_MS = SECOND_MS;

/** One venue and the assets to hear of. */
export interface LiveFeed {
  readonly venue: string;
  readonly assetIds: readonly AssetId[];
  readonly source: Pick<MarketProvider, "ticks">;
}

export interface LiveMarketDeps {
  readonly feeds: readonly LiveFeed[];
  /** Whether what the feeds say may be told at present. */
  readonly mayFeed: () => Promise<boolean>;
  readonly store: CandleStore;
  readonly prices: LivePriceStore;
  readonly bus: Bus;
  readonly leases: LeaseStore;
  /** Names this instance among others. */
  readonly owner: string;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly newId: () => string;
  /** Asks for the candles of a gap to be fetched. */
  readonly heal: (gap: FeedGap) => Promise<void>;
}

/** An operator's word about a held price, as the bus carries it. */
export interface HeldCommand {
  readonly id: string;
  readonly action: "accept" | "drop";
  readonly by: string;
}

/** Topic of the bus for operators' words: whichever instance feeds acts on them. */
const HELD_TOPIC = "held_prices";

/**
 * Turns the venues' trades into prices and candles. Of several instances the one with the lease
 * does; the others wait to take over. Prices and closed bars are stored before they are published,
 * so that whatever is killed, no reader has seen what the store does not have; bars in the making
 * are told of ahead of that.
 */
export class LiveMarket {
  readonly #deps: LiveMarketDeps;
  readonly #metrics: LiveMetrics;
  #turn: FeedTurn | null = null;
  #isStopped = true;
  #leaseUntil = -Infinity;
  #askAgainAt = -Infinity;
  #cancel: () => void = () => {};
  #unsubscribe: () => void = () => {};
  #beating: Promise<void> = Promise.resolve();

  constructor(deps: LiveMarketDeps) {
    this.#deps = deps;
    this.#metrics = new LiveMetrics(deps.metrics);
  }

  /** Whether this instance is the one that feeds. */
  get isFeeding(): boolean {
    return this.#turn !== null;
  }

  /** Begins to ask for the lease, and to feed whenever it has it. */
  start(): void {
    if (this.#deps.feeds.length === 0) return;
    this.#isStopped = false;
    this.#unsubscribe = this.#deps.bus.subscribe(HELD_TOPIC, (payload) => {
      this.#turn?.settle(JSON.parse(payload) as HeldCommand);
    });
    this.#plan(0);
  }

  /** Stores what is in the making, gives the lease up whatever comes of that, and stops. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    this.#unsubscribe();
    await this.#beating;
    await this.#orLog(() => this.#end());
    await this.#deps.leases.release(LEASE_NAME, this.#deps.owner);
  }

  /** Tells whichever instance feeds what an operator decided of a held price. */
  settleHeld(command: HeldCommand): void {
    this.#deps.bus.publish(HELD_TOPIC, JSON.stringify(command));
  }

  #plan(delayMs: number): void {
    if (this.#isStopped) return;
    this.#cancel = this.#deps.timer.after(delayMs, () => {
      this.#beating = this.#beat().finally(() => this.#plan(BEAT_MS));
    });
  }

  #beat(): Promise<void> {
    return this.#orLog(async () => {
      if (!await this.#deps.mayFeed()) return await this.#abandon();
      if (!await this.#hasLease()) return await this.#end({ hasLapsed: true });
      this.#turn ??= await this.#begin();
      await this.#turn.beat();
    });
  }

  /**
   * The store may be away for a moment: what is not stored is kept for the next beat, or found as a
   * gap by whoever feeds next.
   */
  async #orLog(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const reason = errorMessage(error);
      this.#deps.log.error("Live prices could not be stored", { reason, error });
    }
  }

  /**
   * Extends the lease at a third of its length, so that it runs out while we feed only if the
   * process stood still. Then it is as if we had not listened: another may have fed meanwhile.
   */
  async #hasLease(): Promise<boolean> {
    const { clock, leases, owner } = this.#deps;
    const now = clock.now();
    if (now < this.#askAgainAt) return now < this.#leaseUntil;
    this.#askAgainAt = now + ASK_EVERY_MS;
    // The sockets have until the next time to be closed: no venue shall see two of them.
    if (this.#turn !== null && now >= this.#leaseUntil) return false;
    const isOurs = await leases.acquire(LEASE_NAME, { owner, leaseMs: LEASE_MS });
    this.#leaseUntil = isOurs ? now + LEASE_MS : -Infinity;
    if (isOurs) this.#askAgainAt = now + LEASE_MS / 3;
    return isOurs;
  }

  async #begin(): Promise<FeedTurn> {
    this.#deps.log.info("Feeding live prices", {
      venues: this.#deps.feeds.map(({ venue }) => venue),
    });
    const turn = new FeedTurn(this.#deps, this.#metrics);
    await turn.begin();
    return turn;
  }

  async #end({ hasLapsed = false } = {}): Promise<void> {
    const turn = this.#turn;
    this.#turn = null;
    await turn?.end({ hasLapsed });
  }

  /** Ends the turn with nothing of what is in the making; the lease runs out by itself. */
  async #abandon(): Promise<void> {
    const turn = this.#turn;
    if (turn === null) return;
    this.#turn = null;
    this.#deps.log.info("Feeding ends: what the feeds say is not shown any more");
    await turn.abandon();
  }
}
