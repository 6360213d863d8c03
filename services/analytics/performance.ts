import { AppError } from "../kernel/errors.ts";
import {
  type DatedValue,
  flowsOfValues,
  type Growth,
  growthOfReturns,
  growthOfValues,
  modifiedDietz,
  timeWeightedReturn,
} from "../kernel/returns.ts";
import { measureRisk, type RiskMeasures, type RiskOptions } from "../kernel/risk.ts";
import { type CashFlow, xirr } from "../kernel/xirr.ts";

/** What is known of an investment; the more, the more can be measured. */
export interface PerformanceInput extends RiskOptions {
  /** Values in any order, each just before the flows of its instant. */
  readonly values?: readonly DatedValue[] | undefined;
  /** As the investor pays: deposits negative. Without values the final value is among them. */
  readonly flows?: readonly CashFlow[] | undefined;
  /** Simple returns per period; NaN where missing. Risk is measured on them if they are given. */
  readonly returns?: Float64Array | undefined;
}

/** All as fractions, `null` where they can't be computed. */
export interface Performance extends RiskMeasures {
  readonly twr: number | null;
  readonly xirr: number | null;
  readonly modifiedDietz: number | null;
}

/** Time-weighted, money-weighted and risk measures of whatever is given. */
export function measurePerformance(input: PerformanceInput): Performance {
  const flows = (input.flows ?? []).toSorted((a, b) => a.at - b.at);
  const values = (input.values ?? []).toSorted((a, b) => a.at - b.at);
  const repeated = values.find(({ at }, i) => values[i - 1]?.at === at);
  if (repeated) {
    throw new AppError(
      "VALIDATION_FAILED",
      `Cannot order two values at ${new Date(repeated.at).toISOString()}: expected one`,
      { details: { field: "values" } },
    );
  }
  const ofValues = input.values === undefined ? null : growthOfValues(values, flows);
  const growth = input.returns ? growthOfReturns(input.returns) : ofValues ?? NOTHING;
  const paid = input.values === undefined ? flows : flowsOfValues(values, flows);
  return {
    twr: timeWeightedReturn(ofValues ?? growth),
    xirr: xirr(paid),
    modifiedDietz: modifiedDietz(paid),
    ...measureRisk(growth, input),
  };
}

const NOTHING: Growth = { returns: new Float64Array(0), path: new Float64Array(0) };
