import { AppError } from "../../kernel/errors.ts";
import { YEAR_MS } from "../../kernel/time.ts";
import type { SimulatedAutopilot } from "./autopilot_service.ts";
import type { Baseline, Simulation } from "./simulation.ts";

/**
 * How a value is written: dollars as a level or as a gain, a fraction as a change or as a level, a
 * number of things, days.
 */
export type SimulatedUnit = "usd" | "gain" | "change" | "share" | "count" | "days";

/** Something that a figure is made of. */
export interface SimulationInput {
  readonly name: string;
  readonly value: number | null;
  readonly unit: SimulatedUnit;
  /** Where it comes from, or why it is missing. */
  readonly note: string | null;
}

/** A figure of a simulation taken apart. */
export interface SimulationExplanation {
  readonly figure: SimulationFigure;
  readonly label: string;
  readonly value: number | null;
  readonly unit: SimulatedUnit;
  /** Why there is no value. */
  readonly reason: string | null;
  readonly words: string;
  readonly formula: string;
  readonly inputs: readonly SimulationInput[];
  readonly rounding: string;
}

/** Figures that can be taken apart. */
export const SIMULATION_FIGURES = [
  "final_value",
  "gain",
  "realized_apy",
  "promised_apy",
  "turnover",
  "cost",
  "max_drawdown",
  "worst_month",
  "idle_share",
  "hold",
  "equal_weight",
  "largest_tvl",
] as const;
export type SimulationFigure = typeof SIMULATION_FIGURES[number];

type Told = Omit<SimulationExplanation, "figure" | "rounding">;

const ROUNDING = "Computed in double precision, rounded for display alone";

/** A figure of a simulation taken apart. Throws `RESOURCE_NOT_FOUND` for one that it has not. */
export function explainSimulation(
  name: string,
  found: SimulatedAutopilot,
): SimulationExplanation {
  const figure = SIMULATION_FIGURES.find((known) => known === name);
  if (figure === undefined) {
    throw new AppError("RESOURCE_NOT_FOUND", `A simulation has no figure "${name}"`, {
      details: { figures: SIMULATION_FIGURES },
    });
  }
  return { figure, rounding: ROUNDING, ...tell(figure, found) };
}

function tell(figure: SimulationFigure, found: SimulatedAutopilot): Told {
  switch (figure) {
    case "final_value":
    case "gain":
      return gainTold(figure, found);
    case "realized_apy":
      return realizedTold(found);
    case "promised_apy":
      return promisedTold(found);
    case "turnover":
    case "cost":
      return tradesTold(figure, found);
    case "max_drawdown":
      return drawdownTold(found);
    case "worst_month":
      return monthTold(found);
    case "idle_share":
      return idleTold(found);
    case "hold":
    case "equal_weight":
    case "largest_tvl":
      return baselineTold(figure, found);
  }
}

function input(
  name: string,
  value: number | null,
  [unit, note = null]: readonly [unit: SimulatedUnit, note?: string | null],
): SimulationInput {
  return { name, value, unit, note };
}

function finalUsd({ constraints, simulation }: SimulatedAutopilot): number {
  return simulation.valuesUsd.at(-1) ?? constraints.capitalUsd;
}

function spanDays({ times }: Simulation): number {
  return ((times.at(-1) ?? 0) - (times[0] ?? 0)) / (YEAR_MS / 365);
}

function gainTold(figure: "final_value" | "gain", found: SimulatedAutopilot): Told {
  const { constraints: { capitalUsd }, simulation: { gain } } = found;
  const final = finalUsd(found);
  const isValue = figure === "final_value";
  return {
    label: isValue ? "Final value" : "Gain",
    value: isValue ? final : final - capitalUsd,
    unit: isValue ? "usd" : "gain",
    reason: null,
    words: "What the capital came to at the last step: what the pools paid while they were held, " +
      "less what the changes cost. The prices of the tokens are taken to stand still, so it is " +
      "the yield alone.",
    formula: `${isValue ? "capital + " : ""}promised + beyond promise - fees - gas - penalties`,
    inputs: [
      ...isValue ? [input("Capital", capitalUsd, ["usd", "as asked, or from the settings"])] : [],
      input("Promised", gain.promisedUsd, [
        "gain",
        "each pool at the APY that it showed when it was bought",
      ]),
      input("Paid beyond promise", gain.driftUsd, ["gain", "rates moved while pools were held"]),
      input("Fees", -gain.feesUsd, ["gain"]),
      input("Gas", -gain.gasUsd, ["gain"]),
      input("Penalties", -gain.penaltiesUsd, ["gain", "of pools that were gone"]),
    ],
  };
}

function realizedTold(found: SimulatedAutopilot): Told {
  const { constraints: { capitalUsd }, simulation } = found;
  return {
    label: "Realised APY",
    value: simulation.realizedApy,
    unit: "change",
    reason: simulation.realizedApy === null ? "The range is shorter than a day" : null,
    words: "The growth of the whole portfolio over the range, costs and cash included, as it " +
      "would be over a year.",
    formula: "(final value / capital)^(365 / days) - 1",
    inputs: [
      input("Final value", finalUsd(found), ["usd"]),
      input("Capital", capitalUsd, ["usd"]),
      input("Days", spanDays(simulation), ["days", "from the first to the last step"]),
    ],
  };
}

