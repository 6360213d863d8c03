import { AppError } from "../kernel/errors.ts";
import { percentDecimals } from "../kernel/numbers.ts";
import type { UtcMs } from "../kernel/time.ts";
import type { Interval } from "./decomposition.ts";
import type { ExplainedScore } from "./explain_score.ts";
import { type PoolRow, poolRows } from "./pool_rows.ts";
import type { PoolDetail } from "./pool_service.ts";
import { aprFromApy, SECONDS_A_YEAR } from "./yields.ts";

/** What a value is: `rate` a level and `points` a difference, both as fractions; the rest as named. */
export const POOL_UNITS = [
  "rate",
  "points",
  "percentage_points",
  "usd",
  "score",
  "ratio",
  "days",
] as const;
export type PoolUnit = typeof POOL_UNITS[number];

export interface PoolInput {
  readonly name: string;
  readonly value: number | null;
  readonly unit: PoolUnit;
  /** Why it is not known, or what is to be known of it; `null` is nothing more. */
  readonly note: string | null;
  /** `null` for a setting, which has no time. */
  readonly asof: UtcMs | null;
  readonly source: string;
}

/** A figure of a pool taken apart. */
export interface PoolExplanation {
  readonly figure: PoolFigureKey;
  readonly label: string;
  readonly value: number | null;
  readonly unit: PoolUnit;
  /** Why there is no value. */
  readonly reason: string | null;
  readonly words: string;
  readonly formula: string;
  readonly inputs: readonly PoolInput[];
  readonly rounding: string;
  readonly source: string;
  readonly asof: UtcMs;
  /** The stored readings behind it, oldest first, and how many of them count. */
  readonly rows: readonly PoolRow[];
  readonly rowCount: number;
}

export const EXPLAINED_FIGURES = [
  "score_v1",
  "score_v0",
  "supply_apy",
  "incentive_apy",
  "borrow_apy",
  "median_30d",
  "volatility",
  "utilization",
  "kink_distance",
  "tvl_usd",
  "withdrawable_usd",
  "net_apy",
] as const;
export type PoolFigureKey = typeof EXPLAINED_FIGURES[number];

type Parts = Pick<PoolExplanation, "label" | "value" | "unit" | "words" | "formula" | "inputs"> & {
  readonly reason?: string | null;
  /** Newest readings that it is made of; one unless it is said. */
  readonly readings?: number;
};

/** Rows of one explanation; the file of the pool has them all. */
const MAX_ROWS = 60;
const ROUNDING =
  "Fractions and dollars inside, to the last digit of a double; rounded only where " +
  "they are shown.";

/** A figure of a pool with formula, inputs and rows. Throws `RESOURCE_NOT_FOUND`. */
export function explainPool(name: string, detail: PoolDetail): PoolExplanation {
  const figure = EXPLAINED_FIGURES.find((known) => known === name);
  if (figure === undefined) {
    throw new AppError(
      "RESOURCE_NOT_FOUND",
      `Cannot explain "${name}": expected one of ${EXPLAINED_FIGURES.join(", ")}`,
    );
  }
  const { history, settings, source, metrics } = detail;
  const { readings = 1, reason = null, ...parts } = EXPLAIN[figure](inputsOf(detail), detail);
  const rowCount = Math.min(readings, history.length);
  return {
    ...{ figure, source, rowCount },
    ...parts,
    reason: parts.value === null ? reason : null,
    rounding: ROUNDING,
    asof: metrics.asof,
    rows: poolRows(history, { settings, limit: Math.min(rowCount, MAX_ROWS) }),
  };
}

/** Ways to name an input: of the newest reading, of the pool, of the settings. */
interface InputNames {
  read(name: string, value: number | null, unit: PoolUnit): PoolInput;
  set(name: string, value: number, unit: PoolUnit): PoolInput;
  kink: PoolInput;
}

