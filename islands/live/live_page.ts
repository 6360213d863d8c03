import type { PriceTick } from "../../components/api/live_events.ts";
import type { LiveState } from "../../components/api/live_state.ts";
import { watchPrices } from "../../components/api/live.ts";
import { LivePrices } from "../../components/live/live_prices.ts";
import { describeLive, type LiveStatus } from "../../components/live/live_status.ts";
import { LiveCells } from "./live_cells.tsx";

/** How often ages are looked at. */
const AGES_EVERY_MS = 1_000;

/** Keeps the prices that the server wrote into a page up to date. */
export class LivePage {
  readonly #cells = new LiveCells(document);
  readonly #prices: LivePrices;
  readonly #motion = matchMedia("(prefers-reduced-motion: reduce)");
  readonly #pending = new Map<string, PriceTick>();
  readonly #onStatus: (status: LiveStatus) => void;
  #state: LiveState | null = null;
  #isUnheard = true;
  #painting = 0;

  constructor(
    onStatus: (status: LiveStatus) => void,
    { isDemo }: { readonly isDemo: boolean },
  ) {
    this.#onStatus = onStatus;
    this.#prices = new LivePrices(this.#cells.rows, { isDemo });
  }

  /** Starts where the page has a price to keep; the answer stops it again. */
  start(): () => void {
    const { coinIds } = this.#prices;
    if (coinIds.length === 0) return () => {};
    const stopWatching = watchPrices(coinIds, {
      onPrices: (ticks) => this.#take(ticks),
      onState: (state) => {
        this.#state = state;
        // What has come is painted first: the state is not to be told by what it replaces.
        if (this.#pending.size === 0) this.#look();
      },
    });
    const timer = setInterval(() => this.#look(), AGES_EVERY_MS);
    return () => {
      stopWatching();
      clearInterval(timer);
      cancelAnimationFrame(this.#painting);
    };
  }

  /** Collects what comes between two frames of the screen; a hidden page draws none. */
  #take(ticks: readonly PriceTick[]): void {
    for (const tick of ticks) this.#pending.set(tick.coinId, tick);
    if (this.#painting === 0) this.#painting = requestAnimationFrame(() => this.#paint());
  }

  #paint(): void {
    this.#painting = 0;
    this.#isUnheard = false;
    const isCalm = this.#motion.matches;
    const now = performance.now();
    for (const tick of this.#pending.values()) {
      const change = this.#prices.apply(tick);
      if (change === null) continue;
      this.#cells.write(change, { isCalm, now });
      this.#cells.age(change.row, this.#serverNow());
    }
    this.#pending.clear();
    this.#look();
  }

  #look(): void {
    const now = this.#serverNow();
    for (const row of this.#prices.live()) this.#cells.age(row, now);
    const newest = this.#prices.newest();
    if (newest !== null) this.#cells.date(newest.at, now);
    this.#onStatus(
      describeLive({
        ...{ state: this.#state, newest, now: Date.now() },
        isUnheard: this.#isUnheard,
      }),
    );
  }

  #serverNow(): number {
    return Date.now() + (this.#state?.skewMs ?? 0);
  }
}
