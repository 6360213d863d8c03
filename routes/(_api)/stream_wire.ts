import { formatUtcMs } from "../../services/kernel/time.ts";
import {
  type FeedStatus,
  LIVE_TOPICS,
  type LiveBoard,
  type LiveCandle,
  type LivePrice,
} from "../../services/market/mod.ts";
import {
  newsOf,
  SCORE_TOPIC,
  type ScoreNews,
  type ScoreService,
} from "../../services/scores/mod.ts";
import type { LedgerService, PortfolioValue, ValueFeed } from "../../services/portfolio/mod.ts";
import type { PoolCard } from "../../services/defi/mod.ts";
import type { UtcMs } from "../../services/kernel/time.ts";
import type { Bus } from "../../services/ports/bus.ts";
import { poolToWire } from "./pools_wire.ts";
import { reasonsToWire } from "./reasons_wire.ts";
import type {
  StreamEntry,
  StreamHub,
  StreamValue,
  WireFormat,
} from "../../services/streams/mod.ts";

/** Topics of the hub, with the name of their events. */
export const STREAM_TOPICS = {
  prices: { event: "price_update" },
  candles: { event: "candle" },
  feeds: { event: "feed" },
  scores: { event: "score_update" },
  portfolios: { event: "portfolio_value" },
  pools: { event: "pool_update" },
  gauges: { event: "gauge_update" },
} as const;

const encoder = new TextEncoder();

/** Events as `text/event-stream`, all of a beat in one chunk. */
export function sseFormat(instance: string): WireFormat<Uint8Array<ArrayBuffer>> {
  return {
    name: "sse",
    encode: (entries, { event }) =>
      encoder.encode(
        entries.map(({ seq, json }) => `id: ${instance}-${seq}\nevent: ${event}\ndata: ${json}\n\n`)
          .join(""),
      ),
  };
}

/** A frame for each value. */
export const SOCKET_FORMAT: WireFormat<readonly string[]> = {
  name: "socket",
  encode: (entries, { event }) =>
    entries.map(({ json }: StreamEntry) => `{"type":"${event}","data":${json}}`),
};

/** A frame for each beat with all its values: an eighth of the work for ten of them. */
export const BATCH_FORMAT: WireFormat<readonly string[]> = {
  name: "batch",
  encode: (entries, { event }) => [
    `{"type":"${event}s","data":[${entries.map(({ json }) => json).join()}]}`,
  ],
};

/** Has the hub send what board and bus tell, until the result is called. */
export function feedHub(
  hub: StreamHub,
  { board, bus }: { readonly board: LiveBoard; readonly bus: Bus },
): () => void {
  const onPrices = (prices: readonly LivePrice[]) => hub.publish("prices", prices.map(priceValue));
  const onFeeds = (feeds: readonly FeedStatus[]) => hub.publish("feeds", feeds.map(feedValue));
  const stops = [
    board.subscribe({
      onPrices,
      onFeeds,
      onForgotten() {
        hub.forget("prices");
        hub.forget("feeds");
        onPrices(board.list());
        onFeeds(board.feeds());
      },
    }),
    bus.subscribe(LIVE_TOPICS.candles, (payload) => {
      hub.publish("candles", (JSON.parse(payload) as readonly LiveCandle[]).map(candleValue));
    }),
    bus.subscribe(SCORE_TOPIC, (payload) => {
      hub.publish("scores", (JSON.parse(payload) as readonly ScoreNews[]).map(scoreValue));
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Has the hub know the newest scores, which are told only when they change. */
export async function tellScores(hub: StreamHub, scores: ScoreService): Promise<void> {
  for (const { version } of scores.listMethods()) {
    const { run } = await scores.getBoard({ method: version });
    if (run !== null) hub.publish("scores", newsOf(run).map(scoreValue));
  }
}

/** Has the values of watched portfolios follow prices and ledgers, until the result is called. */
export function feedValues(
  feed: ValueFeed,
  { board, ledger }: {
    readonly board: LiveBoard;
    readonly ledger: Pick<LedgerService, "subscribe">;
  },
): () => void {
  const stops = [
    board.subscribe({
      onPrices(prices) {
        if (feed.size > 0) feed.onPrices(prices.map(({ assetId }) => assetId));
      },
      onForgotten: () => feed.onMarket(),
    }),
    ledger.subscribe((scope) => feed.onLedger(scope)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** A portfolio's value as its owner's streams tell it. */
export function portfolioValue(value: PortfolioValue): StreamValue {
  const wire = {
    portfolio_id: value.portfolio.id,
    currency: value.currency,
    nav: value.nav,
    nav_usd: value.navUsd,
    at: formatUtcMs(value.at),
    asof: value.asof === null ? null : formatUtcMs(value.asof),
    held_since: value.heldSince === null ? null : formatUtcMs(value.heldSince),
    unrealized_usd: value.unrealizedUsd,
    reasons: reasonsToWire(value.reasons),
    unpriced: value.unpriced,
    ledger_version: value.ledgerVersion,
    positions: value.positions.map(({ assetId, quantity, price, value, share }) => ({
      asset_id: assetId,
      quantity,
      price_usd: price?.priceUsd ?? null,
      value,
      share,
    })),
  };
  return { key: value.portfolio.id, json: JSON.stringify(wire) };
}

/** A price as streams tell it. */
export function priceValue({ assetId, priceUsd, asof, source, venues }: LivePrice): StreamValue {
  const wire = {
    coin_id: assetId,
    price: priceUsd,
    timestamp: formatUtcMs(asof),
    source,
    venues: venues.map(({ venue }) => venue),
  };
  return { key: assetId, json: JSON.stringify(wire) };
}

/** The group of an asset's bars of one interval, whatever their source. */
export function candleGroup(assetId: string, interval: string): string {
  return `${assetId} ${interval}`;
}

function candleValue(candle: LiveCandle): StreamValue {
  const { assetId, interval, openTime, source, state } = candle;
  const wire = {
    coin_id: assetId,
    interval,
    t: openTime,
    o: candle.open,
    h: candle.high,
    l: candle.low,
    c: candle.close,
    v: candle.volume,
    state,
    source,
    asof: formatUtcMs(candle.asof),
  };
  return {
    key: `${assetId} ${interval} ${source} ${openTime}`,
    group: candleGroup(assetId, interval),
    json: JSON.stringify(wire),
  };
}

function feedValue(
  { venue, state, since, lastFrameAt, attempts, reason }: FeedStatus,
): StreamValue {
  const wire = {
    venue,
    state,
    since: formatUtcMs(since),
    last_frame_at: lastFrameAt === null ? null : formatUtcMs(lastFrameAt),
    attempts,
    reason,
  };
  return { key: venue, json: JSON.stringify(wire) };
}

/** A score as streams tell it: the latest of each asset and method. */
function scoreValue(
  { assetId, method, asof, score, band, rank, rankInterval, letter }: ScoreNews,
): StreamValue {
  const wire = {
    coin_id: assetId,
    method,
    score,
    band,
    rank,
    rank_interval: rankInterval,
    grade: letter,
    asof: formatUtcMs(asof),
  };
  return { key: `${assetId} ${method}`, group: assetId, json: JSON.stringify(wire) };
}

/** A pool as streams tell it: a line of the leaderboard. */
export function poolValue(card: PoolCard, now: UtcMs): StreamValue {
  return { key: card.pool.id, json: JSON.stringify(poolToWire(card, { now, method: "v1" })) };
}
