import { asset } from "fresh/runtime";
import type { GaugeTick } from "./gauges.ts";
import type { CandleTick, PoolTick, PriceTick, ScoreTick } from "./live_events.ts";
import type { CandleWant, LiveSink, LiveWants } from "./live_hub.ts";
import type { PortfolioTick } from "./live_portfolios.ts";
import { WANTS_EVERY_MS } from "./live_messages.ts";
import { browserTimer, type LiveState } from "./live_state.ts";
import { type HubLink, SharedLink } from "./shared_link.ts";

export interface PriceWatcher {
  /** Prices that changed, the newest of each asset. */
  readonly onPrices: (ticks: readonly PriceTick[]) => void;
  readonly onState: (state: LiveState) => void;
}

export interface CandleWatcher {
  readonly onCandle: (tick: CandleTick) => void;
  /** Bars may have been missed: read the chart again. */
  readonly onReset: () => void;
}

export interface GaugeWatcher {
  /** Gauges with a new reading. */
  readonly onGauges: (ticks: readonly GaugeTick[]) => void;
  readonly onState: (state: LiveState) => void;
}

export interface PoolWatcher {
  /** Pools with a new reading. */
  readonly onPools: (ticks: readonly PoolTick[]) => void;
  readonly onState: (state: LiveState) => void;
}

/** Tells of the last prices of the assets, and of how the stream stands, until it is stopped. */
export function watchPrices(coins: readonly string[], watcher: PriceWatcher): () => void {
  return page().watchPrices(coins, watcher);
}

/** Tells of an asset's bars in one interval as they change, until it is stopped. */
export function watchCandles(want: CandleWant, watcher: CandleWatcher): () => void {
  return page().watchCandles(want, watcher);
}

/** Tells of scores that may be new, of any asset and method, until it is stopped. */
export function watchScores(onScores: (ticks: readonly ScoreTick[]) => void): () => void {
  return page().watchScores(onScores);
}

/** Tells of pools as they are read anew, and of how their stream stands, until it is stopped. */
export function watchPools(watcher: PoolWatcher): () => void {
  return page().watchPools(watcher);
}

/** Tells of gauges as they are read anew, and of how their stream stands, until it is stopped. */
export function watchGauges(watcher: GaugeWatcher): () => void {
  return page().watchGauges(watcher);
}

/** Tells of a portfolio's value, at most once a second, until it is stopped. */
export function watchPortfolio(
  portfolioId: string,
  onValue: (tick: PortfolioTick) => void,
): () => void {
  return page().watchPortfolio(portfolioId, onValue);
}

/** Tries the stream at once instead of when the wait is over. */
export function retryStream(): void {
  page().retry();
}

let shared: LivePage | null = null;

function page(): LivePage {
  return shared ??= new LivePage();
}

/** What one page watches: many watchers, one link to the hub. */
class LivePage implements LiveSink {
  readonly #prices = new Map<PriceWatcher, ReadonlySet<string>>();
  readonly #candles = new Map<CandleWatcher, CandleWant>();
  readonly #scores = new Set<(ticks: readonly ScoreTick[]) => void>();
  readonly #pools = new Set<PoolWatcher>();
  readonly #gauges = new Set<GaugeWatcher>();
  readonly #portfolios = new Map<(tick: PortfolioTick) => void, string>();
  #link: HubLink | null = null;
  #state: LiveState | null = null;
  #poolState: LiveState | null = null;
  #gaugeState: LiveState | null = null;

