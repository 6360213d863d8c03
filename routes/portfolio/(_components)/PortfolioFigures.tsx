import { type ComponentChildren, Fragment } from "preact";
import { Gain, Money } from "../../../components/figures/Amounts.tsx";
import { Change, NotApplicable, Unknown } from "../../../components/figures/Figures.tsx";
import { formatCount, formatCounted, formatShare } from "../../../components/format/number.ts";
import { formatDay } from "../../../components/format/time.ts";
import { finiteOrNull } from "../../../services/kernel/numbers.ts";
import {
  dayChange,
  type ReturnFigure,
  returnOf,
  UNKNOWN_FLOWS,
  whyUnmeasured,
} from "../../../services/portfolio/mod.ts";
import { methodText, portfolioHref } from "./portfolio_view.ts";
import { amountOf, inCurrency, type PortfolioPageData } from "./read_portfolio.ts";
import { withoutNote } from "./without_note.ts";

/** What it is worth, and every measure under its own name. */
export function PortfolioFigures(data: PortfolioPageData) {
  const { value, measured, matched } = data;
  const { own } = value;
  const without = withoutNote(measured.performance, data.labels);
  const drawdown = returnIn(measured, "drawdown");
  const rule = methodText(value);
  const unrealised = amountOf(own.unrealized);
  return (
    <dl class="figs portfolio-figs">
      <NavFigure {...data} />
      <Figure {...data} label="Gain" figure="gain" note={<PaidIn {...data} />}>
        <Gain {...returnIn(measured, "gain")} />
      </Figure>
      <Figure {...data} label="Unrealised" figure="unrealised" note={`value less cost, ${rule}`}>
        <span data-cell="unrealised-sum" data-n={unrealised ?? undefined}>
          <Gain value={unrealised} reason={own.reasons.unrealized} />
        </span>
      </Figure>
      <Figure
        {...data}
        label="Realised"
        figure="realised"
        note={`${rule}, ${formatCounted(matched.counts.disposals, "disposal")}` +
          ofAllTime(data) + unvaluedNote(own.unvalued.disposals)}
      >
        <Gain value={amountOf(own.realized)} reason={own.reasons.realized} />
      </Figure>
      <Figure
        {...data}
        label="TWR"
        figure="twr"
        note={`time-weighted, ${periodOf(data)}${without}`}
      >
        <Fraction {...returnIn(measured, "twr")} />
      </Figure>
      <Figure {...data} label="MWR (XIRR)" figure="xirr" note={`money-weighted, a year${without}`}>
        <Fraction {...returnIn(measured, "xirr")} />
      </Figure>
      <Figure
        {...data}
        label="ROI"
        figure="roi"
        note={`gain on ${investedWords(measured)}${without}`}
      >
        <Fraction {...returnIn(measured, "roi")} />
      </Figure>
      <Figure {...data} label="Max drawdown" figure="drawdown" note={`of the TWR index${without}`}>
        {drawdown.value === null ? <NotApplicable {...drawdown} /> : formatShare(drawdown.value)}
      </Figure>
      <IncomeFigure {...data} />
    </dl>
  );
}

/** What was earned, and what was paid in fees. */
function IncomeFigure(data: PortfolioPageData) {
  const { value: { own: { income, fees, reasons, unvalued } }, view } = data;
  const note = (
    <>
      <a class="explain" href={portfolioHref(view, "/explain/fees")}>
        fees <Money value={amountOf(fees)} reason={reasons.fees} />
      </a>
      {unvaluedNote(unvalued.fees)}, in cost and proceeds
      {unvaluedNote(unvalued.income, "income")}
      {ofAllTime(data)}
    </>
  );
  return (
    <Figure {...data} label="Income" figure="income" note={note}>
      <Money value={amountOf(income)} reason={reasons.income} />
    </Figure>
  );
}

/** What is settled counts whole, also beside the returns of a range. */
function ofAllTime({ view: { range, from, to } }: PortfolioPageData): string {
  return range === "all" && from === null && to === null ? "" : ", of all time";
}

