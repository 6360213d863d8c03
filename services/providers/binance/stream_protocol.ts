import { HOUR_MS } from "../../kernel/time.ts";
import type { VenueMessage, VenueProtocol } from "../exchange/protocol.ts";
import {
  badFrame,
  isRecord,
  type JsonRecord,
  marketNameOf,
  parseFrame,
  shown,
  tradeMessage,
} from "../frame_fields.ts";

/** Binance cuts every connection after 24 h. */
const MAX_CONNECTION_MS = 23 * HOUR_MS;

/** The answer to a request repeats its id and not what was asked, so that the id tells it. */
const REQUEST_IDS = { SUBSCRIBE: 1, UNSUBSCRIBE: 2 } as const;

const IGNORED: VenueMessage = { kind: "ignored" };
const CLOSING: VenueMessage = { kind: "closing", reason: "The server announced its shutdown" };

/**
 * Binance spot trades over the combined stream. Markets are asked for by a frame and not in the
 * address, so that a refusal comes with its reason.
 *
 * Trade ids count one market's trades without holes. `aggTrade` events are understood too; their
 * ids count aggregates, likewise without holes, so one connection should carry only one of both.
 */
export function binanceProtocol({ urls }: { readonly urls: readonly string[] }): VenueProtocol {
  return {
    venue: "binance",
    urls,
    address: streamAddress,
    subscribe: (markets) => request("SUBSCRIBE", markets),
    unsubscribe: (markets) => request("UNSUBSCRIBE", markets),
    read: readBinanceFrame,
    hasConsecutiveTradeIds: true,
    maxConnectionMs: MAX_CONNECTION_MS,
  };
}

/** Settings may name the raw endpoint `/ws`; both it and the bare host lead to the combined one. */
function streamAddress(base: string): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/(?:ws|stream)?\/?$/, "")}/stream`;
  return url;
}

function request(method: keyof typeof REQUEST_IDS, markets: readonly string[]): string[] {
  if (markets.length === 0) return [];
  const params = markets.map((market) => `${market.toLowerCase()}@trade`);
  return [JSON.stringify({ method, params, id: REQUEST_IDS[method] })];
}

/** What a frame of Binance says, be it of a combined or of a raw stream. Never throws. */
export function readBinanceFrame(frame: string): VenueMessage {
  const body = parseFrame(frame);
  if (!isRecord(body)) {
    // Streams of the whole market send lists, which nobody here asks for.
    return Array.isArray(body) ? IGNORED : badFrame("JSON object in", frame);
  }
  if (typeof body.stream !== "string") return readEvent(body);
  if (isRecord(body.data)) return readEvent(body.data);
  return Array.isArray(body.data) ? IGNORED : badFrame("data", body.data);
}

function readEvent(event: JsonRecord): VenueMessage {
  switch (event.e) {
    case "trade":
      return tradeOf(event, event.t);
    case "aggTrade":
      return tradeOf(event, event.a);
    case "serverShutdown":
      return CLOSING;
    case undefined:
      return readReply(event);
    default:
      return typeof event.e === "string" ? IGNORED : badFrame("event type", event.e);
  }
}

function tradeOf(event: JsonRecord, tradeId: unknown): VenueMessage {
  return tradeMessage({
    market: event.s,
    price: event.p,
    quantity: event.q,
    at: event.T,
    tradeId,
  });
}

/**
 * What has no event type: answers to requests, refusals, and books that Binance sends bare. The
 * answer to a subscription names no markets: it is for all that were asked.
 */
function readReply(reply: JsonRecord): VenueMessage {
  const error = isRecord(reply.error) ? reply.error : reply;
  if (error.msg !== undefined) {
    return { kind: "refused", reason: `${shown(error.code)} ${shown(error.msg)}`, markets: [] };
  }
  if (Array.isArray(reply.result)) {
    return { kind: "subscribed", markets: reply.result.flatMap(marketOfStream) };
  }
  if (reply.result === null && reply.id === REQUEST_IDS.SUBSCRIBE) {
    return { kind: "subscribed", markets: [] };
  }
  return IGNORED;
}

/** `BTCUSDT` of `btcusdt@trade`. */
function marketOfStream(stream: unknown): string[] {
  const market = typeof stream === "string"
    ? marketNameOf(stream.split("@")[0]?.toUpperCase())
    : null;
  return market === null ? [] : [market];
}
