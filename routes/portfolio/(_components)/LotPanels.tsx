import { Gain, Money, Quantity, UnitCost } from "../../../components/figures/Amounts.tsx";
import { Unknown } from "../../../components/figures/Figures.tsx";
import { formatCount, formatCounted } from "../../../components/format/number.ts";
import { formatDay } from "../../../components/format/time.ts";
import { Menu } from "../../../components/shell/Menu.tsx";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { Badge, EmptyState } from "../../../components/states/States.tsx";
import { type Disposal, type Lot, LOT_METHODS } from "../../../services/portfolio/mod.ts";
import { ApiCsvLink } from "./panel_links.tsx";
import { METHOD_LABELS, methodText, portfolioHref } from "./portfolio_view.ts";
import { amountOf, labelOf, type PortfolioPageData } from "./read_portfolio.ts";

const NO_PRICE = "The asset has no price";
const NO_PROCEEDS = "The proceeds of none are known";
const NO_GAIN = "Of none are both cost and proceeds known";
const RATES = "each row by the rate of its time";
const NO_COST = "The ledger does not tell what it cost";

/** What is held, since when and at what cost, by the method that the address names. */
export function LotsPanel(data: PortfolioPageData) {
  const { view, currency, matched: { counts, lots: listed, rule } } = data;
  return (
    <Panel
      id="lots"
      title="Open lots"
      note={`${formatCounted(counts.lots, "lot")}, ${
        rule.pools === "account" ? "per account" : "over all accounts"
      }`}
      actions={
        <>
          <Menu
            label="Method"
            value={METHOD_LABELS[rule.method]}
            items={LOT_METHODS.map((method) => ({
              label: METHOD_LABELS[method],
              href: portfolioHref({ ...view, method }, "#lots"),
              isCurrent: method === rule.method,
            }))}
          />
          <ApiCsvLink view={view} currency={currency} list="lots" of="lots" />
        </>
      }
    >
      {listed.length === 0
        ? <EmptyState icon="info" title="No lot is open">All that came in is gone.</EmptyState>
        : (
          <div data-density="dense">
            <table class="table two-line">
              <caption class="sr">Open lots with their cost and what they gained</caption>
              <thead>
                <tr>
                  <th scope="col">Asset</th>
                  <th scope="col">Acquired</th>
                  <th scope="col" data-pri="3">Account</th>
                  <th scope="col" class="num">Quantity</th>
                  <th scope="col" class="num" data-pri="3">Unit cost, {currency}</th>
                  <th scope="col" class="num" data-pri="2">Cost, {currency}</th>
                  <th scope="col" class="num">Value</th>
                  <th scope="col" class="num">Unrealised</th>
                </tr>
              </thead>
              <tbody>{listed.map((lot, at) => <LotRow key={at} lot={lot} {...data} />)}</tbody>
            </table>
          </div>
        )}
      <SourceLine
        state={listed.length < counts.lots ? "partial" : "current"}
        parts={[
          "Σ cost in = Σ cost out + Σ cost open, to the last digit",
          listed.length < counts.lots
            ? `the first ${formatCount(listed.length)} of ${formatCount(counts.lots)}`
            : "fees are in the cost",
          ...currency === "USD" ? [] : [RATES],
        ]}
      />
    </Panel>
  );
}

function LotRow({ lot, labels, value, rate }: PortfolioPageData & { readonly lot: Lot }) {
  const price = value.positions.find(({ assetId }) => assetId === lot.assetId)?.price ?? null;
  const worth = price === null ? null : Number(lot.quantity) * price.priceUsd * rate;
  const cost = amountOf(lot.cost);
  return (
    <tr>
      <th scope="row" data-p="name">
        <span class="name">
          <b>{labelOf(labels, lot.assetId).symbol}</b>
          <small class="sub">{lot.acquired === null ? "" : formatDay(lot.acquired)}</small>
          {lot.isInTransit ? <Badge kind="plain">In transit</Badge> : null}
        </span>
      </th>
      <td>
        {lot.acquired === null
          ? <Unknown reason="The ledger does not tell when" />
          : formatDay(lot.acquired)}
      </td>
      <td data-pri="3">{lot.account}</td>
      <td class="num" data-p="detail">
        <Quantity value={lot.quantity} />
      </td>
      <td class="num" data-pri="3">
        <UnitCost value={lot.unitCost === null ? null : Number(lot.unitCost)} reason={NO_COST} />
      </td>
      <td class="num" data-pri="2">
        <Money value={cost} reason={NO_COST} />
      </td>
      <td class="num" data-p="value">
        <Money value={worth} reason={NO_PRICE} />
      </td>
      <td class="num" data-p="change">
        <Gain
          value={worth === null || cost === null ? null : worth - cost}
          reason={cost === null ? NO_COST : NO_PRICE}
        />
      </td>
    </tr>
  );
}

