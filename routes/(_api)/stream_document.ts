import { z } from "zod";
import { CANDLE_STATES, INTERVALS } from "../../services/market/mod.ts";
import { IdParam } from "./params.ts";
import { Amount } from "./portfolio_wire.ts";
import { GaugeUpdate } from "./onchain.ts";
import { PoolRow } from "./pools_wire.ts";
import { ReasonsByFigure } from "./reasons_wire.ts";
import { Epoch, Instant } from "./schemas.ts";
import { MAX_COINS } from "./stream_socket.ts";
import { STREAM_TOPICS } from "./stream_wire.ts";

/** What the document says of one stream of events. */
export interface StreamDefinition {
  readonly path: string;
  readonly params?: z.ZodObject;
  readonly summary: string;
  readonly description: string;
  readonly query: z.ZodObject;
  readonly headers: z.ZodObject;
  /** Name of its events, and the schema of their data. */
  readonly event: string;
  readonly data: z.ZodType;
  /** Statuses beside 200 and 500. */
  readonly refusals: readonly number[];
}

/** Under which the streams stand; WebSockets have no place in OpenAPI but in words. */
export const STREAM_TAG = {
  name: "streams",
  description: "Server-Sent Events, and WebSockets at /ws/prices and /api/market/stream, and at " +
    "/ws/scores; a portfolio's owner finds its value at /ws/portfolio/{portfolio_id}. " +
    `A WebSocket takes ?coins=bitcoin,ETH (at most ${MAX_COINS}, by any of their names) and the ` +
    'messages {"type":"subscribe","coins":["bitcoin"]}, {"type":"unsubscribe","coins":["bitcoin"]} ' +
    'and {"type":"ping"}. It answers subscribed, unsubscribed, pong, or {"type":"error","error":{' +
    '"code","message"}}, and sends {"type":"price_update","data":PriceUpdate} as prices change; ' +
    "of scores score_update and ScoreUpdate; with ?batch=1 one price_updates or score_updates with " +
    "all of a beat. A slow reader gets the latest value of each key. Close codes: 1003 binary, " +
    "1008 too many messages or mistakes, 1009 too large, 1001 and 1012 restarting: connect again.",
} as const;

const PriceUpdate = z.object({
  coin_id: z.string(),
  price: z.number().describe("Dollars"),
  timestamp: Instant.describe("Time of the newest trade that counts"),
  source: z.string().describe("consolidated, or the one source"),
  venues: z.array(z.string()).describe("Venues that count"),
}).meta({ id: "PriceUpdate" });

const CandleUpdate = z.object({
  coin_id: z.string(),
  interval: z.enum(INTERVALS),
  t: Epoch.describe("Bucket start, epoch ms"),
  o: z.number(),
  h: z.number(),
  l: z.number(),
  c: z.number(),
  v: z.number().nullable(),
  state: z.enum(CANDLE_STATES),
  source: z.string(),
  asof: Instant,
}).meta({ id: "CandleUpdate" });

const FeedUpdate = z.object({
  venue: z.string(),
  state: z.enum(["connecting", "live", "silent", "reconnecting", "unavailable"]),
  since: Instant,
  last_frame_at: Instant.nullable(),
  attempts: z.number().int().describe("Failed since it was last live"),
  reason: z.string().nullable().describe("Why it is not live"),
}).meta({ id: "FeedUpdate" });

const ScoreUpdate = z.object({
  coin_id: z.string(),
  method: z.string(),
  score: z.number().nullable().describe("0 to 100; null for an asset that is not rated"),
  band: z.tuple([z.number(), z.number()]).nullable(),
  rank: z.int().nullable(),
  rank_interval: z.tuple([z.number(), z.number()]).nullable(),
  grade: z.string().nullable(),
  asof: Instant.describe("End of the day that is scored"),
}).meta({ id: "ScoreUpdate" });

const LastEventId = z.string().optional()
  .describe("Id of the last event that was read: the stream goes on after it");
const CoinsParam = z.string().optional()
  .meta({ examples: ["bitcoin,ETH"] })
  .describe(`Ids, symbols or other names, at most ${MAX_COINS}; all assets if left out`);
