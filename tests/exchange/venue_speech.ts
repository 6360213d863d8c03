import type { ExchangeTrade } from "./trade_walk.ts";

/** How one venue speaks on a socket. */
export interface VenueSpeech {
  /** Markets that the address itself asks for. */
  marketsOf(url: URL): readonly string[];
  /** Does what a client's frame asks for and answers it. */
  answer(frame: string, markets: Set<string>): readonly string[];
  trade(trade: ExchangeTrade): string;
  heartbeat(last: { readonly market: string; readonly id: number; readonly at: number }): string;
  /** The announcement that the server shuts down, where the venue has one. */
  shutdown(at: number): string | null;
}

interface BinanceRequest {
  readonly method?: string;
  readonly params?: readonly string[];
  readonly id?: number;
}

interface CoinbaseRequest {
  readonly type?: string;
  readonly product_ids?: readonly string[];
}

const marketOfStream = (stream: string) => (stream.split("@")[0] ?? "").toUpperCase();

export const BINANCE: VenueSpeech = {
  marketsOf: ({ searchParams }) =>
    (searchParams.get("streams") ?? "").split("/").filter((name) => name !== "")
      .map(marketOfStream),
  answer(frame, markets) {
    const request = requestOf<BinanceRequest>(frame);
    if (request === null) {
      return [JSON.stringify({ error: { code: 3, msg: "Invalid JSON" } })];
    }
    const { method, params = [], id = null } = request;
    if (method === "SUBSCRIBE") { for (const name of params) markets.add(marketOfStream(name)); }
    else if (method === "UNSUBSCRIBE") {
      for (const name of params) markets.delete(marketOfStream(name));
    } else if (method === "LIST_SUBSCRIPTIONS") {
      const result = [...markets].map((market) => `${market.toLowerCase()}@trade`);
      return [JSON.stringify({ result, id })];
    } else {
      const error = { code: 2, msg: "Invalid request: unknown method" };
      return [JSON.stringify({ error, id })];
    }
    return [JSON.stringify({ result: null, id })];
  },
  trade: ({ market, id, price, quantity, at }) =>
    `{"stream":"${market.toLowerCase()}@trade","data":{"e":"trade","E":${at},"s":"${market}",` +
    `"t":${id},"p":"${price}","q":"${quantity}","T":${at},"m":true,"M":true}}`,
  // Binance has none; the answer to a question that nobody asked is harmless.
  heartbeat: () => `{"result":null,"id":0}`,
  shutdown: (at) => JSON.stringify({ e: "serverShutdown", E: at }),
};

export const COINBASE: VenueSpeech = {
  marketsOf: () => [],
  answer(frame, markets) {
    const request = requestOf<CoinbaseRequest>(frame);
    const { type, product_ids: products = [] } = request ?? {};
    if (type === "subscribe") { for (const product of products) markets.add(product); }
    else if (type === "unsubscribe") { for (const product of products) markets.delete(product); }
    else return [JSON.stringify({ type: "error", message: "Malformed JSON" })];
    const names = markets.size === 0 ? [] : ["matches", "heartbeat"];
    const channels = names.map((name) => ({ name, product_ids: [...markets] }));
    return [JSON.stringify({ type: "subscriptions", channels })];
  },
  trade: ({ market, id, price, quantity, at }) =>
    `{"type":"match","trade_id":${id},"maker_order_id":"","taker_order_id":"","side":"buy",` +
    `"size":"${quantity}","price":"${price}","product_id":"${market}","sequence":${id * 3},` +
    `"time":"${new Date(at).toISOString()}"}`,
  heartbeat: ({ market, id, at }) =>
    JSON.stringify({
      type: "heartbeat",
      last_trade_id: id,
      product_id: market,
      sequence: id * 3 + 1,
      time: new Date(at).toISOString(),
    }),
  shutdown: () => null,
};

function requestOf<T>(frame: string): T | null {
  try {
    return JSON.parse(frame);
  } catch {
    return null;
  }
}
