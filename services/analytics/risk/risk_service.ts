import { AppError } from "../../kernel/errors.ts";
import type { UtcMs } from "../../kernel/time.ts";
import { type Explanation, labelOf, type MarketService } from "../../market/mod.ts";
import type { Clock } from "../../ports/mod.ts";
import {
  comparisonReport,
  correlationReport,
  drawdownReport,
  matrixReport,
  type Measured,
  type Rates,
  riskReport,
  rollingReport,
  volatilityReport,
} from "./build_reports.ts";
import { MIN_COMMON_POINTS } from "./common_rows.ts";
import { explainRiskFigure } from "./explain_risk.ts";
import { parseRiskFigure, RISK_FIGURES } from "./figures.ts";
import { parsePeriod } from "./period.ts";
import { stampOf, type WindowQuery } from "./price_window.ts";
import type {
  ComparisonReport,
  CorrelationMatrixReport,
  CorrelationReport,
  DrawdownReport,
  RiskReport,
  RollingCorrelationReport,
  VolatilityReport,
} from "./reports.ts";
import { ResultCache } from "./result_cache.ts";
import { type CandleScope, inTurns, WindowReader } from "./window_reader.ts";

/** Assets of one correlation matrix. */
export const MAX_MATRIX_ASSETS = 50;
/** Lines of one comparison. */
export const MAX_COMPARED_ASSETS = 20;
/** Bars of a rolling window; each is measured for itself. */
export const MAX_ROLLING_BARS = 365;
/** What betas are measured against unless asked otherwise. */
export const DEFAULT_BENCHMARK = "bitcoin";

/** Two assets. */
export type AssetPair = readonly [first: string, second: string];

export interface PeriodQuery extends CandleScope {
  /** `24h`, `7d`, `30d`, `1y`. */
  readonly period: string;
}

export interface RiskQuery extends PeriodQuery, Rates {
  readonly benchmark?: string | undefined;
}

export interface RollingQuery extends PeriodQuery {
  /** Bars of each window, 30 to `MAX_ROLLING_BARS`. */
  readonly window: number;
}

export interface ComparisonQuery extends CandleScope {
  /** The bar that holds it closes with the price that later ones are compared with. */
  readonly start: UtcMs;
}

/** Risk, correlation and comparison over stored candles; assets go by any of their names. */
export class RiskService {
  readonly #market: MarketService;
  readonly #reader: WindowReader;
  readonly #volatility: ResultCache<VolatilityReport>;
  readonly #risk: ResultCache<RiskReport>;
  readonly #drawdown: ResultCache<DrawdownReport>;
  readonly #correlation: ResultCache<CorrelationReport>;
  readonly #rolling: ResultCache<RollingCorrelationReport>;
  readonly #matrix: ResultCache<CorrelationMatrixReport>;
  readonly #comparison: ResultCache<ComparisonReport>;

  constructor({ market, clock }: { readonly market: MarketService; readonly clock: Clock }) {
    this.#market = market;
    this.#reader = new WindowReader({ market, clock });
    this.#volatility = new ResultCache({ clock });
    this.#risk = new ResultCache({ clock });
    this.#drawdown = new ResultCache({ clock });
    this.#correlation = new ResultCache({ clock });
    this.#rolling = new ResultCache({ clock });
    this.#matrix = new ResultCache({ clock });
    this.#comparison = new ResultCache({ clock });
  }

