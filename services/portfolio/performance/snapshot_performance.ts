import { DAY_MS, HOUR_MS, type UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import type { Clock } from "../../ports/mod.ts";
import type { LedgerScope } from "../ledger/ledger_ports.ts";
import { type LotBook, type LotRow, matchLots } from "../lots.ts";
import type { BaseCurrency, Portfolio } from "../portfolio.ts";
import {
  gridOfState,
  historyOfSnapshot,
  type SnapshotInterval,
  type SnapshotState,
} from "../snapshots/snapshot.ts";
import type { SnapshotStore } from "../snapshots/snapshot_ports.ts";
import type { ReadCloses } from "../snapshots/snapshot_rebuild.ts";
import { bookTotals, lotTotals } from "./book_totals.ts";
import { bucketOf, type Grid } from "./grid.ts";
import { convertHistory, joinHistories, type PortfolioHistory } from "./history.ts";
import { measurePortfolio, type PortfolioPerformance } from "./measure.ts";

/** Histories that are kept decoded. */
const MAX_HISTORIES = 8;

export interface SnapshotQuery {
  readonly from?: UtcMs | undefined;
  readonly to?: UtcMs | undefined;
  /** The portfolio's own by default. */
  readonly currency?: BaseCurrency | undefined;
  readonly benchmark?: AssetId | undefined;
  /** By default the finest one that holds the range. */
  readonly interval?: SnapshotInterval | undefined;
}

/** Figures that follow from lots, in the currency of the report; exact, as decimal text. */
export interface LotFigures {
  readonly realized: string;
  readonly unrealized: string;
  readonly cost: string;
  readonly income: string;
  readonly fees: string;
  /** Disposals, income, fees and lots without a known value, which are in no sum. */
  readonly incomplete: number;
}

/** A portfolio's performance, with how fresh it is. */
export interface PerformanceReport {
  readonly currency: BaseCurrency;
  readonly interval: SnapshotInterval;
  /** The ledger that the values are of; older than the portfolio's while a rebuild is on its way. */
  readonly ledgerVersion: number;
  readonly isStale: boolean;
  readonly builtAt: UtcMs;
  /** `null` where nothing happened, or no two values are known. */
  readonly performance: PortfolioPerformance | null;
  readonly lots: LotFigures;
}

/** A ledger with its lots, as requests find them in memory. */
export interface MatchedLedger {
  readonly portfolio: Portfolio;
  readonly rows: Iterable<LotRow>;
  readonly book: LotBook;
}

export interface SnapshotPerformanceDeps {
  readonly snapshots: SnapshotStore;
  /** Throws for a portfolio that the owner does not have. */
  readonly openLots: (scope: LedgerScope) => Promise<MatchedLedger>;
  readonly readCloses: ReadCloses;
  /** Units of a currency for one dollar at instants, NaN where unknown. */
  readonly readRates: (
    currency: BaseCurrency,
    options: { readonly times: Float64Array; readonly now: UtcMs },
  ) => Promise<Float64Array>;
  readonly clock: Clock;
}

/** Measures portfolios on their snapshots; computes no history. */
export class SnapshotPerformance {
  readonly #deps: SnapshotPerformanceDeps;
  readonly #histories = new Map<string, PortfolioHistory>();

  constructor(deps: SnapshotPerformanceDeps) {
    this.#deps = deps;
  }

  /** A portfolio's performance over a range; `null` until its snapshots are made. */
  async getPerformance(
    scope: LedgerScope,
    query: SnapshotQuery = {},
  ): Promise<PerformanceReport | null> {
    const { snapshots, openLots, clock } = this.#deps;
    const matched = await openLots(scope);
    const { portfolio } = matched;
    const currency = query.currency ?? portfolio.baseCurrency;
    const now = clock.now();
    const interval = query.interval ?? intervalFor(query, now);
    const state = await snapshots.findState(scope, interval);
    if (state === null || state.ledgerVersion < 0) return null;
    const dollars = await this.#historyOf(scope, state);
    const rates = await this.#ratesOf(currency, { grid: dollars.grid, now });
    const history = rates === null ? dollars : convertHistory(dollars, rates);
    const closes = query.benchmark === undefined
      ? null
      : await this.#closesOf(query.benchmark, { grid: history.grid, rates, now });
    const { from, to } = query;
    const performance = measurePortfolio(history, {
      from,
      to,
      benchmark: closes === null || query.benchmark === undefined
        ? undefined
        : { assetId: query.benchmark, closes },
    });
    return {
      currency,
      interval,
      ledgerVersion: state.ledgerVersion,
      isStale: state.ledgerVersion !== portfolio.ledgerVersion,
      builtAt: state.builtAt,
      performance,
      lots: lotFigures(matched, { from, to, history, rates }),
    };
  }

  /** The decoded history of a state; the ones asked for the longest ago are forgotten. */
  async #historyOf(scope: LedgerScope, state: SnapshotState): Promise<PortfolioHistory> {
    const { interval, ledgerVersion, builtAt } = state;
    const key = [scope.portfolioId, interval, ledgerVersion, builtAt].join(" ");
    const grid = gridOfState(state);
    let history = this.#histories.get(key);
    if (history === undefined) {
      const assets = await this.#deps.snapshots.readAssets(scope, interval);
      const histories = assets.map((asset) => historyOfSnapshot(asset, grid));
      history = joinHistories(histories, grid);
    }
    this.#histories.delete(key);
    this.#histories.set(key, history);
    for (const oldest of this.#histories.keys()) {
      if (this.#histories.size <= MAX_HISTORIES) break;
      this.#histories.delete(oldest);
    }
    return history;
  }

  async #ratesOf(
    currency: BaseCurrency,
    { grid, now }: { readonly grid: Grid; readonly now: UtcMs },
  ): Promise<Float64Array | null> {
    if (currency === "USD") return null;
    return await this.#deps.readRates(currency, { times: grid.ends, now });
  }

  async #closesOf(
    assetId: AssetId,
    { grid, rates, now }: {
      readonly grid: Grid;
      readonly rates: Float64Array | null;
      readonly now: UtcMs;
    },
  ): Promise<Float64Array> {
    const read = await this.#deps.readCloses([assetId], { times: grid.ends, now });
    const closes = read.get(assetId) ?? new Float64Array(grid.ends.length).fill(NaN);
    return rates === null ? closes : closes.map((close, k) => close * (rates[k] as number));
  }
}

