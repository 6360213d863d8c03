import { DAY_MS, HOUR_MS, MINUTE_MS, type UtcMs, utcMsOf } from "../kernel/time.ts";
import type { AssetId, Interval } from "../market/mod.ts";
import type { Clock } from "../ports/mod.ts";
import type { FxQuote } from "./fx/fx_book.ts";
import type { LotQuery, LotService, MatchedLots } from "./lot_service.ts";
import { type Grid, gridBetween, gridOfInstants } from "./performance/grid.ts";
import { convertHistory, portfolioHistory } from "./performance/history.ts";
import { measurePortfolio, type PortfolioPerformance } from "./performance/measure.ts";
import type { BaseCurrency } from "./portfolio.ts";
import type { LedgerScope } from "./ports.ts";
import type { CloseTable } from "./valuation/close_table.ts";
import type { ValuationService } from "./valuation/valuation_service.ts";

export interface PerformanceQuery extends LotQuery {
  /** The portfolio's own by default. */
  readonly currency?: BaseCurrency | undefined;
  /** From before the first row by default. */
  readonly from?: UtcMs | undefined;
  /** To the present by default. */
  readonly to?: UtcMs | undefined;
  readonly benchmark?: AssetId | undefined;
}

/** How a portfolio did, with what it was measured on. */
export interface MeasuredPerformance {
  readonly currency: BaseCurrency;
  /** Length of the buckets that values stand at the ends of; the last may be shorter. */
  readonly interval: Interval;
  /** `null` where there are no two values to measure between. */
  readonly performance: PortfolioPerformance | null;
}

/** Histories up to so long are measured in finer buckets, so that a new portfolio has some. */
const FINE_MS = 3 * DAY_MS;
const HOURLY_MS = 60 * DAY_MS;
const FINEST_MS = 5 * MINUTE_MS;
/** Ranges that are kept: one page asks for the same several times. */
const MAX_KEPT = 32;

/** What portfolios did through time, from their ledgers and the stored closes. */
export class PerformanceService {
  readonly #lots: LotService;
  readonly #valuation: ValuationService;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Promise<Measured>>();

  constructor({ lots, valuation, clock }: {
    readonly lots: LotService;
    readonly valuation: ValuationService;
    readonly clock: Clock;
  }) {
    this.#lots = lots;
    this.#valuation = valuation;
    this.#clock = clock;
  }

  /** Measures between two instants, up to the last five minutes that are over. */
  async getPerformance(
    scope: LedgerScope,
    query: PerformanceQuery = {},
  ): Promise<MeasuredPerformance> {
    const matched = await this.#lots.getLots(scope, query);
    const currency = query.currency ?? matched.portfolio.baseCurrency;
    const { from, benchmark } = query;
    const now = this.#clock.now();
    const last = Math.floor(Math.min(now, query.to ?? now) / FINEST_MS) * FINEST_MS;
    const until = utcMsOf(last);
    const interval = intervalOf(matched, until);
    const range = { ...{ currency, from, benchmark, until, interval }, now: utcMsOf(now) };
    const { ledgerVersion, portfolio } = matched;
    const pools = matched.rule.pools;
    const key = [portfolio.id, ledgerVersion, pools, currency, from, benchmark, until].join(" ");
    const known = this.#kept.get(key) ?? this.#measure(matched, range);
    this.#keep(key, known);
    return { currency, ...await known };
  }

  #keep(key: string, measured: Promise<Measured>): void {
    this.#kept.delete(key);
    this.#kept.set(key, measured);
    measured.catch(() => this.#kept.delete(key));
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) return;
      this.#kept.delete(oldest);
    }
  }

  /** In the finest buckets that closes are known for, from `interval` on. */
  async #measure(
    { ledger, rule }: MatchedLots,
    { currency, interval: finest, from, until, now, benchmark }: {
      readonly currency: BaseCurrency;
      readonly interval: Interval;
      readonly from: UtcMs | undefined;
      readonly until: UtcMs;
      readonly now: UtcMs;
      readonly benchmark: AssetId | undefined;
    },
  ): Promise<Measured> {
    const rows = [...ledger.rows()].filter(({ at }) => at < until);
    const first = firstOf(rows);
    if (first === null) return { interval: finest, performance: null };
    const held = [...new Set(rows.map(({ assetId }) => assetId))];
    const assetIds = benchmark === undefined ? held : [...new Set([...held, benchmark])];
    const readGrid = async (interval: Interval) => {
      const grid = gridOver(interval, { first, until });
      const table = await this.#valuation.readCloses(assetIds, { times: grid.ends, now });
      return { interval, grid, table };
    };
    let found = await readGrid(finest);
    for (let next = COARSER[found.interval]; next; next = COARSER[found.interval]) {
      if (isCovered(found.table, held)) break;
      found = await readGrid(next);
    }
    const { interval, grid, table } = found;
    const inDollars = portfolioHistory(rows, {
      grid,
      pools: rule.pools,
      closesOf: (assetId) => table.column(assetId).close,
    });
    const rates = currency === "USD"
      ? null
      : ratesOf(await this.#valuation.readRates(currency, table.axis));
    const history = rates === null ? inDollars : convertHistory(inDollars, rates);
    const performance = measurePortfolio(history, {
      from,
      ...benchmark !== undefined && {
        benchmark: {
          assetId: benchmark,
          closes: inCurrency(table.column(benchmark).close, rates),
        },
      },
    });
    return { interval, performance };
  }
}

type Measured = Omit<MeasuredPerformance, "currency">;

const COARSER: Readonly<Partial<Record<Interval, Interval>>> = { "5m": "1h", "1h": "1d" };

/**
 * Whether closes are known in most buckets of each asset that has any. Where only days are stored,
 * hours between them would make holdings come and go.
 */
function isCovered(table: CloseTable, assetIds: readonly AssetId[]): boolean {
  return assetIds.every((assetId) => {
    const { close } = table.column(assetId);
    const known = close.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
    return known === 0 || known * 2 >= close.length;
  });
}

function firstOf(rows: Iterable<{ readonly at: UtcMs }>): UtcMs | null {
  let first = Infinity;
  for (const { at } of rows) first = Math.min(first, at);
  return Number.isFinite(first) ? utcMsOf(first) : null;
}

/** Days for a long history, hours or five minutes for a short one. */
function intervalOf({ ledger }: MatchedLots, until: UtcMs): Interval {
  const span = until - (firstOf(ledger.rows()) ?? until);
  return span <= FINE_MS ? "5m" : span <= HOURLY_MS ? "1h" : "1d";
}

const BEFORE_MS: Readonly<Partial<Record<Interval, number>>> = { "1h": HOUR_MS, "1d": DAY_MS };

/** From the bucket before the first row; the last bucket is cut where `until` lies within one. */
function gridOver(
  interval: Interval,
  { first, until }: { readonly first: UtcMs; readonly until: UtcMs },
): Grid {
  const from = utcMsOf(first - (BEFORE_MS[interval] ?? FINEST_MS));
  const grid = gridBetween(interval, { from, until });
  return (grid.ends.at(-1) ?? grid.start) < until
    ? gridOfInstants(grid.start, [...grid.ends, until])
    : grid;
}

function ratesOf(quotes: readonly (FxQuote | null)[]): Float64Array {
  return Float64Array.from(quotes, (quote) => quote?.rate ?? NaN);
}

function inCurrency(closes: Float64Array, rates: Float64Array | null): Float64Array {
  return rates === null ? closes : closes.map((close, k) => close * (rates[k] ?? NaN));
}
