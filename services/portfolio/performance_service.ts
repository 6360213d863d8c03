import { DAY_MS, type UtcMs, utcMsOf } from "../kernel/time.ts";
import type { AssetId } from "../market/mod.ts";
import type { Clock } from "../ports/mod.ts";
import type { LotService, MatchedLots } from "./lot_service.ts";
import type { Lot } from "./lots.ts";
import { type BookSums, type BookTotals, bookTotals } from "./performance/book_totals.ts";
import {
  type LotFigures,
  type OpenFigures,
  openFigures,
  settledFigures,
} from "./performance/lot_figures.ts";
import { measurePortfolio, type PortfolioPerformance } from "./performance/measure.ts";
import { gatherPast } from "./performance/past_lots.ts";
import type { BaseCurrency, Portfolio } from "./portfolio.ts";
import type { PortfolioService } from "./portfolio_service.ts";
import type { LedgerScope } from "./ports.ts";
import type { Lack, SnapshotFreshness } from "./snapshots/freshness.ts";
import type { HistoryReader } from "./snapshots/history_reader.ts";
import { Recent } from "./snapshots/recent.ts";
import {
  isKept,
  SNAPSHOT_INTERVALS,
  type SnapshotInterval,
  type SnapshotState,
} from "./snapshots/snapshot.ts";
import type { SnapshotStore } from "./snapshots/snapshot_ports.ts";
import type { ReadCloses } from "./snapshots/snapshot_rebuild.ts";

export interface PerformanceQuery {
  /** The portfolio's own by default. */
  readonly currency?: BaseCurrency | undefined;
  /** From before the first row by default. */
  readonly from?: UtcMs | undefined;
  /** To the last five minutes that are over by default. */
  readonly to?: UtcMs | undefined;
  readonly benchmark?: AssetId | undefined;
}

/**
 * How current a measure is. `catching_up`: buckets ended since. `recalculating`: rows, prices or
 * rates changed, so that figures are of what was there before. `pending`: the first ones are being
 * made. `empty`: there is nothing to measure.
 */
export type MeasureStatus = "current" | "catching_up" | "recalculating" | "pending" | "empty";

/** How a portfolio did, with what it was measured on and how current that is. */
export interface MeasuredPerformance {
  readonly currency: BaseCurrency;
  /** Length of the buckets that values stand at the ends of; the last may be shorter. */
  readonly interval: SnapshotInterval;
  readonly status: MeasureStatus;
  /** What changed since; empty where it is current. */
  readonly lacks: readonly Lack[];
  /** The end of the last bucket that is valued; `null` without any. */
  readonly asof: UtcMs | null;
  /** When the values were computed. */
  readonly builtAt: UtcMs | null;
  /** The ledger that they are of. */
  readonly ledgerVersion: number | null;
  /** `null` where there are no two values to measure between. */
  readonly performance: PortfolioPerformance | null;
}

/** Measures and lot figures that are kept: one page asks for the same several times. */
const MAX_KEPT = 64;
/** Disposals and other entries in the sums of past instants that are kept. */
const MAX_PAST_ENTRIES = 1_000_000;
const FRESH_MS = 60_000;
/** How often a read begins anew because a rebuild wrote meanwhile. */
const MAX_READS = 4;

export interface PerformanceDeps {
  readonly portfolios: Pick<PortfolioService, "get">;
  readonly lots: Pick<LotService, "getLots" | "booksAt">;
  readonly snapshots: Pick<SnapshotStore, "findState">;
  /** Whether a ledger has no rows. */
  readonly isEmpty: (scope: LedgerScope) => Promise<boolean>;
  readonly histories: HistoryReader;
  readonly freshness: SnapshotFreshness;
  readonly readCloses: ReadCloses;
  readonly fxVersion: () => Promise<number>;
  /** Has what is behind made anew in the background. */
  readonly ask: (scope: LedgerScope) => Promise<void>;
  readonly clock: Clock;
}

/**
 * What portfolios did through time. Every page and every answer reads the same stored snapshots
 * through here; no request values the past. Where snapshots are behind, the measure says so and has
 * them made anew.
 */
export class PerformanceService {
  readonly #deps: PerformanceDeps;
  readonly #measures: Recent<Measured>;
  readonly #figures: Recent<LotFigures>;
  readonly #open: Recent<OpenFigures>;
  readonly #closes: Recent<ReadonlyMap<AssetId, Float64Array>>;
  readonly #past: Recent<PastFigures>;

  constructor(deps: PerformanceDeps) {
    this.#deps = deps;
    const { clock } = deps;
    // Rates, and prices of rows that name none, may change without a word.
    const recent = { clock, maxCost: MAX_KEPT, freshMs: FRESH_MS };
    this.#measures = new Recent(recent);
    this.#figures = new Recent(recent);
    this.#open = new Recent(recent);
    this.#closes = new Recent(recent);
    const costOf = ({ sums }: PastFigures) => sums.size;
    this.#past = new Recent({ ...recent, maxCost: MAX_PAST_ENTRIES, costOf });
  }