function inputsOf({ metrics, source }: PoolDetail): InputNames {
  const silent = "the source does not give it";
  return {
    read: (name, value, unit) => ({
      ...{ name, value, unit, source },
      note: value === null ? silent : null,
      asof: metrics.asof,
    }),
    set: (name, value, unit) => ({
      ...{ name, value, unit },
      note: null,
      asof: null,
      source: "settings",
    }),
    kink: {
      name: "Kink U*",
      value: metrics.kink,
      unit: "rate",
      note: kinkNote(metrics),
      asof: metrics.kinkAt,
      source: metrics.kinkAt === null ? "settings" : "the pool's interest rate strategy",
    },
  };
}

/** How an APY came of what the source gave: a simple rate, or the APY itself. */
function rateParts(
  { read }: InputNames,
  { apy, compoundings }: { readonly apy: number | null; readonly compoundings: number | null },
): Pick<Parts, "formula" | "inputs"> {
  if (compoundings === null) return { formula: "as the source gives it", inputs: [] };
  const often = compoundings === SECONDS_A_YEAR ? "each second" : `${compoundings} times a year`;
  return {
    formula: "APY = (1 + APR / n)^n − 1, n compoundings a year",
    inputs: apy === null
      ? []
      : [read(`APR, compounded ${often}`, aprFromApy(apy, compoundings), "rate")],
  };
}

function kinkNote({ kinkAt, isKinkFresh }: PoolDetail["metrics"]): string | null {
  if (kinkAt === null) return "assumed: the pool's own is not known of then";
  return isKinkFresh ? null : "old: the strategy may have changed since";
}

type Explain = (names: InputNames, detail: PoolDetail) => Parts;