/** What a sum leaves out, as nobody knows its value. */
function unvaluedNote(count: number, of = ""): string {
  if (count === 0) return "";
  return `, ${formatCount(count)}${of === "" ? "" : ` ${of}`} of unknown value`;
}

/** The value in the currency that was asked for: that alone is never told in another. */
function NavFigure(data: PortfolioPageData) {
  const { value } = data;
  const { nav, heldSince, currency, reasons } = value;
  return (
    <Figure {...data} label="Net asset value" figure="nav" isLead note={<Lead {...data} />}>
      {nav === null ? <Unknown reason={reasons.nav ?? null} /> : (
        // A value that is held stays what it is, whatever prices do.
        <span data-cell={heldSince === null ? "nav" : undefined} data-n={Number(nav)}>
          <Money value={Number(nav)} />
        </span>
      )}
      <span class="unit">{currency}</span>
    </Figure>
  );
}

/** What the gain and the ROI stand on: the value at the start, what was paid in and taken out. */
function PaidIn(data: PortfolioPageData) {
  const { performance } = data.measured;
  if (performance === null) return null;
  const { openingValue, deposited, withdrawn } = performance;
  const parts = ([
    [openingValue, "at the start"],
    [deposited, "paid in"],
    [withdrawn, "taken out"],
  ] as const).filter(([amount]) => amount !== 0);
  return (
    <>
      {parts.map(([amount, words]) => (
        <Fragment key={words}>
          <Money value={finiteOrNull(amount)} reason={UNKNOWN_FLOWS} /> {words},{" "}
        </Fragment>
      ))}
      {periodOf(data)}
      {withoutNote(performance, data.labels)}
    </>
  );
}

/** What a return on investment is measured on. */
function investedWords({ performance }: PortfolioPageData["measured"]): string {
  return performance === null || performance.openingValue === 0
    ? "all that was paid in"
    : "the start's value and all that was paid in";
}

/** The time that returns are of; it ends before the present where prices did. */
function periodOf({ measured: { performance, asof } }: PortfolioPageData): string {
  if (performance === null) return "";
  const [from, to] = [formatDay(performance.from), formatDay(performance.to)];
  return asof === null || formatDay(asof) === to ? `since ${from}` : `${from} to ${to}`;
}

/** What the day did to it, and what it cost. */
function Lead(data: PortfolioPageData) {
  const { value, view } = data;
  const day = dayChange(value.positions);
  return (
    <>
      {data.currency === value.currency ? null : (
        <>
          <Money value={inCurrency(value.navUsd, 1)} reason={value.reasons.navUsd} /> in dollars ·
          {" "}
        </>
      )}
      {day === null || day.ratio === null ? null : (
        <>
          <a class="explain" href={portfolioHref(view, "/explain/day")}>
            <Change fraction={day.ratio} />
          </a>{" "}
          in 24 h{data.currency === "USD" ? "" : " in dollars"}
          {day.unknown === 0 ? "" : `, ${formatCount(day.unknown)} not known`} ·{" "}
        </>
      )}
      <Cost {...data} />
    </>
  );
}

function Cost({ value: { own } }: PortfolioPageData) {
  return (
    <>
      cost <Money value={amountOf(own.cost)} reason={own.reasons.cost} />
      {own.uncosted === 0
        ? null
        : `, units of ${formatCounted(own.uncosted, "asset")} without known cost`}
    </>
  );
}

/** A return of the range, with why it is not known. */
function returnIn(measured: PortfolioPageData["measured"], figure: ReturnFigure) {
  const { performance } = measured;
  const value = performance === null ? null : returnOf(performance, figure);
  return { value, reason: whyUnmeasured(measured, figure) ?? "" };
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
        <a class="explain" href={portfolioHref(view, `/explain/${figure}`)}>
          {/* A link has a name also while its amount is hidden. */}
          <span class="sr">{label}:</span>
          {children}
        </a>
      </dd>
      <dd>{note}</dd>
    </div>
  );
}