  /** Measures between two instants. */
  async getPerformance(
    scope: LedgerScope,
    query: PerformanceQuery = {},
  ): Promise<MeasuredPerformance> {
    const measured = await this.#read(scope, { currency: query.currency, rangeIn: () => query });
    if (measured.lacks.length > 0) await this.#deps.ask(scope);
    return measured;
  }

  /** The last day of what is kept, in the portfolio's own currency. Nothing is asked for. */
  getLastDay(scope: LedgerScope): Promise<MeasuredPerformance> {
    return this.#read(scope, { rangeIn: ({ until }) => ({ from: utcMsOf(until - DAY_MS) }) });
  }

  async #read(
    scope: LedgerScope,
    { currency: asked, rangeIn }: Pick<PerformanceQuery, "currency"> & {
      /** What of the snapshots is asked for. */
      readonly rangeIn: (state: SnapshotState) => Omit<PerformanceQuery, "currency">;
    },
  ): Promise<MeasuredPerformance> {
    const { portfolios, snapshots, freshness } = this.#deps;
    const portfolio = await portfolios.get(scope);
    const currency = asked ?? portfolio.baseCurrency;
    for (let read = 1;; read++) {
      const state = await snapshots.findState(scope);
      if (state === null) return await this.#unmeasured(scope, currency);
      const lacks = await freshness.lacksOf(portfolio, state);
      const query = { ...rangeIn(state), currency };
      const measured = await this.#measure(scope, { state, query });
      // A build that was replaced meanwhile is read again.
      if (measured === null && read < MAX_READS) continue;
      return {
        currency,
        interval: measured?.interval ?? "1d",
        status: statusOf(lacks),
        lacks,
        asof: state.until,
        builtAt: state.builtAt,
        ledgerVersion: state.ledgerVersion,
        performance: measured?.performance ?? null,
      };
    }
  }

  /** What follows from lots over a range, in dollars: what was settled, and what is open at its end. */
  async getLotFigures(
    scope: LedgerScope,
    { from, to }: Pick<PerformanceQuery, "from" | "to"> = {},
  ): Promise<LotFigures> {
    const { lots, snapshots } = this.#deps;
    const matched = await lots.getLots(scope);
    const state = await snapshots.findState(scope);
    const { portfolio, ledgerVersion, rule, rulesByYear } = matched;
    const rules = JSON.stringify([rule, rulesByYear]);
    const key = [portfolio.id, ledgerVersion, state?.build, rules, from, to].join(" ");
    const compute = () => this.#lotFigures(matched, { state, from, to });
    return await this.#figures.get(key, compute) ?? await compute();
  }

  async #lotFigures(
    matched: MatchedLots,
    { state, from, to }: Pick<PerformanceQuery, "from" | "to"> & {
      readonly state: SnapshotState | null;
    },
  ): Promise<LotFigures> {
    // What is open at the end does not depend on where a range begins.
    const { portfolio, ledgerVersion, rule, rulesByYear } = matched;
    const end = state === null ? null : utcMsOf(Math.min(state.until, to ?? Infinity));
    const rules = JSON.stringify([rule, rulesByYear]);
    const key = [portfolio.id, ledgerVersion, state?.build, rules, to, end].join(" ");
    if (to === undefined) {
      const { book } = matched;
      const compute = () => this.#openFigures(book.lots, { portfolio, state, end });
      const open = await this.#open.get(key, compute) ?? await compute();
      return joinFigures(bookTotals(book, { from }), open);
    }
    const compute = () => this.#pastFigures(matched, { state, to, end });
    const { sums, open } = await this.#past.get(key, compute) ?? await compute();
    return joinFigures(sums.within({ from, to }), open);
  }

  /** To match a past ledger takes long enough to be kept: ranges often end at the same time. */
  async #pastFigures(
    matched: MatchedLots,
    { state, to, end }: {
      readonly state: SnapshotState | null;
      readonly to: UtcMs;
      readonly end: UtcMs | null;
    },
  ): Promise<PastFigures> {
    const { sums, lots } = await gatherPast(this.#deps.lots.booksAt(matched, to));
    const { portfolio } = matched;
    return { sums, open: await this.#openFigures(lots, { portfolio, state, end }) };
  }

  async #openFigures(
    lots: readonly Lot[],
    { portfolio, state, end }: {
      readonly portfolio: Portfolio;
      readonly state: SnapshotState | null;
      readonly end: UtcMs | null;
    },
  ): Promise<OpenFigures> {
    const closes = end === null || state === null
      ? null
      : await this.#closesAt(end, { lots, state, key: `${portfolio.id} ${state.build}` });
    return openFigures(lots, (assetId) => {
      const close = closes?.get(assetId)?.[0] ?? NaN;
      return Number.isNaN(close) ? null : close;
    });
  }

  /** Dollars for a unit of each open asset at an instant. */
  async #closesAt(
    at: UtcMs,
    { lots, state, key }: {
      readonly lots: readonly Lot[];
      readonly state: SnapshotState;
      readonly key: string;
    },
  ): Promise<ReadonlyMap<AssetId, Float64Array> | null> {
    const assetIds = [...new Set(lots.map(({ assetId }) => assetId))].sort();
    return await this.#closes.get(
      `${key} ${at} ${assetIds.join()}`,
      () => this.#deps.readCloses(assetIds, { times: Float64Array.of(at), now: state.valuedAt }),
    );
  }

  async #unmeasured(
    scope: LedgerScope,
    currency: BaseCurrency,
  ): Promise<MeasuredPerformance> {
    const isEmpty = await this.#deps.isEmpty(scope);
    return {
      currency,
      interval: "1d",
      status: isEmpty ? "empty" : "pending",
      lacks: isEmpty ? [] : ["rows"],
      ...{ asof: null, builtAt: null, ledgerVersion: null, performance: null },
    };
  }

  /** `null` where the build was replaced meanwhile. */
  async #measure(
    scope: LedgerScope,
    { state, query }: { readonly state: SnapshotState; readonly query: RangeQuery },
  ): Promise<Measured | null> {
    const { from, to, currency, benchmark } = query;
    const { build, ledgerVersion } = state;
    const fxVersion = currency === "USD" ? 0 : await this.#deps.fxVersion();
    const key = [scope.portfolioId, ledgerVersion, build, currency, fxVersion, benchmark, from, to];
    return await this.#measures.get(key.join(" "), async () => {
      let best: Measured | null = null;
      for (const interval of intervalsFor(query, state)) {
        const measured = await this.#measureIn(scope, { state, query, interval });
        if (measured === null) return null;
        // A finer one that knows fewer prices than a coarser one is no better.
        if (best === null || measured.unpriced < best.unpriced) best = measured;
        if (best.unpriced === 0) break;
      }
      return best;
    });
  }

  async #measureIn(
    scope: LedgerScope,
    { state, interval, query: { from, to, currency, benchmark } }: {
      readonly state: SnapshotState;
      readonly interval: SnapshotInterval;
      readonly query: RangeQuery;
    },
  ): Promise<Measured | null> {
    const { histories } = this.#deps;
    const history = await histories.read(scope, { state, interval, currency });
    if (history === null) return null;
    const closes = benchmark === undefined
      ? undefined
      : await this.#benchmarkIn(scope, { state, interval, currency, benchmark });
    const performance = measurePortfolio(history, {
      ...{ from, to },
      benchmark: closes && benchmark && { assetId: benchmark, closes },
    });
    // Where nothing could be measured, no asset could be priced.
    const unpriced = performance?.unpriced.length ?? history.assets.length + 1;
    return { interval, performance, unpriced };
  }

  async #benchmarkIn(
    scope: LedgerScope,
    { state, interval, currency, benchmark }: {
      readonly state: SnapshotState;
      readonly interval: SnapshotInterval;
      readonly currency: BaseCurrency;
      readonly benchmark: AssetId;
    },
  ): Promise<Float64Array> {
    const { histories } = this.#deps;
    const closes = await histories.readCloses(scope, { state, interval, assetId: benchmark });
    if (currency === "USD") return closes;
    const rates = await histories.readRates(scope, { state, interval, currency });
    return closes.map((close, bucket) => close * (rates[bucket] as number));
  }
}

