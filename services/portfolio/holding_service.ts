import type { UtcMs } from "../kernel/time.ts";
import type { AssetId, AssetQuote, MarketService } from "../market/mod.ts";
import type { Clock } from "../ports/mod.ts";
import { coinOf } from "./valuation/conversion.ts";
import type { FxService } from "./fx/fx_service.ts";
import type { FxStatus } from "./fx/drift_guard.ts";
import { converted, currentPrice, type Holding, type Position, positionsOf } from "./holdings.ts";
import { knownSum, whyUnknown } from "./known_sum.ts";
import type { LotRules } from "./kept_ledger.ts";
import { NOT_SETTLED } from "./performance/lot_figures.ts";
import type { BaseCurrency, Portfolio } from "./portfolio.ts";
import type { LedgerScope } from "./ports.ts";
import type { DecimalText } from "./transaction.ts";
import type { LotHoldings, PortfolioWork } from "./work/portfolio_work.ts";

/** How dollars become a portfolio's currency now. */
export interface CurrentRate {
  /** Units of the currency for a dollar; `null` where there is no rate that may be used. */
  readonly rate: number | null;
  readonly source: string | null;
  readonly asof: UtcMs | null;
  /** Of money beside the dollar: its state, with the drift that may hold values back. */
  readonly status: FxStatus | null;
}

/** The sums of a portfolio's value; each stands on what of it is known. */
export interface ValueSums {
  /** Of the priced positions in the currency, by a rate that may be used. */
  readonly nav: DecimalText | null;
  /** Of the priced positions, in dollars as all below. */
  readonly navUsd: DecimalText | null;
  /** Of the units of priced positions whose cost is known. */
  readonly costUsd: DecimalText | null;
  readonly unrealizedUsd: DecimalText | null;
  /** Gains of disposals whose cost and proceeds are known. */
  readonly realizedUsd: DecimalText | null;
  readonly incomeUsd: DecimalText | null;
  readonly feesUsd: DecimalText | null;
}

/** Sums of lots in one currency; each stands on what of it is known, and is `null` without. */
export interface OwnSums {
  /** The currency that was asked for; dollars where it has no rate now. */
  readonly currency: BaseCurrency;
  readonly cost: DecimalText | null;
  readonly unrealized: DecimalText | null;
  readonly realized: DecimalText | null;
  readonly income: DecimalText | null;
  readonly fees: DecimalText | null;
  /** Why a sum is `null`, of each that is. */
  readonly reasons: Readonly<Partial<Record<OwnSumName, string>>>;
  readonly uncosted: number;
  readonly unvalued: PortfolioValue["unvalued"];
}

/** The name of a sum of lots. */
export type OwnSumName = "cost" | "unrealized" | "realized" | "income" | "fees";

/**
 * What a portfolio is worth now. Money is in dollars but for `nav`, `own`, and the positions' `value`
 * and `own`. A sum is `null` where nothing of it is known, and 0 where there is nothing to add up.
 */
