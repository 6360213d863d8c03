import type { UtcMs } from "../kernel/time.ts";
import type { AssetId, AssetQuote, MarketService } from "../market/mod.ts";
import type { Clock } from "../ports/mod.ts";
import { coinOf } from "./valuation/conversion.ts";
import type { FxService } from "./fx/fx_service.ts";
import type { FxStatus } from "./fx/drift_guard.ts";
import {
  converted,
  currentPrice,
  type Holding,
  type Position,
  positionsOf,
  sumOf,
} from "./holdings.ts";
import type { LotRules } from "./kept_ledgers.ts";
import type { BaseCurrency, Portfolio } from "./portfolio.ts";
import type { LedgerScope } from "./ports.ts";
import type { DecimalText } from "./transaction.ts";
import type { PortfolioWork } from "./work/portfolio_work.ts";

/** How dollars become a portfolio's currency now. */
export interface CurrentRate {
  /** Units of the currency for a dollar; `null` where there is no rate that may be used. */
  readonly rate: number | null;
  readonly source: string | null;
  readonly asof: UtcMs | null;
  /** Of money beside the dollar: its state, with the drift that may hold values back. */
  readonly status: FxStatus | null;
}

/** What a portfolio is worth now. Money is in dollars but for `nav` and the positions' `value`. */
export interface PortfolioValue extends LotRules {
  readonly portfolio: Portfolio;
  readonly ledgerVersion: number;
  readonly currency: BaseCurrency;
  readonly at: UtcMs;
  /** Time of the oldest price that it stands on; `null` without any. */
  readonly asof: UtcMs | null;
  readonly fx: CurrentRate;
  /** Sum of the priced positions in the currency; `null` without any of those held, or a rate. */
  readonly nav: DecimalText | null;
  /** Why there is none. */
  readonly whyNoNav: string | null;
  /** Since when `nav` is held, as the rate of now is not to be trusted; `null` if it is not. */
  readonly heldSince: UtcMs | null;
  readonly navUsd: DecimalText;
  /** Of the units of priced positions whose cost is known. */
  readonly costUsd: DecimalText;
  readonly unrealizedUsd: DecimalText;
  readonly realizedUsd: DecimalText;
  readonly incomeUsd: DecimalText;
  readonly feesUsd: DecimalText;
  readonly positions: readonly Position[];
  /** Positions without a price or a rate, which no sum in the currency counts. */
  readonly unpriced: number;
  /** Positions of which the cost is not known of all units. */
  readonly uncosted: number;
  /** What the ledger does not tell. */
  readonly problems: number;
  readonly isDemo: boolean;
}

type Market = Pick<MarketService, "listAssets" | "listQuotes">;

/** What portfolios hold, at the prices of now. */
export class HoldingService {
  readonly #work: Pick<PortfolioWork, "getHoldings">;
  readonly #market: Market;
  readonly #fx: FxService;
  readonly #clock: Clock;

  constructor({ work, market, fx, clock }: {
    readonly work: Pick<PortfolioWork, "getHoldings">;
    readonly market: Market;
    readonly fx: FxService;
    readonly clock: Clock;
  }) {
    this.#work = work;
    this.#market = market;
    this.#fx = fx;
    this.#clock = clock;
  }