const Resume = { last_event_id: LastEventId };
const headers = z.object({ "Last-Event-ID": LastEventId });

const RESUMING = "Each event has an id. One that is no longer kept is answered with an event " +
  "reset, then the latest values. A comment comes every 15 s where nothing else does.";

/** The streams of events, as they are documented. */
export const STREAMS: readonly StreamDefinition[] = [
  {
    path: "/api/stream/prices",
    summary: "Prices as they change",
    description: `First the latest price of each asset, then what changes. ${RESUMING}`,
    query: z.object({ coins: CoinsParam, ...Resume }),
    headers,
    event: STREAM_TOPICS.prices.event,
    data: PriceUpdate,
    refusals: [404, 409, 422, 503],
  },
  {
    path: "/api/stream/scores",
    summary: "Scores as they are calculated anew",
    description: `First the latest score of each asset by each method, then what changes. ` +
      RESUMING,
    query: z.object({ coins: CoinsParam, ...Resume }),
    headers,
    event: STREAM_TOPICS.scores.event,
    data: ScoreUpdate,
    refusals: [404, 409, 422, 503],
  },
  {
    path: "/api/stream/pools",
    summary: "Pools as they are read anew, at most every second",
    description: `First the latest line of each pool, then what changes. ${RESUMING}`,
    query: z.object(Resume),
    headers,
    event: STREAM_TOPICS.pools.event,
    data: PoolRow,
    refusals: [503],
  },
  {
    path: "/api/stream/onchain",
    summary: "Gas prices and the mempool as they are read, once a minute",
    description: `First the latest reading of each that came since the process began, then what ` +
      `is new. ${RESUMING}`,
    query: z.object(Resume),
    headers,
    event: STREAM_TOPICS.gauges.event,
    data: GaugeUpdate,
    refusals: [503],
  },
  {
    path: "/api/stream/candles",
    summary: "Bars of a chart as they change, the open one included",
    description: `First the newest bars, then what changes, healed bars included. ${RESUMING}`,
    query: z.object({
      coin: z.string().meta({ examples: ["bitcoin"] })
        .describe(`Id, symbol or other name; several by commas, at most ${MAX_COINS}`),
      interval: z.enum(INTERVALS).default("5m").describe("Length of a bar"),
      ...Resume,
    }),
    headers,
    event: STREAM_TOPICS.candles.event,
    data: CandleUpdate,
    refusals: [404, 409, 422, 503],
  },
  {
    path: "/api/stream/feeds",
    summary: "State of the exchanges' feeds as it changes",
    description: RESUMING,
    query: z.object(Resume),
    headers,
    event: STREAM_TOPICS.feeds.event,
    data: FeedUpdate,
    refusals: [503],
  },
];

const PortfolioUpdate = z.object({
  portfolio_id: z.uuid(),
  currency: z.string(),
  nav: Amount.nullable(),
  nav_usd: Amount.nullable(),
  at: Instant,
  asof: Instant.nullable(),
  held_since: Instant.nullable(),
  unrealized_usd: Amount.nullable(),
  reasons: ReasonsByFigure,
  unpriced: z.int(),
  ledger_version: z.int(),
  positions: z.array(z.object({
    asset_id: z.string(),
    quantity: Amount,
    price_usd: z.number().nullable(),
    value: Amount.nullable(),
    share: z.number().nullable(),
  })),
}).meta({ id: "PortfolioUpdate" });

/** The streams of what has an owner, who alone can open them. */
export const OWNED_STREAMS: readonly StreamDefinition[] = [{
  path: "/api/stream/portfolio/{portfolio_id}",
  params: z.object({ portfolio_id: IdParam }),
  summary: "A portfolio's value as prices and its ledger change",
  description: `The value of now, then at most one each second. ${RESUMING}`,
  query: z.object(Resume),
  headers,
  event: STREAM_TOPICS.portfolios.event,
  data: PortfolioUpdate,
  refusals: [404, 422, 503],
}];
