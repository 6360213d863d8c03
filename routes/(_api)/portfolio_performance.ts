import { z } from "zod";
import { formatUtcMs, type UtcMs } from "../../services/kernel/time.ts";
import {
  BASE_CURRENCIES,
  type MeasuredPerformance,
  type PerformanceQuery,
  type PortfolioPerformance,
} from "../../services/portfolio/mod.ts";
import { csvOf } from "./csv_answer.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { AssetName, instant } from "./params.ts";
import { measuredToWire, PerformanceSchema } from "./portfolio_performance_wire.ts";
import {
  answererOf,
  checkOrder,
  PORTFOLIO_TAG as tag,
  type PortfolioDeps,
  PortfolioParams,
  scopeOf,
} from "./portfolio_scope.ts";
import { streamed } from "./reply.ts";

const SERIES_COLUMNS = ["time", "nav", "cumulative", "drawdown", "net_flow"];

/** What a portfolio did between two instants. */
export function performanceEndpoints(deps: PortfolioDeps): readonly Endpoint[] {
  const { work, market } = deps;
  const answer = answererOf(deps);
  return [endpoint({
    path: "/api/portfolio/{portfolio_id}/performance",
    tag,
    summary: "Returns, drawdown, contributions and months of a portfolio, each under its name",
    description: "The money of a purchase counts as a deposit, and that of a sale as a " +
      "withdrawal. Returns are fractions; null is what can't be computed, and nothing is filled. " +
      "Values of the past are read, never made by a request: status says how current they are.",
    params: PortfolioParams,
    query: z.object({
      from: instant("from").describe("From before the first row without it"),
      to: instant("to", { dayIs: "end" }).describe("To the present without it"),
      currency: z.enum(BASE_CURRENCIES).optional().describe("The portfolio's own without it"),
      benchmark: AssetName.optional(),
      format: z.enum(["json", "csv"]).default("json").describe("csv has the series"),
    }),
    response: PerformanceSchema,
    otherMediaType: "text/csv",
    refusals: [404, 409],
    async handle(input) {
      const { from, to, currency, benchmark, format } = input.query;
      checkOrder({ from, to });
      const scope = scopeOf(input, deps);
      const range = {
        ...{ from, to, currency },
        benchmark: benchmark === undefined ? undefined : market.resolve(benchmark).id,
      };
      const measured = await work.getPerformance(scope, range);
      if (format === "csv") return seriesReply(measured.performance, scope.portfolioId);
      const lots = await work.getLotFigures(scope, lotRange(measured, range));
      return answer(measuredToWire(measured, { portfolioId: scope.portfolioId, lots }));
    },
  })];
}

/** Figures of lots end where the measure does, as prices may end before what was asked for. */
function lotRange(
  { performance, asof }: MeasuredPerformance,
  { from, to }: Pick<PerformanceQuery, "from" | "to">,
): Pick<PerformanceQuery, "from" | "to"> {
  const end = Math.min(asof ?? Infinity, to ?? Infinity);
  return { from, to: performance !== null && performance.to < end ? performance.to : to };
}

function seriesReply(measured: PortfolioPerformance | null, portfolioId: string) {
  const { t, nav, cumulative, drawdown, netFlow } = measured?.series ?? NO_SERIES;
  const toRow = (at: number) => ({
    time: formatUtcMs(t[at] as UtcMs),
    nav: known(nav[at]),
    cumulative: known(cumulative[at]),
    drawdown: known(drawdown[at]),
    net_flow: known(netFlow[at]),
  });
  return streamed(csvOf([...t.keys()], { columns: SERIES_COLUMNS, toRow }), {
    fileName: `performance-${portfolioId}.csv`,
    mediaType: "text/csv",
  });
}

const EMPTY = new Float64Array();
const NO_SERIES = { t: EMPTY, nav: EMPTY, cumulative: EMPTY, drawdown: EMPTY, netFlow: EMPTY };

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
