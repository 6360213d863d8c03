import { barGrid, onGrid } from "../../../components/charts/line_grid.ts";
import {
  type LineColumn,
  type LineSet,
  lineSet,
  type LineSpan,
} from "../../../components/charts/lines.ts";
import { formatDay } from "../../../components/format/time.ts";
import type { PoolEpisode, PoolMetrics, PoolRow } from "../../../services/defi/mod.ts";
import type { PoolChart } from "./pool_view.ts";

/** The lines of a pool, each chart over the same bars; `null` where the source gives no values. */
export type PoolLines = Readonly<Record<PoolChart, LineSet | null>> & {
  readonly barMs: number;
  /** Bars without a reading. */
  readonly missing: number;
};

interface Subject {
  readonly rows: readonly PoolRow[];
  readonly metrics: Pick<PoolMetrics, "kink" | "kinkAt" | "isKinkFresh">;
  readonly episodes: readonly PoolEpisode[];
}

/** Readings put on bars: yield with its rewards on top, utilisation with the kink, and TVL. */
export function poolLines({ rows, metrics, episodes }: Subject): PoolLines {
  const grid = barGrid(rows.map(({ ts }) => ts));
  const { from, barMs } = grid;
  const column = (key: string, label: string, read: (row: PoolRow) => number | null) => ({
    ...{ key, label },
    values: onGrid(rows.map((row) => read(row) ?? NaN), grid),
  });
  const base = column("supply_apy", "Base", ({ supplyApy }) => supplyApy);
  const reward = column("incentive_apy", "Reward", ({ incentiveApy }) => incentiveApy);
  const lent = column("utilization", "Utilisation", ({ utilization }) => utilization);
  const tvl = column("tvl_usd", "TVL", ({ tvlUsd }) => tvlUsd);
  const spans = episodes.map(spanOf).filter(({ to }) => to >= from);
  const common = { from, barMs, ...spans.length > 0 && { spans } };
  const hasReward = reward.values.some((value) => value > 0);
  const kink = {
    key: "kink",
    label: metrics.kinkAt === null ? "Kink, assumed" : metrics.isKinkFresh ? "Kink" : "Kink, old",
    value: metrics.kink,
  };
  return {
    barMs,
    missing: base.values.filter(Number.isNaN).length,
    // A part of a stack must not lie below the one before; nothing pays a negative reward.
    yield: hasReward && base.values.every((value) => !(value < 0))
      ? lineSet([base, reward], { ...common, unit: "rate", stack: "straight" })
      : lineSet([{ ...base, label: "APY" }], { ...common, unit: "rate" }),
    utilization: isKnown(lent)
      ? lineSet([lent], { ...common, unit: "rate", atLeast: [0, 1], references: [kink] })
      : null,
    tvl: isKnown(tvl) ? lineSet([tvl], { ...common, unit: "usd" }) : null,
  };
}

function isKnown({ values }: LineColumn): boolean {
  return values.some((value) => !Number.isNaN(value));
}

const EPISODE_WORDS: Readonly<Record<PoolEpisode["kind"], string>> = {
  stale: "old readings",
  utilization_stress: "nearly all lent",
};

function spanOf({ kind, from, to }: PoolEpisode): LineSpan {
  const days = formatDay(from) === formatDay(to)
    ? formatDay(from)
    : `${formatDay(from)} to ${formatDay(to)}`;
  return {
    ...{ from, to, kind: kind === "stale" ? "stale" : "stress" },
    text: `${EPISODE_WORDS[kind]}, ${days}`,
  };
}
