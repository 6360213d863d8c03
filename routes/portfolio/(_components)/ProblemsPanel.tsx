import type { ComponentChildren } from "preact";
import { Money, Quantity } from "../../../components/figures/Amounts.tsx";
import { Price } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { formatCount } from "../../../components/format/number.ts";
import { formatDay } from "../../../components/format/time.ts";
import { Icon } from "../../../components/Icon.tsx";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import type { LotProblem, Position } from "../../../services/portfolio/mod.ts";
import { openDecisions } from "./open_decisions.ts";
import { ApiCsvLink } from "./panel_links.tsx";
import { RATE_FIX } from "./PortfolioHeader.tsx";
import { amountOf, labelOf, type PortfolioPageData } from "./read_portfolio.ts";

/** Problems that the panel lists; the file has all. */
const MAX_LISTED = 8;

const TITLES: Readonly<Record<LotProblem["code"], string>> = {
  OVERSOLD: "sold more than was held",
  TRANSFER_UNPAIRED: "transfer without its other side",
  TRANSFER_DIFFERS: "transfer arrived as another amount",
  TRANSFER_OVERDRAWN: "transferred more than was held",
  VALUE_UNKNOWN: "value unknown at its time",
  PARENT_UNKNOWN: "fee of a row that is not here",
  PICK_UNAVAILABLE: "the lots it names are not there",
};

/** What nobody but the owner can tell, each with what fixes it. */
export function ProblemsPanel(data: PortfolioPageData) {
  const { view, matched: { counts, problems } } = data;
  const { isRateOpen, unpriced, count } = openDecisions(data);
  const rates = isRateOpen ? 1 : 0;
  const listed = problems.slice(0, Math.max(0, MAX_LISTED - rates - unpriced.length));
  return (
    <Panel
      id="problems"
      title="Needs a decision"
      note={formatCount(count)}
      actions={counts.problems === 0
        ? undefined
        : <ApiCsvLink view={view} list="problems" of="problems" />}
    >
      {count === 0
        ? (
          <EmptyState icon="check" title="Nothing is open">
            Every row is matched, every holding has a price.
          </EmptyState>
        )
        : (
          <ul class="problems">
            {rates === 0 ? null : <RateItem {...data} />}
            {unpriced.slice(0, MAX_LISTED).map((position) => (
              <UnpricedItem key={position.assetId} position={position} />
            ))}
            {listed.map((problem) => (
              <LotItem
                key={problem.rowId + problem.assetId + problem.code}
                problem={problem}
                {...data}
              />
            ))}
          </ul>
        )}
      {count > MAX_LISTED
        ? (
          <SourceLine
            state="partial"
            parts={[`the first ${MAX_LISTED} of ${formatCount(count)}`, "the file has all"]}
          />
        )
        : null}
    </Panel>
  );
}

function RateItem({ value }: PortfolioPageData) {
  const { currency, fx } = value;
  const isMissing = fx.status?.state !== "delayed";
  return (
    <Item
      kind="late"
      title={isMissing ? `No rate from dollars to ${currency}` : `${currency} rate is end of day`}
      action={<a class="btn" data-size="s" href="/ops#fx">Details</a>}
    >
      {isMissing
        ? `Nothing is told in ${currency} meanwhile. ${RATE_FIX}`
        : `It is too far off the last rate of the day, so the value in ${currency} is held. ` +
          "Use EOD once lets the end of day through for half an hour."}
    </Item>
  );
}

function UnpricedItem({ position }: { readonly position: Position }) {
  const { lastKnown } = position;
  return (
    <Item
      kind="late"
      title={`${position.symbol} has no price`}
      action={
        <a class="btn" data-size="s" href={`/assets/${encodeURIComponent(position.assetId)}`}>
          See sources
        </a>
      }
    >
      <Quantity value={position.quantity} /> left out of the value. {position.unpriced}.{" "}
      {lastKnown === null ? "Import its candles, or wait for a source that has it." : (
        <>
          Its last was <Price value={lastKnown.priceUsd} /> USD, from{" "}
          <Moment at={lastKnown.provenance.asof} />.
        </>
      )}
    </Item>
  );
}

function LotItem({ problem, view, labels }: PortfolioPageData & { readonly problem: LotProblem }) {
  const { symbol } = labelOf(labels, problem.assetId);
  return (
    <Item
      kind="bad"
      title={`${symbol}: ${TITLES[problem.code]}`}
      action={
        <a
          class="btn"
          data-size="s"
          href={`/portfolio/${view.id}/transactions/${problem.rowId}`}
          data-dialog
        >
          Correct
          <span class="sr">&nbsp;the row of {formatDay(problem.at)}</span>
        </a>
      }
    >
      <span class="amt">{problem.message}</span>, {formatDay(problem.at)}. {problem.fix}.
    </Item>
  );
}

interface ItemProps {
  readonly kind: "bad" | "late";
  readonly title: string;
  readonly action: ComponentChildren;
  readonly children: ComponentChildren;
}

function Item({ kind, title, action, children }: ItemProps) {
  return (
    <li data-kind={kind === "bad" ? "bad" : undefined}>
      <Icon name={kind === "bad" ? "error" : "warn"} />
      <b>{title}</b>
      {action}
      <p>{children}</p>
    </li>
  );
}

/** Income and fees by asset, each at its value of the day. */
export function IncomePanel(data: PortfolioPageData) {
  const { view, currency, labels, matched: { income, fees } } = data;
  const rows = [
    ...income.map((row) => ({ ...row, kind: "Income" })),
    ...fees.map((row) => ({ ...row, kind: "Fees" })),
  ];
  return (
    <Panel
      id="income"
      title="Income and fees"
      note={currency}
      actions={
        <>
          <ApiCsvLink view={view} currency={currency} list="income" of="income" />
          <ApiCsvLink view={view} currency={currency} list="fees" of="fees" />
        </>
      }
    >
      {rows.length === 0
        ? (
          <EmptyState icon="info" title="Neither income nor fees">
            Rewards, airdrops and fees of the ledger stand here.
          </EmptyState>
        )
        : (
          <table class="table">
            <caption class="sr">Income and fees by asset</caption>
            <thead>
              <tr>
                <th scope="col">Kind</th>
                <th scope="col">Asset</th>
                <th scope="col" class="num">Rows</th>
                <th scope="col" class="num">Value</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ kind, assetId, count, value, unknown }) => (
                <tr key={kind + (assetId ?? "")}>
                  <th scope="row">{kind}</th>
                  <td>{assetId === null ? "USD" : labelOf(labels, assetId).symbol}</td>
                  <td class="num">
                    {formatCount(count)}
                    {unknown === 0 || unknown === count
                      ? null
                      : <small class="below">{formatCount(unknown)} without value</small>}
                  </td>
                  <td class="num">
                    <Money
                      value={amountOf(value)}
                      reason="No row of it has a known value"
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      <SourceLine
        state={rows.every(({ unknown }) => unknown === 0) ? "current" : "partial"}
        parts={["each at the price and rate of its time", "fees are part of cost and proceeds"]}
      />
    </Panel>
  );
}