/** What was sold, the newest first, with what it had cost. */
export function DisposalsPanel(data: PortfolioPageData) {
  const { view, currency, matched } = data;
  const { counts, disposals: listed, gain, proceeds, incomplete } = matched;
  return (
    <Panel
      id="disposals"
      title="Disposals"
      note={`${formatCount(counts.disposals)}, ${methodText(data.matched)}`}
      actions={<ApiCsvLink view={view} currency={currency} list="disposals" of="disposals" />}
    >
      {listed.length === 0
        ? <EmptyState icon="info" title="Nothing was sold">Sales stand here.</EmptyState>
        : (
          <div data-density="dense">
            <table class="table two-line">
              <caption class="sr">Disposals, newest first</caption>
              <thead>
                <tr>
                  <th scope="col">Asset</th>
                  <th scope="col" data-pri="5">Disposed</th>
                  <th scope="col" class="num" data-pri="2">Quantity</th>
                  <th scope="col" data-pri="3">Held</th>
                  <th scope="col" class="num">Proceeds</th>
                  <th scope="col" class="num">Gain</th>
                </tr>
              </thead>
              <tbody>
                {listed.map((one, at) => <DisposalRow key={at} one={one} {...data} />)}
              </tbody>
              <tfoot>
                <tr>
                  <th scope="row" data-p="name">Total, all years</th>
                  <td data-pri="5" />
                  <td data-pri="2" />
                  <td data-pri="3" />
                  <td class="num" data-p="value">
                    <Money value={amountOf(proceeds)} reason={NO_PROCEEDS} />
                  </td>
                  <td class="num" data-p="change">
                    <Gain value={amountOf(gain)} reason={NO_GAIN} />
                  </td>
                </tr>
              </tfoot>
            </table>
          </div>
        )}
      <SourceLine
        state={listed.length < counts.disposals || incomplete > 0 ? "partial" : "current"}
        parts={[
          "proceeds less fees, cost with fees",
          ...currency === "USD" ? [] : [RATES],
          ...incomplete === 0
            ? []
            : [`${formatCount(incomplete)} not in the gain, as cost or proceeds are unknown`],
          listed.length < counts.disposals
            ? `the newest ${formatCount(listed.length)} of ${formatCount(counts.disposals)}`
            : "long term after 365 days",
        ]}
      />
    </Panel>
  );
}

function DisposalRow({ one, labels }: PortfolioPageData & { readonly one: Disposal }) {
  return (
    <tr>
      <th scope="row" data-p="name">
        <span class="name">
          <b>{labelOf(labels, one.assetId).symbol}</b>
          <small class="sub">{formatDay(one.disposed)}</small>
        </span>
      </th>
      <td data-pri="5">{formatDay(one.disposed)}</td>
      <td class="num" data-pri="2">
        <Quantity value={one.quantity} />
      </td>
      <td data-pri="3">
        {one.daysHeld === null
          ? <Unknown reason="The ledger does not tell since when" />
          : `${formatCount(one.daysHeld)} d, ${one.term ?? ""}`}
      </td>
      <td class="num" data-p="value">
        <Money value={amountOf(one.proceeds)} reason="The row names no price" />
      </td>
      <td class="num" data-p="change">
        <Gain value={amountOf(one.gain)} reason={NO_COST} />
      </td>
    </tr>
  );
}
