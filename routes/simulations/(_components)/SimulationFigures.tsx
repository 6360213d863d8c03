import type { ComponentChildren } from "preact";
import { Gain, Money } from "../../../components/figures/Amounts.tsx";
import { Change, NotApplicable } from "../../../components/figures/Figures.tsx";
import {
  formatCount,
  formatDecimal,
  formatHolding,
  formatPoints,
  formatShare,
} from "../../../components/format/number.ts";
import { formatMonth } from "../../../components/format/time.ts";
import type { SimulatedAutopilot, SimulationFigure } from "../../../services/defi/mod.ts";
import { DAY_MS } from "../../../services/kernel/time.ts";
import { resultHref, type SimulationView } from "./simulation_view.ts";

interface Props {
  readonly found: SimulatedAutopilot;
  readonly view: SimulationView;
}

/** What came of it, every figure of which opens. */
export function SimulationFigures({ found, view }: Props) {
  const { constraints: { capitalUsd }, simulation } = found;
  const { valuesUsd, times, realizedApy, promisedApy, worstMonth, decisions } = simulation;
  const finalUsd = valuesUsd.at(-1) ?? capitalUsd;
  const days = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / DAY_MS;
  const done = decisions.filter(({ kind }) => kind === "rebalance").length;
  const figure = (name: SimulationFigure) => resultHref(view, `/explain/${name}`);
  return (
    <dl class="figs sim-figs">
      <Figure
        label="Final value"
        href={figure("final_value")}
        note={`of ${formatHolding(capitalUsd).text} USD, after ${formatCount(days)} days`}
        isLead
      >
        <Money value={finalUsd} />
        <span class="unit">USD</span>
      </Figure>
      <Figure label="Gain" href={figure("gain")} note={formatShare(finalUsd / capitalUsd - 1)}>
        <Gain value={finalUsd - capitalUsd} />
      </Figure>
      <Figure
        label="Realised APY"
        href={figure("realized_apy")}
        note={realizedApy === null || promisedApy === null
          ? "costs and cash included"
          : `${formatPoints(realizedApy - promisedApy)} to the promise`}
      >
        <Fraction value={realizedApy} reason="The range is shorter than a day" />
      </Figure>
      <Figure label="Promised APY" href={figure("promised_apy")} note="when pools were bought">
        {promisedApy === null
          ? <NotApplicable reason="Nothing was bought" />
          : formatShare(promisedApy)}
      </Figure>
      <Figure
        label="Turnover"
        href={figure("turnover")}
        note={`${formatDecimal(simulation.turnoverUsd / capitalUsd, 1)} × the capital, ` +
          `${formatCount(done)} ${done === 1 ? "change" : "changes"}`}
      >
        <Money value={simulation.turnoverUsd} />
      </Figure>
      <Figure
        label="Costs"
        href={figure("cost")}
        note={`${formatShare(simulation.costUsd / capitalUsd)} of the capital`}
      >
        <Money value={simulation.costUsd} />
      </Figure>
      <Figure label="Max drawdown" href={figure("max_drawdown")} note="of the value">
        {formatShare(simulation.maxDrawdown)}
      </Figure>
      <Figure
        label="Worst month"
        href={figure("worst_month")}
        note={worstMonth === null ? "" : formatMonth(Date.parse(`${worstMonth.month}-01`))}
      >
        <Fraction value={worstMonth?.growth ?? null} reason="No month was begun" />
      </Figure>
      <Figure label="In cash" href={figure("idle_share")} note="mean share, earns nothing">
        {formatShare(simulation.idleShare)}
      </Figure>
    </dl>
  );
}

function Fraction({ value, reason }: { readonly value: number | null; readonly reason: string }) {
  return value === null ? <NotApplicable reason={reason} /> : <Change fraction={value} />;
}

interface FigureProps {
  readonly label: string;
  readonly href: string;
  readonly note: string;
  readonly isLead?: boolean;
  readonly children: ComponentChildren;
}

function Figure({ label, href, note, isLead = false, children }: FigureProps) {
  return (
    <div class={isLead ? "fig lead" : "fig"}>
      <dt>{label}</dt>
      <dd>
        <a class="explain" href={href}>{children}</a>
      </dd>
      <dd>{note}</dd>
    </div>
  );
}
