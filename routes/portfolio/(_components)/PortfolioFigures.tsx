import type { ComponentChildren } from "preact";
import { Gain, Money } from "../../../components/figures/Amounts.tsx";
import { Change, NotApplicable } from "../../../components/figures/Figures.tsx";
import { formatCount, formatShare } from "../../../components/format/number.ts";
import { formatDay } from "../../../components/format/time.ts";
import { finiteOrNull } from "../../../services/kernel/numbers.ts";
import type { PortfolioPageData } from "./read_portfolio.ts";
import { METHOD_LABELS, portfolioHref } from "./portfolio_view.ts";

/** Why returns are missing where there is no performance. */
const NO_RETURNS = "There are no two moments with all prices to measure between";
const NO_ROOT = "Money went one way only, or no yearly rate explains it";

/** What it is worth, and every measure under its own name. */
export function PortfolioFigures(data: PortfolioPageData) {
  const { value, measured: { performance }, rate, matched } = data;
  const inCurrency = (usd: string) => Number(usd) * rate;
  const since = performance === null ? "" : `since ${formatDay(performance.from)}`;
  const rule = METHOD_LABELS[value.rule.method];
  return (
    <dl class="figs portfolio-figs">
      <Figure
        {...data}
        label="Net asset value"
        figure="nav"
        isLead
        note={<Cost {...data} />}
      >
        <Money value={value.nav === null ? inCurrency(value.navUsd) : Number(value.nav)} />
        <span class="unit">{data.currency}</span>
      </Figure>
      <Figure {...data} label="Gain" figure="gain" note={`${since}, beyond flows`}>
        <Gain value={finiteOrNull(performance?.gain ?? NaN)} reason={NO_RETURNS} />
      </Figure>
      <Figure {...data} label="Unrealised" figure="unrealised" note={`value less cost, ${rule}`}>
        <Gain value={inCurrency(value.unrealizedUsd)} />
      </Figure>
      <Figure
        {...data}
        label={`Realised, ${rule}`}
        figure="realised"
        note={`${formatCount(matched.book.disposals.length)} disposals`}
      >
        <Gain value={inCurrency(value.realizedUsd)} />
      </Figure>
      <Figure {...data} label="TWR" figure="twr" note={`time-weighted, ${since}`}>
        <Fraction value={performance?.twr ?? null} reason={NO_RETURNS} />
      </Figure>
      <Figure {...data} label="MWR (XIRR)" figure="xirr" note="money-weighted, a year">
        <Fraction
          value={performance?.xirr ?? null}
          reason={performance === null ? NO_RETURNS : NO_ROOT}
        />
      </Figure>
      <Figure {...data} label="ROI" figure="roi" note="gain on what was paid in">
        <Fraction value={performance?.roi ?? null} reason={NO_RETURNS} />
      </Figure>
      <Figure {...data} label="Max drawdown" figure="drawdown" note="of the TWR index">
        {performance?.drawdown === null || performance === null
          ? <NotApplicable reason={NO_RETURNS} />
          : formatShare(performance.drawdown.depth)}
      </Figure>
      <Figure
        {...data}
        label="Income"
        figure="income"
        note={
          <>
            <a class="explain" href={portfolioHref(data.view, "/explain/fees")}>
              fees <Money value={inCurrency(value.feesUsd)} />
            </a>, in cost and proceeds
          </>
        }
      >
        <Money value={inCurrency(value.incomeUsd)} />
      </Figure>
    </dl>
  );
}

function Cost({ value, rate }: PortfolioPageData) {
  return (
    <>
      cost <Money value={Number(value.costUsd) * rate} />
      {value.uncosted === 0 ? null : `, ${formatCount(value.uncosted)} without known cost`}
    </>
  );
}

function Fraction({ value, reason }: { readonly value: number | null; readonly reason: string }) {
  return value === null ? <NotApplicable reason={reason} /> : <Change fraction={value} />;
}

interface FigureProps extends PortfolioPageData {
  readonly label: string;
  /** Name of its explanation. */
  readonly figure: string;
  readonly note: ComponentChildren;
  readonly isLead?: boolean;
  readonly children: ComponentChildren;
}

function Figure({ view, label, figure, note, isLead = false, children }: FigureProps) {
  return (
    <div class={isLead ? "fig lead" : "fig"}>
      <dt>{label}</dt>
      <dd>
        <a class="explain" href={portfolioHref(view, `/explain/${figure}`)}>{children}</a>
      </dd>
      <dd>{note}</dd>
    </div>
  );
}