/** 5 minutes within a day, hours within 90 days, else days: as far as each is kept. */
function intervalFor({ from }: SnapshotQuery, now: UtcMs): SnapshotInterval {
  if (from === undefined || now - from > 90 * DAY_MS - HOUR_MS) return "1d";
  return now - from > DAY_MS - HOUR_MS ? "1h" : "5m";
}

function lotFigures(
  { portfolio, rows, book }: MatchedLedger,
  { from, to, history, rates }: {
    readonly from: UtcMs | undefined;
    readonly to: UtcMs | undefined;
    readonly history: PortfolioHistory;
    readonly rates: Float64Array | null;
  },
): LotFigures {
  const then = to === undefined ? book : bookAt({ portfolio, rows, book }, to);
  const rateAt = rates === null ? undefined : (at: UtcMs) => {
    const rate = rates[bucketOf(history.grid, at)] ?? NaN;
    return Number.isNaN(rate) ? null : rate;
  };
  const totals = bookTotals(then, { from, to, rateAt });
  const priceOf = unitValues(then, { history, to });
  const open = lotTotals(then.lots, (assetId) => priceOf.get(assetId) ?? null, { rateAt });
  return {
    realized: totals.realized.toString(),
    unrealized: open.unrealized.toString(),
    cost: open.cost.toString(),
    income: totals.income.toString(),
    fees: totals.fees.toString(),
    incomplete: totals.incomplete + open.unknownCost.length + open.unpriced.length,
  };
}

/** The lots as they stood at an instant; the book itself where no row is later. */
function bookAt({ portfolio: { rule, rulesByYear }, rows, book }: MatchedLedger, to: UtcMs) {
  const past: LotRow[] = [];
  let isWhole = true;
  for (const row of rows) {
    if (row.at <= to) past.push(row);
    else isWhole = false;
  }
  return isWhole ? book : matchLots(past, { rule, rulesByYear });
}

/** What one unit of each open asset was worth at the end of the last bucket. */
function unitValues(
  { lots }: LotBook,
  { history: { grid, assets }, to }: {
    readonly history: PortfolioHistory;
    readonly to: UtcMs | undefined;
  },
): ReadonlyMap<AssetId, number> {
  const units = new Map<AssetId, number>();
  for (const { assetId, quantity } of lots) {
    units.set(assetId, (units.get(assetId) ?? 0) + Number(quantity));
  }
  const last = Math.min(grid.ends.length, to === undefined ? Infinity : bucketOf(grid, to)) - 1;
  return new Map(assets.flatMap(({ assetId, values }) => {
    const value = values[last] ?? NaN;
    const held = units.get(assetId) ?? 0;
    return value > 0 && held > 0 ? [[assetId, value / held] as const] : [];
  }));
}