const EXPLAIN: Readonly<Record<PoolFigureKey, Explain>> = {
  score_v1: (names, detail) => ({
    label: "Score v1",
    ...scoreParts(detail.scores.v1, names),
    words: "A geometric mean of six factors from 0 to 1: one that is rotten can't be bought off " +
      "by the others. A factor that is not known is left out, and the coverage says so.",
    formula: "score = 100 · Π factor^(weight / Σ known weights)",
    readings: detail.settings.window,
  }),
  score_v0: (names, detail) => ({
    label: "Score v0",
    ...scoreParts(detail.scores.v0, names),
    words: "A weighted sum of yields in percentage points and of the stability score. It has no " +
      "fixed range; what is not known adds nothing.",
    formula: "score = w1 · supply APY + w2 · stability + w3 · reward APY − w4 · borrow APY",
    readings: detail.settings.window,
  }),
  supply_apy: (names, { metrics: { supplyApy, compoundings } }) => ({
    label: "Supply APY",
    value: supplyApy,
    unit: "rate",
    words: "What a year of supplying earns at the rate of this moment, interest on interest " +
      "included. A rate of a moment is no promise.",
    ...rateParts(names, { apy: supplyApy, compoundings }),
  }),
  incentive_apy: ({ read }, { metrics: { incentiveApy, rewardShare } }) => ({
    label: "Reward APY",
    value: incentiveApy,
    unit: "rate",
    reason: "the source does not tell rewards from the rest",
    words: "What is paid besides in other tokens. Rewards can end any day, and are worth less " +
      "when they are sold.",
    formula: "as the source gives it",
    inputs: [read("Share of the whole yield", rewardShare, "rate")],
  }),
  borrow_apy: (names, { metrics: { borrowApy, compoundings } }) => ({
    label: "Borrow APY",
    value: borrowApy,
    unit: "rate",
    reason: "the source gives no borrow rate",
    words: "What borrowers pay a year at the variable rate of this moment.",
    ...rateParts(names, { apy: borrowApy, compoundings }),
  }),
  median_30d: (_names, { metrics }) => ({
    label: "Median supply APY, 30 days before",
    value: metrics.median30,
    unit: "rate",
    reason: "fewer than 7 readings in 30 days",
    words: "The middle of the 30 days before the newest reading: what to expect when it calms.",
    formula: "median of the supply APYs of 30 days, the newest left out",
    inputs: [],
    readings: 31,
  }),
  volatility: ({ set }, { metrics, settings }) => ({
    label: "Swing of the supply APY",
    value: metrics.volatilityPp,
    unit: "percentage_points",
    reason: "fewer than two readings",
    words: "How far the supply APY strays from its mean, over the window.",
    formula: "√(Σ (APY − mean)² / n) · 100, population standard deviation",
    inputs: [set("Readings of the window", settings.window, "ratio")],
    readings: settings.window,
  }),
  utilization: ({ read, set }, { metrics, settings }) => ({
    label: "Utilisation",
    value: metrics.utilization,
    unit: "rate",
    reason: "the source gives no utilisation",
    words: "How much of what was supplied is lent. What is not lent can be withdrawn.",
    formula: "U = borrowed / supplied",
    inputs: [
      read("Change since the reading before", metrics.utilizationChange, "points"),
      set("Change that counts as a spike", settings.spike_change, "points"),
    ],
    readings: 2,
  }),
  kink_distance: ({ read, kink }, { metrics }) => ({
    label: "Distance to the kink",
    value: metrics.kinkDistance,
    unit: "points",
    reason: "the utilisation is not known",
    words: "How far utilisation stands from the point where the borrow rate turns steep. Below " +
      "zero the pool is past it: the rate is meant to drive borrowers out, and suppliers may be " +
      "unable to withdraw.",
    formula: "distance = U* − U",
    inputs: [kink, read("Utilisation U", metrics.utilization, "rate")],
  }),
  tvl_usd: ({ read }, { metrics }) => ({
    label: "Total value locked",
    value: metrics.tvlUsd,
    unit: "usd",
    reason: "the source gives no TVL",
    words: "What is supplied to the pool, in dollars of the reading's time.",
    formula: "as the source gives it",
    inputs: [read("Change over 30 days", metrics.tvlTrend30, "points")],
    readings: 31,
  }),
  withdrawable_usd: ({ read }, { metrics }) => ({
    label: "Withdrawable liquidity",
    value: metrics.withdrawableUsd,
    unit: "usd",
    reason: "TVL or utilisation is not known",
    words: "What nobody borrowed: as much can leave the pool at once, all suppliers together.",
    formula: "withdrawable = TVL · (1 − U)",
    inputs: [
      read("TVL", metrics.tvlUsd, "usd"),
      read("Utilisation U", metrics.utilization, "rate"),
    ],
  }),
  net_apy: ({ read, set }, { decomposition: { net, isExact, steps }, settings }) => ({
    label: "Net yield, expected",
    value: isExact ? net[0] : null,
    unit: "rate",
    reason: `it lies between ${percentRange(net, " and ")}, as terms are not known`,
    words: "What is likely to be left of the shown yield after rewards are sold, prices drift " +
      "and the way in and out is paid. A term that is not known spans what it can be.",
    formula: "net = base + reward · (1 − haircut) + intrinsic − (drift + fees + gas)",
    inputs: [
      ...steps.filter(({ name }) => name !== "net").map(({ name, range, words, isKnown }) => ({
        ...read(stepLabel(name), isKnown ? range[0] : null, "points"),
        note: isKnown ? words : `${percentRange(range, " to ")}: ${words}`,
      })),
      set("Position", settings.v1.position_usd, "usd"),
      set("Gas of one way", settings.gas_usd, "usd"),
      set("Haircut of rewards", settings.reward_haircut, "rate"),
    ],
  }),
};

function scoreParts(
  { score, parts, reason, coverage }: ExplainedScore,
  { read, set }: InputNames,
): Pick<Parts, "value" | "unit" | "reason" | "inputs"> {
  return {
    value: score,
    unit: "score",
    reason,
    inputs: [
      ...parts.map(({ name, result, weight, formula, reason: missing }) => ({
        ...read(`${stepLabel(name)}, weight ${weight}`, result, "ratio"),
        note: result === null ? missing : formula,
      })),
      { ...set("Coverage", coverage, "rate"), source: "known weights · (1 − stale share)" },
    ],
  };
}

/** A name as people read it: `drift_loss` is `Drift loss`. */
export function stepLabel(name: string): string {
  const words = name.replaceAll("_", " ").replace("apy", "APY").replace("utiliz", "utilis");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Least and most of a term, with the decimals that tell them apart. */
function percentRange(range: Interval, between: string): string {
  const decimals = percentDecimals(range);
  return range.map((end) => `${(end * 100).toFixed(decimals)}%`).join(between);
}
