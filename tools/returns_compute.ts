import { z } from "zod";
import { toColumn } from "@/services/analytics/column.ts";
import { measurePerformance, type Performance } from "@/services/analytics/performance.ts";
import { StartupError } from "@/services/kernel/errors.ts";
import { parseUtcMs, type UtcMs } from "@/services/kernel/time.ts";
import { runAsProcess, type Script } from "./cli.ts";
import { MAX_POINTS, NullableSeries, readJsonInput } from "./json_input.ts";

const Instant = z.string().transform((text, context): UtcMs => {
  const at = parseUtcMs(text);
  if (at !== null) return at;
  context.addIssue({ code: "custom", message: `expected an ISO 8601 date, got "${text}"` });
  return z.NEVER;
});

const Input = z.object({
  values: z.array(z.object({ t: Instant, value: z.number().nullable() })).max(MAX_POINTS),
  flows: z.array(z.object({ t: Instant, amount: z.number() })).max(MAX_POINTS),
  returns: NullableSeries,
  periods_per_year: z.number().positive(),
  risk_free: z.number(),
  required_return: z.number(),
  benchmark: NullableSeries,
}).partial();

/** Computes returns and risk of an investment on standard input. */
export const RETURNS_COMPUTE: Script = {
  name: "returns:compute",
  usage: `[--json] < INPUT

Computes returns and risk. Reads one JSON object from standard input with any of
  "values": [{"t": "2025-01-01", "value": 100}]   value just before the flows of that instant
  "flows": [{"t": "2025-07-02", "amount": -50}]   deposits negative, withdrawals positive; without
                                                  values the final value is a flow, too
  "returns": [0.01, null, -0.02]                  simple returns per period, null where missing
  "periods_per_year": 365, "risk_free": 0, "required_return": 0, "benchmark": [...]
and prints one: twr, xirr, modified_dietz, cumulative, annual_return, volatility, downside_risk,
sharpe, sortino, calmar, max_drawdown, var95, es95, beta, n, missing; fractions, null where they
can't be computed. Values and flows may come in any order. Risk is measured on returns, or else on
those between the values.

  --json   print JSON, which it does anyway
  --help   show this text`,
  flags: {},
  async main({ io, report }) {
    const input = await readJsonInput(io, Input);
    const periods = input.returns?.length ?? Math.max(0, (input.values?.length ?? 0) - 1);
    if (input.benchmark && input.benchmark.length !== periods) {
      throw new StartupError(
        `Cannot compare with the benchmark: expected ${periods} returns, got ` +
          input.benchmark.length,
      );
    }
    const outcome = toWire(measurePerformance({
      values: input.values?.map(({ t, value }) => ({ at: t, value })),
      flows: input.flows?.map(({ t, amount }) => ({ at: t, amount })),
      returns: input.returns && toColumn(input.returns),
      periodsPerYear: input.periods_per_year,
      riskFree: input.risk_free,
      requiredReturn: input.required_return,
      benchmark: input.benchmark && toColumn(input.benchmark),
    }));
    report(outcome, JSON.stringify(outcome));
  },
};

function toWire(measures: Performance) {
  return {
    twr: measures.twr,
    xirr: measures.xirr,
    modified_dietz: measures.modifiedDietz,
    cumulative: measures.cumulative,
    annual_return: measures.annualReturn,
    volatility: measures.volatility,
    downside_risk: measures.downsideRisk,
    sharpe: measures.sharpe,
    sortino: measures.sortino,
    calmar: measures.calmar,
    max_drawdown: measures.maxDrawdown,
    var95: measures.var95,
    es95: measures.es95,
    beta: measures.beta,
    n: measures.n,
    missing: measures.missing,
  };
}

if (import.meta.main) await runAsProcess(RETURNS_COMPUTE);