function promisedTold({ simulation }: SimulatedAutopilot): Told {
  return {
    label: "Promised APY",
    value: simulation.promisedApy,
    unit: "share",
    reason: simulation.promisedApy === null ? "Nothing was bought" : null,
    words: "What the portfolio would have earned a year had every pool paid, for as long as it " +
      "was held, the APY that it showed when it was bought. Costs are not in it; cash counts as 0.",
    formula:
      "sum(weight x promised APY x time) / time, promised APY = base + reward x (1 - haircut)",
    inputs: [
      input("Mean share in cash", simulation.idleShare, ["share"]),
      input("Promised in dollars", simulation.gain.promisedUsd, ["gain"]),
      input("Paid beyond promise", simulation.gain.driftUsd, ["gain"]),
    ],
  };
}

function tradesTold(
  figure: "turnover" | "cost",
  { constraints, simulation }: SimulatedAutopilot,
): Told {
  const { turnoverUsd, costUsd, gain, decisions } = simulation;
  const isCost = figure === "cost";
  const done = decisions.filter(({ kind }) => kind === "rebalance").length;
  return {
    label: isCost ? "Costs" : "Turnover",
    value: isCost ? costUsd : turnoverUsd,
    unit: "usd",
    reason: null,
    words: isCost
      ? "What the changes of the portfolio took: a fee of every dollar bought or sold, gas of " +
        "each pool entered or left, and what was lost in pools that were gone. What is cut back " +
        "to the cap pays the fee alone."
      : "Dollars bought and sold in all changes. To move from one pool to another counts twice.",
    formula: isCost
      ? "turnover x fee / 10,000 + gas x pools entered or left + penalties"
      : "sum(|position after - position before|)",
    inputs: [
      input("Changes carried out", done, ["count"]),
      ...isCost
        ? [
          input("Turnover", turnoverUsd, ["usd"]),
          input("Fees", gain.feesUsd, ["usd", `${constraints.feeBps} basis points`]),
          input("Gas", gain.gasUsd, ["usd", `${constraints.gasUsd} USD a pool`]),
          input("Penalties", gain.penaltiesUsd, ["usd"]),
        ]
        : [input("Capital", constraints.capitalUsd, ["usd"])],
    ],
  };
}

function drawdownTold({ simulation: { maxDrawdown, valuesUsd } }: SimulatedAutopilot): Told {
  return {
    label: "Max drawdown",
    value: maxDrawdown,
    unit: "share",
    reason: null,
    words: "The deepest fall of the value below the highest before it. Of yields alone that is " +
      "what costs and lost pools took before it was earned back.",
    formula: "min(value / highest value so far - 1)",
    inputs: [input("Steps", valuesUsd.length, ["count"])],
  };
}

function monthTold({ simulation: { worstMonth } }: SimulatedAutopilot): Told {
  return {
    label: worstMonth === null ? "Worst month" : `Worst month, ${worstMonth.month}`,
    value: worstMonth?.growth ?? null,
    unit: "change",
    reason: worstMonth === null ? "No month was begun" : null,
    words: "The calendar month, UTC, in which the value grew least. The first and the last may " +
      "be months in part.",
    formula: "value at the month's last step / value at the last step before it - 1",
    inputs: [],
  };
}

function idleTold({ simulation: { idleShare } }: SimulatedAutopilot): Told {
  return {
    label: "In cash",
    value: idleShare,
    unit: "share",
    reason: null,
    words: "The mean share that lay in no pool: before the first purchase, where too few pools " +
      "could be had for the cap, or after a pool was gone. Cash earns nothing.",
    formula: "1 - sum(weight x time) / time",
    inputs: [],
  };
}

function baselineTold(
  name: Baseline["name"],
  { simulation, constraints }: SimulatedAutopilot,
): Told {
  const found = simulation.baselines.find((one) => one.name === name);
  const end = found?.valuesUsd?.at(-1) ?? null;
  return {
    label: BASELINE_LABELS[name],
    value: end,
    unit: "usd",
    reason: found?.reason ?? null,
    words: `${found?.words ?? ""}. It buys when the autopilot first does, at the same costs, and ` +
      "a pool that is gone is closed in the same way.",
    formula: "sum(position x what its pool paid)",
    inputs: [
      input("Capital", constraints.capitalUsd, ["usd"]),
      input("Growth a year", found?.apy ?? null, ["change", found?.reason ?? null]),
    ],
  };
}

/** What the ways of doing nothing are called. */
export const BASELINE_LABELS: Readonly<Record<Baseline["name"], string>> = {
  hold: "Buy and hold",
  equal_weight: "Equal weight",
  largest_tvl: "Largest TVL",
};
