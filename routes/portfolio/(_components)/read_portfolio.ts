import { HttpError } from "fresh";
import type { AssetId, AssetQuote } from "../../../services/market/mod.ts";
import type { UtcMs } from "../../../services/kernel/time.ts";
import type {
  BaseCurrency,
  LedgerRow,
  LedgerScope,
  LotOverview,
  MeasuredPerformance,
  Portfolio,
  PortfolioValue,
} from "../../../services/portfolio/mod.ts";
import type { State } from "../../page_state.ts";
import { asHttpError } from "../../refusals.ts";
import { boundsOf, type PortfolioView, readPortfolioView } from "./portfolio_view.ts";

/** Rows of the ledger that the page lists; all are on its own page. */
const LISTED_ROWS = 12;
/** Of what follows from lots; the files have all. */
const LISTED = { lots: 60, disposals: 20, problems: 8 };

/** A name for each asset of the page. */
export type AssetLabels = ReadonlyMap<string, { readonly name: string; readonly symbol: string }>;

/** Everything that the page of a portfolio shows. */
export interface PortfolioPageData {
  readonly view: PortfolioView;
  readonly portfolio: Portfolio;
  readonly portfolios: readonly Portfolio[];
  readonly value: PortfolioValue;
  readonly matched: LotOverview;
  readonly measured: MeasuredPerformance;
  /** The newest of the ledger. */
  readonly rows: readonly LedgerRow[];
  readonly labels: AssetLabels;
  /** Of what is held and in the registry. */
  readonly quotes: ReadonlyMap<string, AssetQuote>;
  /** What amounts are in: dollars as long as the currency asked for has no rate. */
  readonly currency: BaseCurrency;
  /** Its units for one dollar. */
  readonly rate: number;
  readonly now: UtcMs;
}

/** A value in dollars by the rate of now; `null` stays what it is. */
export function inCurrency(usd: string | null, rate: number): number | null {
  return usd === null ? null : Number(usd) * rate;
}

/** An amount as a number; `null` stays what it is. */
export function amountOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}

/** The portfolio that an address and its reader mean; a page of its own for any other. */
export function scopeFor(
  { portfolio }: Pick<State, "portfolio">,
  request: Request,
  { id }: { readonly id: string },
): { readonly scope: LedgerScope; readonly view: PortfolioView } {
  const view = readPortfolioView(new URL(request.url), id);
  if (view === null) throw new HttpError(404, "Portfolio not found");
  return {
    view,
    scope: { ownerId: portfolio.ownerOf(request.headers), portfolioId: view.id },
  };
}

/** Reads all of it; somebody else's portfolio, or none, is a missing page. */
export async function readPortfolio(
  state: Pick<State, "portfolio" | "market" | "clock">,
  request: Request,
  { id }: { readonly id: string },
): Promise<PortfolioPageData> {
  const { scope, view } = scopeFor(state, request, { id });
  const { portfolio: parts, market, clock } = state;
  const now = clock.now();
  const method = view.method ?? undefined;
  const currency = view.currency ?? undefined;
  try {
    const benchmark = benchmarkOf(market, view);
    const value = await parts.holdings.getValue(scope, { currency });
    const shown = value.own.currency;
    const [matched, rows, portfolios, measured] = await Promise.all([
      parts.work.getOverview(scope, { method, currency: shown, ...LISTED }),
      parts.ledger.listTransactions(scope, { limit: LISTED_ROWS, isNewestFirst: true }),
      parts.portfolios.list(scope.ownerId),
      parts.work.getPerformance(scope, {
        currency: shown,
        ...boundsOf(view, now),
        benchmark,
      }),
    ]);
    const labels = labelsOf(market);
    const held = value.positions.map(({ assetId }) => assetId).filter((id) => labels.has(id));
    const quotes = await market.listQuotes(held);
    return {
      ...{ view, portfolios, value, matched, measured, rows, now },
      portfolio: value.portfolio,
      labels,
      quotes: new Map(quotes.map((quote) => [quote.assetId, quote])),
      currency: shown,
      rate: value.fx.rate ?? 1,
    };
  } catch (error) {
    throw asHttpError(error);
  }
}

function benchmarkOf(
  market: State["market"],
  { benchmark }: PortfolioView,
): AssetId | undefined {
  return benchmark === "" ? undefined : market.resolve(benchmark).id;
}

/** Every asset of the registry by its id. */
export function labelsOf(market: Pick<State["market"], "listAssets">): AssetLabels {
  return new Map(market.listAssets().map(({ id, name, symbol }) => [id, { name, symbol }]));
}

/** What an asset is called; its id where the registry does not have it. */
export function labelOf(labels: AssetLabels, assetId: string) {
  return labels.get(assetId) ?? { name: assetId, symbol: assetId.toUpperCase() };
}
