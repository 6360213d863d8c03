import { fetchData } from "./client.ts";
import { readEventStream } from "./event_stream.ts";
import { fetchGauges } from "./gauges.ts";
import { livePricesOf, poolTicksOf } from "./live_events.ts";
import { LiveHub } from "./live_hub.ts";
import { parsePortfolioTick } from "./live_portfolios.ts";
import { browserTimer } from "./live_state.ts";
import { openBrowserSocket, socketOrEvents } from "./socket_stream.ts";

/** Pools of one answer, the most that the server gives. */
const MAX_POOLS = 500;

/** A hub over the browser's network, clock and timers; in a page as well as in a worker. */
export function createBrowserHub(): LiveHub {
  const hub = new LiveHub({
    read: readEventStream,
    fetchPrices: async (coins) =>
      livePricesOf(
        await fetchData(`/api/market/prices?coins=${coins.map(encodeURIComponent).join()}`),
      ),
    fetchPools: async () => poolTicksOf(await fetchData(`/api/pools?limit=${MAX_POOLS}`)),
    fetchGauges,
    readPortfolio: socketOrEvents({ openSocket: openBrowserSocket, readEvents: readEventStream }),
    fetchPortfolio: async (id) =>
      parsePortfolioTick(await fetchData(`/api/portfolio/${id}/valuation`)),
    timer: browserTimer,
    now: () => Date.now(),
    random: () => Math.random(),
  });
  addEventListener("online", () => hub.retry());
  addEventListener("offline", () => hub.disconnect());
  return hub;
}
