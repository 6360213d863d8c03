import { LocalExchange } from "@/tests/exchange/local_exchange.ts";
import { type Product, startProduct } from "@/tests/e2e/product.ts";
import { MARKETS, thaw } from "./soak_checks.ts";
import type { FaultSite } from "./soak_faults.ts";
import { Relay } from "./soak_relay.ts";

const TRADES_PER_SECOND = 40;

/** The product as a user starts it, and the exchanges that it hears. */
export interface SoakPlace extends FaultSite {
  readonly product: Product;
}

/**
 * One exchange that speaks as both venues, a relay before it for each of them, and the product in
 * a process of its own with no other source. `on` closes all of it.
 */
export async function openPlace(seed: number, on: AsyncDisposableStack): Promise<SoakPlace> {
  const markets = MARKETS.map(({ market }) => market);
  const exchange = on.use(await LocalExchange.start({ seed, markets }));
  const port = Number(new URL(exchange.urls.rest).port);
  const relays = { binance: on.use(new Relay(port)), coinbase: on.use(new Relay(port)) };
  // The source of whole-market figures is there and has nothing to say.
  const figures = on.use(
    Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => Response.json({})),
  );
  exchange.run(TRADES_PER_SECOND);
  const [binance, coinbase] = [
    `127.0.0.1:${relays.binance.port}`,
    `127.0.0.1:${relays.coinbase.port}`,
  ];
  const product = on.use(
    await startProduct({
      env: {
        TOKENLYSIS_DEMO: "off",
        TOKENLYSIS_NETWORK: "on",
        TOKENLYSIS_LIVE_ASSETS: "BTC,ETH",
        TOKENLYSIS_MARKET_VENUES: "binance,coinbase",
        TOKENLYSIS_MARKET_STREAM_URLS: `binance=ws://${binance},coinbase=ws://${coinbase}/coinbase`,
        TOKENLYSIS_MARKET_REST_URLS: `binance=http://${binance},coinbase=http://${coinbase},` +
          `coingecko=http://127.0.0.1:${figures.addr.port}`,
      },
    }),
  );
  return { exchange, relays, product, thaw: (venue) => thaw(product.url, venue) };
}
