import { HOUR_MS } from "../../kernel/time.ts";
import type { VenueMessage, VenueProtocol } from "../exchange/protocol.ts";
import {
  badFrame,
  isRecord,
  isTradeId,
  type JsonRecord,
  marketNameOf,
  parseFrame,
  tradeMessage,
} from "../frame_fields.ts";
import { instantOf } from "./instant.ts";

/** Coinbase states no limit; a planned reconnect a day keeps both venues alike. */
const MAX_CONNECTION_MS = 23 * HOUR_MS;

/**
 * `matches` carries every trade, `heartbeat` the number of the last one each second. The `ticker`
 * channel would repeat each match, sometimes ahead of it, and is not asked for.
 */
const CHANNELS = ["matches", "heartbeat"] as const;

const PRODUCT = /\b[A-Z0-9]+-[A-Z0-9]+\b/g;
const IGNORED: VenueMessage = { kind: "ignored" };

/**
 * Trades of Coinbase Exchange. Trade ids count one market's trades without holes, so that a hole
 * is a gap, and so is a heartbeat whose last trade never came.
 */
export function coinbaseProtocol({ urls }: { readonly urls: readonly string[] }): VenueProtocol {
  return {
    venue: "coinbase",
    urls,
    address: (base) => new URL(base),
    subscribe: (markets) => request("subscribe", markets),
    unsubscribe: (markets) => request("unsubscribe", markets),
    read: readCoinbaseFrame,
    hasConsecutiveTradeIds: true,
    maxConnectionMs: MAX_CONNECTION_MS,
  };
}

function request(type: "subscribe" | "unsubscribe", markets: readonly string[]): string[] {
  if (markets.length === 0) return [];
  return [JSON.stringify({ type, product_ids: markets, channels: CHANNELS })];
}

/** What a frame of Coinbase Exchange says. Never throws. */
export function readCoinbaseFrame(frame: string): VenueMessage {
  const message = parseFrame(frame);
  if (!isRecord(message)) return badFrame("JSON object in", frame);
  switch (message.type) {
    case "match":
      return tradeOf(message);
    case "heartbeat":
      return lastTradeOf(message, message.last_trade_id);
    case "last_match":
      // Made before we subscribed, and perhaps counted already by an earlier connection.
      return lastTradeOf(message, message.trade_id);
    case "subscriptions":
      return { kind: "subscribed", markets: matchedMarkets(message.channels) };
    case "error":
      return refusal(message);
    case undefined:
      // Frames of Advanced Trade, which is another service, name their channel.
      return typeof message.channel === "string" ? IGNORED : badFrame("type in", frame);
    default:
      return typeof message.type === "string" ? IGNORED : badFrame("type", message.type);
  }
}

function tradeOf(message: JsonRecord): VenueMessage {
  const at = instantOf(message.time);
  if (at === null) return badFrame("time", message.time);
  return tradeMessage({
    market: message.product_id,
    price: message.price,
    quantity: message.size,
    at,
    tradeId: message.trade_id,
  });
}

function lastTradeOf(message: JsonRecord, lastTradeId: unknown): VenueMessage {
  const market = marketNameOf(message.product_id);
  if (market === null) return badFrame("market", message.product_id);
  if (!isTradeId(lastTradeId)) return badFrame("trade id", lastTradeId);
  const at = instantOf(message.time);
  if (at === null) return badFrame("time", message.time);
  return { kind: "heartbeat", market, lastTradeId, at };
}

/** The markets whose trades we get; a list without `matches` is the answer to leaving it. */
function matchedMarkets(channels: unknown): readonly string[] {
  if (!Array.isArray(channels)) return [];
  return channels.filter(isRecord)
    .filter(({ name }) => name === "matches")
    .flatMap(({ product_ids }) => Array.isArray(product_ids) ? product_ids : [])
    .flatMap((product) => marketNameOf(product) ?? []);
}

/** One unknown product makes Coinbase refuse the whole subscription; its reason names it. */
function refusal({ message, reason }: JsonRecord): VenueMessage {
  const text = [message, reason].filter((part) => typeof part === "string").join(": ");
  return {
    kind: "refused",
    reason: text || "no reason given",
    markets: typeof reason === "string" ? reason.match(PRODUCT) ?? [] : [],
  };
}
