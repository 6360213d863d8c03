import { DEMO_SOURCE } from "../live/live_prices.ts";
import type { StreamEvent } from "./event_stream.ts";
import {
  type CandleTick,
  parseCandleEvent,
  parsePoolUpdate,
  parsePriceUpdate,
  parseScoreUpdate,
  type PoolTick,
  type PriceTick,
  type ScoreTick,
} from "./live_events.ts";
import {
  type PortfolioStreamDeps,
  PortfolioStreams,
  type PortfolioTick,
} from "./live_portfolios.ts";
import { type GaugeTick, parseGaugeUpdate } from "./gauges.ts";
import type { LiveState } from "./live_state.ts";
import { LiveStream, type LiveStreamDeps } from "./live_stream.ts";
import { readEach, SharedStream } from "./shared_stream.ts";

/** A chart's bars: those of an asset in one interval. */
export interface CandleWant {
  readonly coinId: string;
  readonly interval: string;
}

/** All that one page wants to hear of. */
export interface LiveWants {
  readonly coins: readonly string[];
  readonly candles: readonly CandleWant[];
  /** Whether it shows scores. */
  readonly scores: boolean;
  /** Whether it shows pools. */
  readonly pools: boolean;
  /** Whether it shows gauges of chains. */
  readonly gauges: boolean;
  /** Ids of the portfolios whose value it shows. */
  readonly portfolios: readonly string[];
}

const NO_WANTS: LiveWants = {
  ...{ coins: [], candles: [], portfolios: [] },
  ...{ scores: false, pools: false, gauges: false },
};

/** What a page is told. */
export interface LiveSink {
  onPrices(ticks: readonly PriceTick[]): void;
  onCandle(tick: CandleTick): void;
  /** Bars may have been missed: the chart has to be read again. */
  onReset(want: CandleWant): void;
  onScores(ticks: readonly ScoreTick[]): void;
  onPools(ticks: readonly PoolTick[]): void;
  onPortfolio(tick: PortfolioTick): void;
  onState(state: LiveState): void;
  /** How the stream of pools stands, which is not that of prices. */
  onPoolState(state: LiveState): void;
  onGauges(ticks: readonly GaugeTick[]): void;
  /** How the stream of gauges stands. */
  onGaugeState(state: LiveState): void;
}

export interface LiveMember {
  want(wants: LiveWants): void;
  leave(): void;
}

export interface LiveHubDeps extends LiveStreamDeps, PortfolioStreamDeps {
  /** The live prices of the assets, by request. */
  readonly fetchPrices: (coins: readonly string[]) => Promise<readonly PriceTick[]>;
  /** All pools, by request. */
  readonly fetchPools: () => Promise<readonly PoolTick[]>;
  /** The newest reading of each gauge, by request. */
  readonly fetchGauges: () => Promise<readonly GaugeTick[]>;
}

/** The server takes so many coins a stream; who wants more gets all. */
const MAX_STREAM_COINS = 50;
/** Coins of one request for prices. */
const MAX_REQUEST_COINS = 100;
/** Streams of bars at a time; HTTP/1.1 has six connections for everything. */
export const MAX_CANDLE_STREAMS = 3;
/** Where no stream holds, charts are read again with every so many polls. */
const POLLS_PER_READING = 6;

interface Member {
  readonly sink: LiveSink;
  wants: LiveWants;
}

/**
 * Shares streams among pages: one of prices for all of them, and one for each set of bars that some
 * page shows. Each page hears of what it wants alone.
 */
export class LiveHub {
  readonly #deps: LiveHubDeps;
  readonly #members = new Set<Member>();
  readonly #latest = new Map<string, PriceTick>();
  readonly #candles = new Map<string, LiveStream>();
  readonly #portfolios: PortfolioStreams;
  readonly #scores: SharedStream<ScoreTick>;
  readonly #pools: SharedStream<PoolTick>;
  readonly #gauges: SharedStream<GaugeTick>;
  #prices: LiveStream | null = null;
  #covered: ReadonlySet<string> = new Set();

