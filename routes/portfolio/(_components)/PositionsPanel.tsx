import { Gain, Money, Quantity } from "../../../components/figures/Amounts.tsx";
import { Change, Price, Unknown } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { formatCount, formatShare } from "../../../components/format/number.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { Badge } from "../../../components/states/States.tsx";
import type { Position } from "../../../services/portfolio/mod.ts";
import { PageCsvLink } from "./panel_links.tsx";
import { METHOD_LABELS, portfolioHref } from "./portfolio_view.ts";
import type { PortfolioPageData } from "./read_portfolio.ts";

const UNCOSTED = "The cost of some of its units is not known: see what needs a decision";

/** The largest value first; what has none stands last. */
export function sortedPositions({ value }: Pick<PortfolioPageData, "value">): readonly Position[] {
  return value.positions.toSorted((a, b) =>
    Number(b.valueUsd ?? -1) - Number(a.valueUsd ?? -1) || a.name.localeCompare(b.name)
  );
}

/** Every holding as a row that opens. */
export function PositionsPanel(data: PortfolioPageData) {
  const { view, value, currency, rate } = data;
  const positions = sortedPositions(data);
  return (
    <Panel
      id="positions"
      title="Positions"
      note={`${formatCount(positions.length)} assets`}
      actions={<PageCsvLink view={view} table="positions" of="positions" />}
    >
      <table class="table two-line" data-keys>
        <caption class="sr">Positions with price, value, cost and unrealised gain</caption>
        <thead>
          <tr>
            <th scope="col">Asset</th>
            <th scope="col" class="num">Quantity</th>
            <th scope="col" class="num" data-pri="2">Price, USD</th>
            <th scope="col" class="num">Value, {currency}</th>
            <th scope="col" class="num" data-pri="3">Cost, {currency}</th>
            <th scope="col" class="num">Unrealised</th>
            <th scope="col" class="num" data-pri="4">On cost</th>
            <th scope="col" class="num" data-pri="3">Share</th>
            <th scope="col" data-pri="4">Priced by</th>
          </tr>
        </thead>
        <tbody>
          {positions.map((position) => (
            <PositionRow key={position.assetId} position={position} {...data} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" data-p="name">
              Total, {formatCount(positions.length - value.unpriced)} priced
            </th>
            <td data-p="detail" />
            <td data-pri="2" />
            <td class="num" data-p="value">
              <Money value={Number(value.navUsd) * rate} />
            </td>
            <td class="num" data-pri="3">
              <Money value={Number(value.costUsd) * rate} />
            </td>
            <td class="num" data-p="change">
              <Gain value={Number(value.unrealizedUsd) * rate} />
            </td>
            <td data-pri="4" />
            <td class="num" data-pri="3">100.00%</td>
            <td data-pri="4" />
          </tr>
        </tfoot>
      </table>
      <SourceLine
        state={value.unpriced > 0 ? "partial" : "current"}
        parts={[
          `cost by ${METHOD_LABELS[value.rule.method]}, lots per ${
            value.rule.pools === "account" ? "account" : "portfolio"
          }`,
          currency === "USD" ? "all in dollars" : `cost at the rate of now, from dollars`,
          "unpriced assets count nowhere",
          value.asof === null ? "no price" : <Moment key="asof" at={value.asof} />,
        ]}
      />
    </Panel>
  );
}

function PositionRow(
  { position, view, rate }: PortfolioPageData & { readonly position: Position },
) {
  const { assetId, price, unpriced } = position;
  const reason = unpriced ?? "No price";
  const href = portfolioHref(view, `/explain/position-${encodeURIComponent(assetId)}`);
  return (
    <tr>
      <th scope="row" data-p="name">
        <span class="name">
          <a href={`/assets/${encodeURIComponent(assetId)}`}>{position.name}</a>
          <small>{position.symbol}</small>
          {unpriced === null ? null : <Badge kind="stale" title={reason}>Unpriced</Badge>}
        </span>
      </th>
      <td class="num" data-p="detail">
        <Quantity value={position.quantity} />
      </td>
      <td class="num" data-pri="2">
        {price === null ? <Unknown reason={reason} /> : <Price value={price.priceUsd} />}
      </td>
      <td class="num" data-p="value">
        {position.valueUsd === null ? <Unknown reason={reason} /> : (
          <a class="explain" href={href}>
            <Money value={Number(position.valueUsd) * rate} />
          </a>
        )}
      </td>
      <td class="num" data-pri="3">
        <Money
          value={position.uncosted === "0" ? Number(position.costUsd) * rate : null}
          reason={UNCOSTED}
        />
      </td>
      <td class="num" data-p="change">
        <Gain
          value={position.unrealizedUsd === null ? null : Number(position.unrealizedUsd) * rate}
          reason={position.valueUsd === null ? reason : UNCOSTED}
        />
      </td>
      <td class="num" data-pri="4">
        {position.unrealizedRatio === null
          ? <Unknown reason={position.valueUsd === null ? reason : UNCOSTED} />
          : <Change fraction={position.unrealizedRatio} />}
      </td>
      <td class="num" data-pri="3">
        {position.share === null ? <Unknown reason={reason} /> : formatShare(position.share)}
      </td>
      <td data-pri="4">
        {price === null ? <Unknown reason={reason} /> : (
          <small class="muted">
            {price.provenance.source} {price.provenance.resolution}{" "}
            <Moment at={price.provenance.asof} />
          </small>
        )}
      </td>
    </tr>
  );
}

/** What part of the value each asset is. */
export function AllocationPanel(data: PortfolioPageData) {
  const priced = sortedPositions(data).filter(({ share }) => share !== null);
  const { unpriced } = data.value;
  return (
    <Panel
      id="allocation"
      title="Allocation"
      note="of priced value"
      actions={<PageCsvLink view={data.view} table="positions" of="allocation" />}
    >
      <table class="table allocation">
        <caption class="sr">Share of each asset in the priced value</caption>
        <thead>
          <tr>
            <th scope="col">Asset</th>
            <th scope="col" class="num">Share</th>
            <th scope="col">
              <span class="sr">Bar</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {priced.slice(0, MAX_BARS).map(({ assetId, symbol, share }) => (
            <tr key={assetId}>
              <th scope="row">{symbol}</th>
              <td class="num">{formatShare(share ?? 0)}</td>
              <td>
                <meter
                  min={0}
                  max={1}
                  value={share ?? 0}
                  aria-label={`${symbol}, share of value`}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <SourceLine
        state={unpriced > 0 ? "partial" : "current"}
        parts={[
          unpriced === 0 ? "all holdings priced" : `${formatCount(unpriced)} left out: no price`,
          priced.length > MAX_BARS
            ? `the largest ${MAX_BARS} of ${formatCount(priced.length)}`
            : `${formatCount(priced.length)} assets`,
        ]}
      />
    </Panel>
  );
}

const MAX_BARS = 12;