type RangeQuery = PerformanceQuery & { readonly currency: BaseCurrency };

interface Measured {
  readonly interval: SnapshotInterval;
  readonly performance: PortfolioPerformance | null;
  /** How many assets are left out for want of prices. */
  readonly unpriced: number;
}

/** What is known of a past instant. */
interface PastFigures {
  readonly sums: BookSums;
  readonly open: OpenFigures;
}

function joinFigures(totals: BookTotals, open: OpenFigures): LotFigures {
  const settled = settledFigures(totals);
  return { ...settled, ...open, reasons: { ...settled.reasons, ...open.reasons } };
}

function statusOf(lacks: readonly Lack[]): MeasureStatus {
  if (lacks.length === 0) return "current";
  return lacks.every((lack) => lack === "time") ? "catching_up" : "recalculating";
}

/**
 * The intervals that hold a range, the finest first: 5 minutes within a day, hours within 90 days,
 * else days. A portfolio that began later has no need of more than its own time.
 */
function intervalsFor(
  { from }: PerformanceQuery,
  { firstAt, valuedAt }: SnapshotState,
): readonly SnapshotInterval[] {
  const begins = utcMsOf(Math.max(firstAt, from ?? firstAt));
  const ageMs = valuedAt - begins;
  return SNAPSHOT_INTERVALS.toReversed().filter((interval) => isKept(interval, ageMs));
}