  constructor() {
    // A page that is left may come back as it was: it leaves the hub and joins it again.
    addEventListener("pagehide", () => this.#link?.leave());
    addEventListener("pageshow", () => this.#tellWants());
    setInterval(() => this.#tellWants(), WANTS_EVERY_MS);
  }

  watchPrices(coins: readonly string[], watcher: PriceWatcher): () => void {
    this.#prices.set(watcher, new Set(coins));
    if (this.#state !== null) watcher.onState(this.#state);
    this.#tellWants();
    return () => {
      this.#prices.delete(watcher);
      this.#tellWants();
    };
  }

  watchCandles(want: CandleWant, watcher: CandleWatcher): () => void {
    this.#candles.set(watcher, want);
    this.#tellWants();
    return () => {
      this.#candles.delete(watcher);
      this.#tellWants();
    };
  }

  watchScores(onScores: (ticks: readonly ScoreTick[]) => void): () => void {
    this.#scores.add(onScores);
    this.#tellWants();
    return () => {
      this.#scores.delete(onScores);
      this.#tellWants();
    };
  }

  watchPools(watcher: PoolWatcher): () => void {
    this.#pools.add(watcher);
    if (this.#poolState !== null) watcher.onState(this.#poolState);
    this.#tellWants();
    return () => {
      this.#pools.delete(watcher);
      this.#tellWants();
    };
  }

  watchGauges(watcher: GaugeWatcher): () => void {
    this.#gauges.add(watcher);
    if (this.#gaugeState !== null) watcher.onState(this.#gaugeState);
    this.#tellWants();
    return () => {
      this.#gauges.delete(watcher);
      this.#tellWants();
    };
  }

  watchPortfolio(portfolioId: string, onValue: (tick: PortfolioTick) => void): () => void {
    this.#portfolios.set(onValue, portfolioId);
    this.#tellWants();
    return () => {
      this.#portfolios.delete(onValue);
      this.#tellWants();
    };
  }

  retry(): void {
    this.#link?.retry();
  }

  onPrices(ticks: readonly PriceTick[]): void {
    for (const [watcher, coins] of this.#prices) {
      const own = ticks.filter(({ coinId }) => coins.has(coinId));
      if (own.length > 0) watcher.onPrices(own);
    }
  }

  onCandle(tick: CandleTick): void {
    for (const [watcher, want] of this.#candles) if (isOf(tick, want)) watcher.onCandle(tick);
  }

  onReset(reset: CandleWant): void {
    for (const [watcher, want] of this.#candles) if (isOf(reset, want)) watcher.onReset();
  }

  onScores(ticks: readonly ScoreTick[]): void {
    for (const tell of this.#scores) tell(ticks);
  }

  onPools(ticks: readonly PoolTick[]): void {
    for (const { onPools } of this.#pools) onPools(ticks);
  }

  onPoolState(state: LiveState): void {
    this.#poolState = state;
    for (const { onState } of this.#pools) onState(state);
  }

  onGauges(ticks: readonly GaugeTick[]): void {
    for (const { onGauges } of this.#gauges) onGauges(ticks);
  }

  onGaugeState(state: LiveState): void {
    this.#gaugeState = state;
    for (const { onState } of this.#gauges) onState(state);
  }

  onPortfolio(tick: PortfolioTick): void {
    for (const [tell, id] of this.#portfolios) if (id === tick.portfolioId) tell(tick);
  }

  onState(state: LiveState): void {
    this.#state = state;
    for (const watcher of this.#prices.keys()) watcher.onState(state);
  }

  #tellWants(): void {
    // A page that never wanted anything opens nothing.
    if (this.#link === null && this.#watchers === 0) return;
    const wants: LiveWants = {
      coins: [...new Set([...this.#prices.values()].flatMap((coins) => [...coins]))],
      candles: [...this.#candles.values()],
      scores: this.#scores.size > 0,
      pools: this.#pools.size > 0,
      gauges: this.#gauges.size > 0,
      portfolios: [...new Set(this.#portfolios.values())],
    };
    this.#link ??= connect(this);
    this.#link.want(wants);
  }

  get #watchers(): number {
    return this.#prices.size + this.#candles.size + this.#scores.size + this.#pools.size +
      this.#gauges.size + this.#portfolios.size;
  }
}

function isOf(one: CandleWant, other: CandleWant): boolean {
  return one.coinId === other.coinId && one.interval === other.interval;
}

/** A hub of the page's own. Its code is fetched only where no worker has it for all tabs. */
function connectHub(sink: LiveSink): HubLink {
  const joined = import("./browser_hub.ts").then(({ createBrowserHub }) => {
    const hub = createBrowserHub();
    return { hub, member: hub.join(sink) };
  });
  return {
    want: (wants) => void joined.then(({ member }) => member.want(wants)),
    leave: () => void joined.then(({ member }) => member.leave()),
    retry: () => void joined.then(({ hub }) => hub.retry()),
  };
}

/** The link to the worker of all tabs, or to a hub of the page's own where there is none. */
function connect(sink: LiveSink): HubLink {
  const worker = startWorker();
  if (worker === null) return connectHub(sink);
  return new SharedLink(sink, { worker, openHub: () => connectHub(sink), timer: browserTimer });
}

/** `null` where the browser shares no workers, or refuses to, as in some private windows. */
function startWorker(): SharedWorker | null {
  if (typeof SharedWorker === "undefined") return null;
  try {
    return new SharedWorker(asset("/workers/live.js"), { name: "tokenlysis-live" });
  } catch {
    return null;
  }
}
