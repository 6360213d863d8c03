import {
  type LineColumn,
  type LineMark,
  type LineSet,
  lineSet,
} from "../../../components/charts/lines.ts";
import { slugName } from "../../../components/pools/slug_names.ts";
import {
  BASELINE_LABELS,
  nameOf,
  type Pool,
  type SimulatedAutopilot,
} from "../../../services/defi/mod.ts";

/** Growth since the start, of the autopilot and of each baseline that could be set up. */
export function growthColumns(
  { constraints: { capitalUsd }, simulation }: SimulatedAutopilot,
): readonly LineColumn[] {
  const grown = (values: readonly number[]) =>
    Float64Array.from(values, (value) => value / capitalUsd - 1);
  return [
    { key: "autopilot", label: "Autopilot", values: grown(simulation.valuesUsd) },
    ...simulation.baselines.flatMap(({ name, valuesUsd }): readonly LineColumn[] =>
      valuesUsd === null ? [] : [{
        key: name,
        label: SHORT_LABELS[name],
        values: grown(valuesUsd),
      }]
    ),
  ];
}

/** At the ends of lines there is room for as much. */
const SHORT_LABELS: Readonly<Record<keyof typeof BASELINE_LABELS, string>> = {
  hold: "Hold",
  equal_weight: "Equal wt.",
  largest_tvl: "Largest TVL",
};

/** The growth columns as a chart, with a mark at each change of the portfolio. */
export function growthSet(found: SimulatedAutopilot): LineSet {
  const { constraints: { start, stepMs }, simulation } = found;
  const set = lineSet(growthColumns(found), { from: start, barMs: stepMs, unit: "change" });
  return { ...set, marks: changeMarks(found, { set, steps: simulation.times.length }) };
}

/** Most marks that can be told apart. */
const MAX_MARKS = 60;

function changeMarks(
  { constraints: { start, stepMs }, simulation }: SimulatedAutopilot,
  { set, steps }: { readonly set: LineSet; readonly steps: number },
): readonly LineMark[] {
  const group = Math.max(1, Math.ceil(steps / Math.max(1, set.length)));
  const lead = set.length * group - steps;
  const marks = new Map<number, LineMark>();
  for (const { kind, actedAt, reason } of simulation.decisions) {
    if (actedAt === null) continue;
    const at = Math.floor(((actedAt - start) / stepMs + lead) / group);
    const before = marks.get(at)?.text;
    const text = before === undefined ? reason : `${before}; ${reason}`;
    marks.set(at, { at, sign: kind === "closed" ? "×" : "↔", text });
  }
  return [...marks.values()].slice(-MAX_MARKS);
}

/** Pools that a chart of parts can tell apart; the others are one part. */
const MAX_PARTS = 9;

/** A pool that was held, by how much of the portfolio it was on the way. */
export interface HeldPool {
  readonly poolId: string;
  /** `USDC at Aave v3 on Ethereum`. */
  readonly name: string;
  /** `USDC eth`: short enough for the end of a line, and no other's. */
  readonly label: string;
  /** Weight by step, 0 where it was not held. */
  readonly weights: Float64Array;
  /** Over all steps. */
  readonly meanWeight: number;
  readonly stepsHeld: number;
}

/** Every pool that was held, the most weight first. */
export function heldPools({ simulation, pools }: SimulatedAutopilot): readonly HeldPool[] {
  const steps = simulation.times.length;
  const byId = new Map(pools.map((pool) => [pool.id as string, pool]));
  const weights = new Map<string, Float64Array>();
  for (const [step, held] of simulation.weights.entries()) {
    for (const { poolId, weight } of held) {
      const column = weights.get(poolId) ?? new Float64Array(steps);
      column[step] = weight;
      weights.set(poolId, column);
    }
  }
  const labels = shortLabels([...weights.keys()].flatMap((id) => byId.get(id) ?? []));
  return [...weights].map(([poolId, column]): HeldPool => {
    const pool = byId.get(poolId);
    return {
      poolId,
      name: pool === undefined ? poolId : nameOf(pool),
      label: labels.get(poolId) ?? poolId,
      weights: column,
      meanWeight: column.reduce((sum, weight) => sum + weight, 0) / steps,
      stepsHeld: column.filter((weight) => weight > 0).length,
    };
  }).toSorted((a, b) => b.meanWeight - a.meanWeight || a.poolId.localeCompare(b.poolId));
}

/** Token and chain by pool; namesakes also tell where their mark begins, or their protocol. */
function shortLabels(pools: readonly Pool[]): ReadonlyMap<string, string> {
  const short = ({ symbol, chain }: Pool) => `${symbol} ${chain.slice(0, 3)}`;
  const byLabel = Map.groupBy(pools, short);
  return new Map(pools.map((pool) => {
    const isShared = (byLabel.get(short(pool)) ?? []).length > 1;
    const more = pool.mark?.split("…", 1)[0] ?? slugName(pool.protocol);
    return [pool.id, isShared ? `${short(pool)} ${more}` : short(pool)];
  }));
}

/** Shares by step: the pools that were held most, the others as one, and cash; they add up to 1. */
export function shareColumns(found: SimulatedAutopilot): readonly LineColumn[] {
  const held = heldPools(found);
  const steps = found.simulation.times.length;
  const named = held.slice(0, held.length > MAX_PARTS + 1 ? MAX_PARTS : MAX_PARTS + 1);
  const others = held.slice(named.length);
  const sum = (pools: readonly HeldPool[]) =>
    Float64Array.from(
      { length: steps },
      (_, step) => pools.reduce((total, { weights }) => total + (weights[step] ?? 0), 0),
    );
  const invested = sum(held);
  return [
    ...named.map(({ poolId, label, weights }) => ({ key: poolId, label, values: weights })),
    ...others.length === 0
      ? []
      : [{ key: "others", label: `${others.length} others`, values: sum(others) }],
    { key: "cash", label: "Cash", values: invested.map((share) => Math.max(0, 1 - share)) },
  ];
}

/** The shares as areas on top of each other. */
export function shareSet(found: SimulatedAutopilot): LineSet {
  const { start, stepMs } = found.constraints;
  return lineSet(shareColumns(found), {
    ...{ from: start, barMs: stepMs, unit: "rate", stack: "steps", atLeast: [0, 1] },
  });
}