  constructor(deps: LiveHubDeps) {
    this.#deps = deps;
    this.#portfolios = new PortfolioStreams(deps, (tick) =>
      this.#eachMember(({ sink, wants }) => {
        if (wants.portfolios.includes(tick.portfolioId)) sink.onPortfolio(tick);
      }));
    const to = (name: "scores" | "pools" | "gauges", tell: (sink: LiveSink) => void) =>
      this.#eachMember(({ sink, wants }) => {
        if (wants[name]) tell(sink);
      });
    // Scores change by the hour: whoever has no stream sees them with the next page.
    this.#scores = new SharedStream(deps, {
      ...{ path: "/api/stream/scores", event: "score_update", parse: parseScoreUpdate },
      onTicks: (ticks) => to("scores", (sink) => sink.onScores(ticks)),
    });
    this.#pools = new SharedStream(deps, {
      ...{ path: "/api/stream/pools", event: "pool_update", parse: parsePoolUpdate },
      onTicks: (ticks) => to("pools", (sink) => sink.onPools(ticks)),
      onState: (state) => to("pools", (sink) => sink.onPoolState(state)),
      fetchAll: deps.fetchPools,
    });
    this.#gauges = new SharedStream(deps, {
      ...{ path: "/api/stream/onchain", event: "gauge_update", parse: parseGaugeUpdate },
      onTicks: (ticks) => to("gauges", (sink) => sink.onGauges(ticks)),
      onState: (state) => to("gauges", (sink) => sink.onGaugeState(state)),
      fetchAll: deps.fetchGauges,
    });
  }

  /** Takes a page in; nothing is opened before it wants something. */
  join(sink: LiveSink): LiveMember {
    const member: Member = { sink, wants: NO_WANTS };
    this.#members.add(member);
    return {
      want: (wants) => {
        this.#members.add(member);
        this.#welcome(member, wants);
        this.#update();
      },
      leave: () => {
        member.wants = NO_WANTS;
        this.#members.delete(member);
        this.#update();
      },
    };
  }

  /** Tries every stream at once: the connection is back, or the reader asked. */
  retry(): void {
    for (const stream of this.#streams()) stream.retry();
  }

  disconnect(): void {
    for (const stream of this.#streams()) stream.disconnect();
  }

  *#streams(): Generator<LiveStream> {
    if (this.#prices !== null) yield this.#prices;
    for (const { stream } of [this.#scores, this.#pools, this.#gauges]) {
      if (stream !== null) yield stream;
    }
    yield* this.#candles.values();
    yield* this.#portfolios.streams();
  }

  /** Tells a page what is known already of what it did not want before. */
  #welcome(member: Member, wants: LiveWants): void {
    const before = new Set(member.wants.coins);
    const newPortfolios = wants.portfolios.filter((id) => !member.wants.portfolios.includes(id));
    member.wants = wants;
    const known = wants.coins.filter((coin) => !before.has(coin))
      .flatMap((coin) => this.#latest.get(coin) ?? []);
    if (known.length > 0) member.sink.onPrices(known);
    for (const id of newPortfolios) {
      const tick = this.#portfolios.latest(id);
      if (tick !== null) member.sink.onPortfolio(tick);
    }
    if (this.#prices !== null) member.sink.onState(this.#prices.state);
    const [pools, gauges] = [this.#pools.stream, this.#gauges.stream];
    if (pools !== null && wants.pools) member.sink.onPoolState(pools.state);
    if (gauges !== null && wants.gauges) member.sink.onGaugeState(gauges.state);
  }

  #update(): void {
    this.#updatePrices();
    this.#updateCandles();
    const isWanted = (name: "scores" | "pools" | "gauges") =>
      [...this.#members].some(({ wants }) => wants[name]);
    this.#scores.update(isWanted("scores"));
    this.#pools.update(isWanted("pools"));
    this.#gauges.update(isWanted("gauges"));
    this.#portfolios.update(new Set([...this.#members].flatMap(({ wants }) => wants.portfolios)));
  }

  #updatePrices(): void {
    const wanted = new Set([...this.#members].flatMap(({ wants }) => wants.coins));
    if (wanted.size === 0) {
      this.#prices?.stop();
      this.#prices = null;
      this.#latest.clear();
      this.#covered = wanted;
      return;
    }
    // A stream that gives more than is wanted stays: a tab that comes back costs nothing.
    const isCovered = [...wanted].every((coin) => this.#covered.has(coin));
    if (this.#prices !== null && isCovered) return;
    const before = pricesPath(this.#covered);
    this.#covered = new Set([...this.#covered, ...wanted]);
    const path = pricesPath(this.#covered);
    if (this.#prices === null) this.#openPrices(path);
    else if (path === before) this.#refresh(wanted).catch(() => {});
    else this.#prices.change(path);
  }

  #openPrices(path: string): void {
    this.#prices = new LiveStream(this.#deps, {
      path,
      onEvent: (event) => this.#onPriceEvent(event),
      onFresh: () => {
        this.#forgetDemo();
        // A failure here is told by the stream's own state.
        this.#refresh(this.#covered).catch(() => {});
      },
      onState: (state) => this.#eachMember(({ sink }) => sink.onState(state)),
      poll: () => this.#refresh(this.#covered),
    });
    this.#prices.start();
    const { state } = this.#prices;
    this.#eachMember(({ sink }) => sink.onState(state));
  }

  /** The demo market may be over: a page that comes later is not welcomed with its prices. */
  #forgetDemo(): void {
    for (const [coinId, { source }] of this.#latest) {
      if (source === DEMO_SOURCE) this.#latest.delete(coinId);
    }
  }

  async #refresh(coins: ReadonlySet<string>): Promise<void> {
    const ids = [...coins];
    const parts: string[][] = [];
    while (ids.length > 0) parts.push(ids.splice(0, MAX_REQUEST_COINS));
    const answers = await Promise.all(parts.map((part) => this.#deps.fetchPrices(part)));
    this.#spread(answers.flat());
  }

  #onPriceEvent({ name, data }: StreamEvent): void {
    if (name !== "price_update") return;
    this.#spread(readEach(data, parsePriceUpdate));
  }

  /** Passes on what is newer than what is known, to those who want it. */
  #spread(ticks: readonly PriceTick[]): void {
    const news = ticks.filter((tick) => {
      const known = this.#latest.get(tick.coinId);
      return known === undefined || tick.at > known.at ||
        (tick.at === known.at && tick.priceUsd !== known.priceUsd);
    });
    for (const tick of news) this.#latest.set(tick.coinId, tick);
    if (news.length === 0) return;
    this.#eachMember(({ sink, wants }) => {
      const coins = new Set(wants.coins);
      const own = news.filter(({ coinId }) => coins.has(coinId));
      if (own.length > 0) sink.onPrices(own);
    });
  }

  #updateCandles(): void {
    const wanted = new Map(
      [...this.#members].flatMap(({ wants }) => wants.candles)
        .map((want) => [candleKey(want), want] as const),
    );
    for (const [key, stream] of this.#candles) {
      if (wanted.has(key)) continue;
      stream.stop();
      this.#candles.delete(key);
    }
    for (const [key, want] of wanted) {
      if (this.#candles.has(key) || this.#candles.size >= MAX_CANDLE_STREAMS) continue;
      const stream = this.#candleStream(want);
      this.#candles.set(key, stream);
      stream.start();
    }
  }

  #candleStream(want: CandleWant): LiveStream {
    const key = candleKey(want);
    const watchers = (tell: (member: Member) => void) =>
      this.#eachMember((member) => {
        if (member.wants.candles.some((one) => candleKey(one) === key)) tell(member);
      });
    const reset = () => watchers(({ sink }) => sink.onReset(want));
    let isFirst = true;
    let polls = 0;
    return new LiveStream(this.#deps, {
      path: `/api/stream/candles?${new URLSearchParams({
        coin: want.coinId,
        interval: want.interval,
      })}`,
      onEvent: ({ name, data }) => {
        if (name !== "candle") return;
        for (const tick of readEach(data, parseCandleEvent)) {
          watchers(({ sink }) => sink.onCandle(tick));
        }
      },
      onFresh: () => {
        // The page came with its bars; only a stream that starts anew later may lack some.
        if (!isFirst) reset();
        isFirst = false;
      },
      onState: () => {},
      poll: () => {
        if (polls++ % POLLS_PER_READING === 0) reset();
        return Promise.resolve();
      },
    });
  }

  #eachMember(tell: (member: Member) => void): void {
    for (const member of this.#members) tell(member);
  }
}

function candleKey({ coinId, interval }: CandleWant): string {
  return `${coinId} ${interval}`;
}

function pricesPath(coins: ReadonlySet<string>): string {
  const path = "/api/stream/prices";
  if (coins.size > MAX_STREAM_COINS) return path;
  return `${path}?${new URLSearchParams({ coins: [...coins].sort().join(",") })}`;
}