export interface PortfolioValue extends LotRules, ValueSums {
  readonly portfolio: Portfolio;
  readonly ledgerVersion: number;
  readonly currency: BaseCurrency;
  readonly at: UtcMs;
  /** Time of the oldest price that it stands on; `null` without any. */
  readonly asof: UtcMs | null;
  readonly fx: CurrentRate;
  /** Why a sum is `null`, of each that is. */
  readonly reasons: Readonly<Partial<Record<keyof ValueSums, string>>>;
  /**
   * The sums of lots that were matched in the currency: what was paid and got for each row, by the
   * rate of its own time.
   */
  readonly own: OwnSums;
  /** Since when `nav` is held, as the rate of now is not to be trusted; `null` if it is not. */
  readonly heldSince: UtcMs | null;
  readonly positions: readonly Position[];
  /** Positions without a price or a rate, which no sum in the currency counts. */
  readonly unpriced: number;
  /** Positions of which the cost is not known of all units. */
  readonly uncosted: number;
  /** What is in no sum, as nobody knows its value: disposals, income and fees. */
  readonly unvalued: Readonly<Record<"disposals" | "income" | "fees", number>>;
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
    const dollars = await this.#work.getHoldings(scope);
    const { holdings, settled, ...held } = dollars;
    const { portfolio } = held;
    const currency = asked ?? portfolio.baseCurrency;
    const quotes = await this.#quotesOf(holdings, currency);
    const quoteOf = (assetId: AssetId) => quotes.get(assetId) ?? null;
    const fx = await this.#rateOf(currency, quoteOf);
    const whyNoRate = fx.status?.state === "delayed"
      ? `The rate from dollars to ${currency} is held back`
      : `There is no rate from dollars to ${currency}`;
    const ownCurrency = fx.rate === null ? "USD" : currency;
    const own = ownCurrency === "USD"
      ? dollars
      : await this.#work.getHoldings(scope, { currency: ownCurrency });
    const priced = { quoteOf, rate: fx.rate, own: own.holdings, whyNoRate };
    const positions = positionsOf(holdings, priced);
    const sums = sumsOf(positions);
    const times = positions.flatMap(({ price }) => price?.provenance.asof ?? []);
    const at = this.#clock.now();
    const live = sums.navUsd === null ? null : converted(sums.navUsd, fx.rate);
    const { nav, heldSince } = await this.#settle(live, { portfolio, currency, fx, at });
    const { realized: realizedUsd, income: incomeUsd, fees: feesUsd } = settled;
    const known = { nav, ...sums, realizedUsd, incomeUsd, feesUsd };
    return {
      ...{ ...held, ...known, currency, at, fx, heldSince, positions },
      reasons: reasonsOf(known, whyNoRate),
      own: ownSums(positions, { ...own, currency: ownCurrency }),
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

  /** The value in the currency, or the last good one while the rate of now is held back. */
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

function sumsOf(
  positions: readonly Position[],
): Pick<ValueSums, "navUsd" | "costUsd" | "unrealizedUsd"> {
  // A cost without a value beside it would be no part of any gain.
  const costs = positions.map(({ costUsd, unrealizedUsd }) =>
    unrealizedUsd === null ? null : costUsd
  );
  return {
    navUsd: knownSum(positions.map(({ valueUsd }) => valueUsd)).sum,
    costUsd: knownSum(costs).sum,
    unrealizedUsd: knownSum(positions.map(({ unrealizedUsd }) => unrealizedUsd)).sum,
  };
}

function ownSums(
  positions: readonly Position[],
  { currency, settled, unvalued }:
    & Pick<LotHoldings, "settled" | "unvalued">
    & Pick<OwnSums, "currency">,
): OwnSums {
  const costs = positions.map(({ own }) => own.unrealized === null ? null : own.cost);
  const sums = {
    cost: knownSum(costs).sum,
    unrealized: knownSum(positions.map(({ own }) => own.unrealized)).sum,
    ...settled,
  };
  const isPriced = knownSum(positions.map(({ valueUsd }) => valueUsd)).sum !== null;
  const whyNoGain = isPriced ? NO_GAIN : NO_PRICES;
  return {
    ...{ currency, unvalued },
    ...sums,
    reasons: whyUnknown(sums, {
      cost: whyNoGain,
      unrealized: whyNoGain,
      realized: NOT_SETTLED.realizedUsd,
      income: NOT_SETTLED.incomeUsd,
      fees: NOT_SETTLED.feesUsd,
    }),
    uncosted: positions.filter(({ own }) => own.uncosted !== "0").length,
  };
}

const NO_PRICES = "No holding has a price of now";
const NO_GAIN = "The cost of no unit that has a price is known";

/** Why sums are not known, of those that are not. */
function reasonsOf(sums: ValueSums, whyNoRate: string): PortfolioValue["reasons"] {
  const whyNoGain = sums.navUsd === null ? NO_PRICES : NO_GAIN;
  return whyUnknown(sums, {
    nav: sums.navUsd === null ? NO_PRICES : whyNoRate,
    navUsd: NO_PRICES,
    costUsd: whyNoGain,
    unrealizedUsd: whyNoGain,
    ...NOT_SETTLED,
  });
}
