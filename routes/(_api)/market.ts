import { z } from "zod";
import { fingerprint } from "../../services/kernel/fingerprint.ts";
import {
  type AssetQuote,
  CHART_RANGES,
  INTERVALS,
  type MarketService,
  QUOTE_SORTS,
} from "../../services/market/mod.ts";
import type { Clock } from "../../services/ports/mod.ts";
import { chartToWire } from "./chart_wire.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { Overview, overviewToWire } from "./overview_wire.ts";
import { AssetName, commaList, NOTHING, wholeNumber } from "./params.ts";
import { type QuoteText, quoteToText } from "./quote_wire.ts";
import { ok, okJson, type Reply } from "./reply.ts";
import { Chart, Quote } from "./schemas.ts";

/** Coins of one request for prices. */
const MAX_COINS = 100;
/** Lines of the overview; more than the registry holds. */
const MAX_QUOTES = 500;
/** Indicators of one chart. */
const MAX_CHART_INDICATORS = 20;

const tag = "Market";
const CoinParams = z.object({ coin_id: AssetName });
const ThemeParam = z.string().min(1).max(80).optional().describe("Only assets of this theme");

interface MarketDeps {
  readonly market: MarketService;
  readonly clock: Clock;
}

export function marketEndpoints(deps: MarketDeps): readonly Endpoint[] {
  return [price(deps), prices(deps), overview(deps), chart(deps)];
}

function price({ market, clock }: MarketDeps): Endpoint {
  return endpoint({
    path: "/api/market/price/{coin_id}",
    tag,
    summary: "Price of an asset, with its changes and where it comes from",
    params: CoinParams,
    query: NOTHING,
    response: Quote,
    refusals: [404, 409],
    handle({ params }) {
      return settled(market.listQuotes([params.coin_id]), ([quote]) => {
        if (quote === undefined) throw new RangeError("Expected a quote for each asset");
        const { json, tag: version } = quoteToText(quote);
        return okJson(json, { now: clock.now(), version });
      });
    },
  });
}

function prices({ market, clock }: MarketDeps): Endpoint {
  return endpoint({
    path: "/api/market/prices",
    tag,
    summary: "Prices of several assets, in the order asked",
    params: NOTHING,
    query: z.object({
      coins: commaList({ max: MAX_COINS, of: "coins" }).meta({
        description: `1 to ${MAX_COINS} assets, separated by commas`,
        examples: ["bitcoin,ethereum"],
      }),
    }),
    response: z.array(Quote),
    refusals: [404, 409],
    handle({ query }) {
      return settled(market.listQuotes(query.coins), (quotes) => {
        const texts = quotes.map(quoteToText);
        const json = `[${texts.map((text) => text.json).join()}]`;
        return okJson(json, { now: clock.now(), version: versionOf(texts) });
      });
    },
  });
}

/** What tells these quotes from other ones, in a few characters however many they are. */
function versionOf(texts: readonly QuoteText[]): string {
  const tags = texts.map(({ tag }) => tag).join();
  return texts.length === 1 ? tags : fingerprint(tags).toString(36);
}

function overview({ market, clock }: MarketDeps): Endpoint {
  return endpoint({
    path: "/api/market/overview",
    tag,
    summary: "All assets with movers, breadth and totals",
    description: "Assets without candles come last, whatever the order; `unpriced` counts them.",
    params: NOTHING,
    query: z.object({
      theme: ThemeParam,
      sort: z.enum(QUOTE_SORTS).default("market_cap"),
      order: z.enum(["asc", "desc"]).optional().describe("Descending, names ascending"),
      limit: wholeNumber({ min: 1, max: MAX_QUOTES, fallback: MAX_QUOTES }),
      sparkline: z.enum(["true", "false"]).default("false").describe("With 90 daily closes"),
    }),
    response: Overview,
    async handle({ query: { limit, sparkline, ...query } }) {
      const overview = await market.getOverview(query);
      const version = `${overview.version}-${freshnessKey(overview.quotes)}`;
      const data = overviewToWire(overview, { limit, hasSparkline: sparkline === "true" });
      return ok(data, { now: clock.now(), version });
    },
  });
}

function chart({ market, clock }: MarketDeps): Endpoint {
  return endpoint({
    path: "/api/market/chart/{coin_id}",
    tag,
    summary: "Bars and indicators that fit a chart, as columns",
    description: "Ends at the asset's newest candle and holds at most 2,000 bars; the interval " +
      "follows from the range unless it is given. Missing buckets are absent.",
    params: CoinParams,
    query: z.object({
      range: z.enum(CHART_RANGES).default("1y"),
      interval: z.enum(INTERVALS).optional(),
      indicators: commaList({ max: MAX_CHART_INDICATORS, of: "indicators" }).optional().meta({
        description: "Indicators, separated by commas",
        examples: ["sma:20,bb:20-2,rsi:14,macd:12-26-9"],
      }),
    }),
    response: Chart,
    refusals: [404, 409],
    async handle({ params, query }) {
      const chart = await market.getChart(params.coin_id, query);
      const version = `${await market.getVersion()}-${chart.freshness}`;
      return ok(chartToWire(chart), { now: clock.now(), version });
    },
  });
}

/** Goes on with a value at once where it is there: a promise costs more than these routes do. */
function settled<T>(value: T | Promise<T>, next: (value: T) => Reply): Reply | Promise<Reply> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Quotes age without any change of the store: the tag must move when their freshness does. */
function freshnessKey(quotes: readonly AssetQuote[]): string {
  return quotes.map(({ freshness }) => freshness[0]).join("");
}
