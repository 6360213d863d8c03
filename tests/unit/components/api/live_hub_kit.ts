import type { PoolTick, PriceTick } from "@/components/api/live_events.ts";
import { LiveHub, type LiveSink, type LiveWants } from "@/components/api/live_hub.ts";
import { parsePortfolioTick, type PortfolioTick } from "@/components/api/live_portfolios.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeStreams } from "@/tests/fakes/event_streams.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";

/** A hub over streams, requests and a clock that a test holds. */
export function setUp(stored: readonly PriceTick[] = []) {
  const timer = new FakeTimer(new FakeClock(1_000_000));
  const streams = new FakeStreams();
  const requests: string[] = [];
  const hub = new LiveHub({
    read: streams.read,
    timer,
    now: () => timer.now(),
    random: () => 1,
    readPortfolio: streams.read,
    fetchPortfolio: (portfolioId) => {
      requests.push(portfolioId);
      return Promise.resolve(portfolioTick(portfolioId, 7));
    },
    fetchPools: () => {
      requests.push("pools");
      return Promise.resolve([poolTick("aave-usdc", 0.05)]);
    },
    fetchGauges: () => {
      requests.push("gauges");
      return Promise.resolve([{ gauge: "eth/gas", reading: { t: 0, values: { fast: 3 } } }]);
    },
    fetchPrices: (coins) => {
      requests.push(coins.join());
      return Promise.resolve(stored.filter(({ coinId }) => coins.includes(coinId)));
    },
  });
  return { timer, streams, requests, hub };
}

function poolTick(poolId: string, supplyApy: number): PoolTick {
  return {
    ...{ poolId, supplyApy, incentiveApy: null, borrowApy: null, utilization: null },
    ...{ kinkDistance: null, tvlUsd: null, withdrawableUsd: null, volatilityPp: null },
    ...{ scoreV0: null, scoreV1: null, warnings: [], at: 0 },
  };
}

/** A page that notes what it is told. */
export function listener() {
  const heard: string[] = [];
  const sink: LiveSink = {
    onPrices: (ticks) =>
      heard.push(...ticks.map(({ coinId, priceUsd }) => `${coinId} ${priceUsd}`)),
    onCandle: ({ coinId, interval, close }) => heard.push(`${coinId} ${interval} ${close}`),
    onReset: ({ coinId, interval }) => heard.push(`reset ${coinId} ${interval}`),
    onScores: (ticks) => heard.push(...ticks.map(({ coinId, score }) => `${coinId} = ${score}`)),
    onPools: (ticks) =>
      heard.push(...ticks.map(({ poolId, supplyApy }) => `${poolId} ${supplyApy}`)),
    onPortfolio: ({ portfolioId, navUsd }) => heard.push(`${portfolioId} ${navUsd}`),
    onState: ({ kind }) => heard.push(kind),
    onPoolState: ({ kind }) => heard.push(`pools ${kind}`),
    onGauges: (ticks) =>
      heard.push(...ticks.map(({ gauge, reading }) => `${gauge} ${reading.values.fast}`)),
    onGaugeState: ({ kind }) => heard.push(`gauges ${kind}`),
  };
  return { heard, sink };
}

const NOTHING = {
  ...{ coins: [], candles: [], portfolios: [] },
  ...{ scores: false, pools: false, gauges: false },
};
/** What a page wants that shows prices of these assets. */
export function wants(...coins: string[]): LiveWants {
  return { ...NOTHING, coins };
}

/** What a page wants that shows a chart. */
export function bars(coinId: string, interval = "5m"): LiveWants {
  return { ...NOTHING, candles: [{ coinId, interval }] };
}

/** What a page wants that shows values of portfolios. */
export function values(...portfolios: string[]): LiveWants {
  return { ...NOTHING, portfolios };
}

/** A value as the server tells it. */
export function valueOf(portfolioId: string, navUsd: number) {
  return {
    portfolio_id: portfolioId,
    at: "2026-11-21T06:00:00Z",
    currency: "USD",
    nav: `${navUsd}`,
    nav_usd: `${navUsd}`,
    held_since: null,
    unrealized_usd: "-1.5",
    unpriced: 1,
    ledger_version: 3,
    positions: [
      { asset_id: "bitcoin", quantity: "0.5", price_usd: 90_000, share: 1 },
      { asset_id: "aave", quantity: "2", price_usd: null, share: null },
    ],
  };
}

/** The same as pages hear it. */
function portfolioTick(id: string, navUsd: number): PortfolioTick {
  return parsePortfolioTick(valueOf(id, navUsd));
}

/** A price as the server tells it. */
export function update(coinId: string, price: number, timestamp = "2026-11-21T06:00:00Z") {
  return { coin_id: coinId, price, timestamp, source: "consolidated", venues: ["binance"] };
}