  /** The value in a currency, the portfolio's own if none is named. */
  async getValue(
    scope: LedgerScope,
    { currency: asked }: { readonly currency?: BaseCurrency | undefined } = {},
  ): Promise<PortfolioValue> {
    const { holdings, ...held } = await this.#work.getHoldings(scope);
    const { portfolio } = held;
    const currency = asked ?? portfolio.baseCurrency;
    const quotes = await this.#quotesOf(holdings, currency);
    const quoteOf = (assetId: AssetId) => quotes.get(assetId) ?? null;
    const fx = await this.#rateOf(currency, quoteOf);
    const whyNoRate = fx.status?.state === "delayed"
      ? `The rate from dollars to ${currency} is held back`
      : `There is no rate from dollars to ${currency}`;
    const positions = positionsOf(holdings, { quoteOf, rate: fx.rate, whyNoRate });
    const sums = sumsOf(positions);
    const times = positions.flatMap(({ price }) => price?.provenance.asof ?? []);
    const at = this.#clock.now();
    const isBlind = positions.length > 0 && positions.every(({ valueUsd }) => valueUsd === null);
    const live = isBlind ? null : converted(sums.navUsd, fx.rate);
    const settled = await this.#settle(live, { portfolio, currency, fx, at });
    const whyNoNav = isBlind ? NO_PRICES : whyNoRate;
    return {
      ...{ ...held, currency, at, fx, ...settled },
      whyNoNav: settled.nav === null ? whyNoNav : null,
      ...{ ...sums, positions },
      asof: times.length === 0 ? null : Math.min(...times) as UtcMs,
      unpriced: positions.filter(({ unpriced }) => unpriced !== null).length,
      uncosted: positions.filter(({ uncosted }) => uncosted !== "0").length,
      isDemo: positions.some(({ price }) => price?.provenance.isDemo ?? false),
    };
  }

  async #quotesOf(
    holdings: readonly Holding[],
    currency: BaseCurrency,
  ): Promise<ReadonlyMap<AssetId, AssetQuote>> {
    const wanted = new Set<string>(holdings.map(({ assetId }) => assetId));
    const coin = coinOf(currency);
    if (coin !== null) wanted.add(coin);
    // What left the registry can't be quoted any more.
    const listed = this.#market.listAssets().filter(({ id }) => wanted.has(id));
    const quotes = await this.#market.listQuotes(listed.map(({ id }) => id));
    return new Map(quotes.map((quote) => [quote.assetId, quote]));
  }

  async #rateOf(
    currency: BaseCurrency,
    quoteOf: (assetId: AssetId) => AssetQuote | null,
  ): Promise<CurrentRate> {
    if (currency === "USD") return { rate: 1, source: null, asof: null, status: null };
    const coin = coinOf(currency);
    if (coin !== null) {
      const price = currentPrice(quoteOf(coin));
      return {
        rate: price === null ? null : 1 / price.priceUsd,
        source: price?.provenance.source ?? null,
        asof: price?.provenance.asof ?? null,
        status: null,
      };
    }
    const status = await this.#fx.getStatus(currency);
    const { quote } = status;
    return {
      rate: quote?.rate ?? null,
      source: quote?.source ?? null,
      asof: quote?.asof ?? null,
      status,
    };
  }

  /** The last good value where the rate has drifted. */
  async #settle(
    nav: DecimalText | null,
    { portfolio, currency, fx, at }: {
      readonly portfolio: Portfolio;
      readonly currency: BaseCurrency;
      readonly fx: CurrentRate;
      readonly at: UtcMs;
    },
  ): Promise<Pick<PortfolioValue, "nav" | "heldSince">> {
    if (fx.status?.state !== "delayed") return { nav, heldSince: null };
    const live = { portfolioId: portfolio.id, currency, nav, asof: at };
    const settled = await this.#fx.settleNav(live);
    return { nav: settled.nav, heldSince: settled.asof };
  }
}

const NO_PRICES = "No holding has a price of now";

function sumsOf(positions: readonly Position[]) {
  const priced = positions.filter(({ valueUsd }) => valueUsd !== null);
  const costed = priced.filter(({ unrealizedUsd }) => unrealizedUsd !== null);
  return {
    navUsd: sumOf(priced.flatMap(({ valueUsd }) => valueUsd ?? [])),
    costUsd: sumOf(costed.map(({ costUsd }) => costUsd)),
    unrealizedUsd: sumOf(costed.flatMap(({ unrealizedUsd }) => unrealizedUsd ?? [])),
  };
}