  /** `price_stddev` in dollars and annualised `volatility` over a period. */
  async getVolatility(asset: string, query: PeriodQuery): Promise<VolatilityReport> {
    return await this.#answer([asset], this.#volatility, {
      ...overPeriod("volatility", query),
      build: (measured) => volatilityReport(measured, query),
    });
  }

  /** Every risk figure of an asset over a period. */
  async getRisk(asset: string, query: RiskQuery): Promise<RiskReport> {
    const { benchmark = DEFAULT_BENCHMARK, riskFree, requiredReturn } = query;
    return await this.#answer([asset], this.#risk, {
      ...overPeriod("risk", query),
      options: { benchmark: this.#market.resolve(benchmark).id, riskFree, requiredReturn },
      companions: [benchmark],
      build: (measured) => riskReport(measured, query),
    });
  }

  /** The risk of several assets, in the order asked, each up to its own newest bar. */
  async listRisk(assets: readonly string[], query: RiskQuery): Promise<readonly RiskReport[]> {
    const distinct = this.#distinct(assets, MAX_MATRIX_ASSETS);
    return await inTurns(distinct, (asset) => this.getRisk(asset, query));
  }

  /** The drawdown curve of an asset over a period. */
  async getDrawdown(asset: string, query: PeriodQuery): Promise<DrawdownReport> {
    return await this.#answer([asset], this.#drawdown, {
      ...overPeriod("drawdown", query),
      build: (measured) => drawdownReport(measured, query),
    });
  }

  /** Correlation of the log returns of two assets. */
  async getCorrelation(pair: AssetPair, query: PeriodQuery): Promise<CorrelationReport> {
    return await this.#answer(pair, this.#correlation, {
      ...overPeriod("correlation", query),
      build: (measured) => correlationReport(measured, query),
    });
  }

  /** The same over a window that rolls through the period. */
  async getRollingCorrelation(
    pair: AssetPair,
    query: RollingQuery,
  ): Promise<RollingCorrelationReport> {
    const { window: bars } = query;
    const isAllowed = bars >= MIN_COMMON_POINTS && bars <= MAX_ROLLING_BARS;
    if (!(Number.isInteger(bars) && isAllowed)) {
      const expected = `${MIN_COMMON_POINTS} to ${MAX_ROLLING_BARS}`;
      throw refused("window", `Cannot roll ${bars} bars: expected ${expected}`);
    }
    return await this.#answer(pair, this.#rolling, {
      ...overPeriod("rolling_correlation", query),
      options: { window: bars },
      build: (measured) => rollingReport(measured, { ...query, bars }),
    });
  }

  /** Correlations of every two of the assets, at most `MAX_MATRIX_ASSETS`. */
  async getCorrelationMatrix(
    assets: readonly string[],
    query: PeriodQuery,
  ): Promise<CorrelationMatrixReport> {
    return await this.#answer(this.#distinct(assets, MAX_MATRIX_ASSETS), this.#matrix, {
      ...overPeriod("correlation_matrix", query),
      build: (measured) => matrixReport(measured, query),
    });
  }

  /** How several assets went since a start, at most `MAX_COMPARED_ASSETS`. */
  async compare(assets: readonly string[], query: ComparisonQuery): Promise<ComparisonReport> {
    return await this.#answer(this.#distinct(assets, MAX_COMPARED_ASSETS), this.#comparison, {
      metric: "comparison",
      scope: query,
      span: { since: query.start },
      spanText: String(query.start),
      build: comparisonReport,
    });
  }

  /** Whether `explain` knows the figure: `volatility:30d`, `sharpe:1y`. */
  canExplain(figure: string): boolean {
    return parseRiskFigure(figure) !== null;
  }

  /** A risk figure of an asset taken apart. Throws `RESOURCE_NOT_FOUND` for an unknown one. */
  async explain(
    asset: string,
    name: string,
    scope: CandleScope & Pick<RiskQuery, "benchmark"> = {},
  ): Promise<Explanation> {
    const asked = parseRiskFigure(name);
    if (asked === null) {
      throw new AppError("RESOURCE_NOT_FOUND", `Cannot explain "${name}": unknown figure`, {
        details: { figures: RISK_FIGURES.map((figure) => `${figure}:PERIOD`) },
      });
    }
    const query = { ...scope, period: asked.period.text };
    const report = await this.getRisk(asset, query);
    const window = await this.#reader.plan([asset], overPeriod("risk", query));
    const [planned] = window.assets;
    const read = planned ? await this.#reader.readCandles(planned, window) : null;
    const label = labelOf(this.#market.resolve(asset));
    return explainRiskFigure(label, { name, asked, report, read });
  }

  /** The kept answer, or the one built from the rows of the window that the question means. */
  async #answer<T>(
    assets: readonly string[],
    cache: ResultCache<T>,
    { build, ...question }: Question & { readonly build: (measured: Measured) => T },
  ): Promise<T> {
    const { metric, spanText, scope: { interval, asof, source }, options } = question;
    const window = await this.#reader.plan(assets, question);
    const ids = window.assets.slice(0, assets.length).map(({ label }) => label.assetId);
    const narrowed = Object.entries({ interval, asof, source, ...options })
      .flatMap(([name, value]) => value === undefined ? [] : [`${name}=${value}`]);
    return await cache.get(["analytics", metric, ids, spanText, ...narrowed].join(":"), {
      stamp: stampOf(window),
      compute: async () => build({ window, rows: await this.#reader.readRows(window) }),
    });
  }

  /** Each asset once, whichever of its names it goes by; at most `max`. */
  #distinct(assets: readonly string[], max: number): readonly string[] {
    const ids = [...new Set(assets.map((asset) => this.#market.resolve(asset).id))];
    if (ids.length >= 1 && ids.length <= max) return ids;
    throw refused("coins", `Cannot measure ${ids.length} assets: expected 1 to ${max}`);
  }
}

/** What an answer is made of, but for the function that makes it. */
interface Question {
  /** As in the cache's keys. */
  readonly metric: string;
  readonly scope: CandleScope;
  readonly span: WindowQuery["span"];
  readonly spanText: string;
  /** What else tells this answer from others under the same metric, assets and span. */
  readonly options?: Readonly<Record<string, string | number | undefined>>;
  /** Assets that are measured beside the ones asked for. */
  readonly companions?: readonly string[];
}

function overPeriod(metric: string, query: PeriodQuery): Question {
  const { text, ms } = parsePeriod(query.period);
  return { metric, scope: query, span: { ms }, spanText: text };
}

function refused(field: string, message: string): AppError {
  return new AppError("VALIDATION_FAILED", message, { details: { field } });
}
