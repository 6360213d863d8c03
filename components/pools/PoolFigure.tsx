import type { ComponentChildren } from "preact";
import { UtilizationBar } from "../charts/UtilizationBar.tsx";
import { Fiat, NotApplicable, Unknown } from "../figures/Figures.tsx";
import { formatDecimal, formatPoints, formatShare } from "../format/number.ts";
import { ScoreBand } from "../scores/ScoreBand.tsx";
import { type PoolFigureName, poolHref } from "./pool_figures.ts";

/** What a figure of a pool needs to know of it. */
export interface FigureSubject {
  readonly poolId: string;
  readonly symbol: string;
  readonly kink: number;
  /** The instant of the past that the page shows, as its address has it. */
  readonly asof: string | null;
  /** Whether it lends what it holds; others have no utilisation and no borrowers. */
  readonly isLending: boolean;
}

/** What only a pool that lends can have. */
const OF_LENDING: ReadonlySet<PoolFigureName> = new Set([
  ...["borrow_apy", "utilization", "kink_distance", "withdrawable_usd"] as const,
]);

/** Why a figure is not known, as a rule. */
const REASONS: Readonly<Record<PoolFigureName, string>> = {
  score_v1: "too little of it is known to rate it",
  score_v0: "fewer than two readings",
  coverage: "not measured",
  supply_apy: "the source gives no yield",
  incentive_apy: "the source does not tell rewards from the rest",
  borrow_apy: "the source gives no borrow rate",
  volatility: "fewer than two readings",
  utilization: "the source gives no utilisation",
  kink_distance: "the utilisation is not known",
  tvl_usd: "the source gives no TVL",
  withdrawable_usd: "TVL or utilisation is not known",
};

export interface PoolFigureProps {
  readonly name: PoolFigureName;
  readonly value: number | null;
  readonly subject: FigureSubject;
  /** Why there is no value, where more is known of that than the rule. */
  readonly reason?: string | null;
}

/** A figure of a pool, by the server and by scripts alike; it opens its explanation. */
export function PoolFigure({ name, value, subject, reason = null }: PoolFigureProps) {
  if (value === null && !subject.isLending && OF_LENDING.has(name)) {
    return <NotApplicable reason="this pool lends nothing out" />;
  }
  if (value === null) return <Unknown reason={reason ?? REASONS[name]} />;
  const shown = <Shown name={name} value={value} subject={subject} />;
  if (name === "coverage") return shown;
  return <ExplainedPool figure={name} subject={subject}>{shown}</ExplainedPool>;
}

export interface ExplainedPoolProps {
  readonly figure: string;
  readonly subject: Pick<FigureSubject, "poolId" | "asof">;
  readonly children: ComponentChildren;
}

/** A figure that opens its explanation: a page of its own, or the drawer where scripts run. */
export function ExplainedPool({ figure, subject: { poolId, asof }, children }: ExplainedPoolProps) {
  return (
    <a class="explain" href={poolHref(poolId, { path: `/explain/${figure}`, asof })}>
      {children}
    </a>
  );
}

function Shown(
  { name, value, subject }: {
    readonly name: PoolFigureName;
    readonly value: number;
    readonly subject: FigureSubject;
  },
) {
  switch (name) {
    case "score_v1":
      return <ScoreBand name={`Score of ${subject.symbol}`} score={value} band={null} digits={1} />;
    case "score_v0":
      return <>{formatDecimal(value, 1)}</>;
    case "coverage":
      return <>{formatDecimal(value * 100, 0)}%</>;
    case "supply_apy":
      return <b>{formatShare(value)}</b>;
    case "incentive_apy":
    case "borrow_apy":
      return <>{formatShare(value)}</>;
    case "volatility":
      return (
        <>
          {formatDecimal(value, 2)}
          <span class="unit">pt</span>
        </>
      );
    case "utilization":
      return (
        <span class="util">
          <UtilizationBar name={subject.symbol} utilization={value} kink={subject.kink} />
          <span>{formatShare(value)}</span>
        </span>
      );
    case "kink_distance":
      return <>{formatPoints(value)}</>;
    case "tvl_usd":
    case "withdrawable_usd":
      return <Fiat value={value} />;
  }
}
