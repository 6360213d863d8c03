import { Sparkline } from "../../../components/charts/Sparkline.tsx";
import { Gain, Money, Quantity } from "../../../components/figures/Amounts.tsx";
import { Change, Explained, Price, Unknown } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { formatCount, formatCounted, formatShare } from "../../../components/format/number.ts";
import { liveAttributes } from "../../../components/live/live_attributes.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { Badge } from "../../../components/states/States.tsx";
import { PriceAge } from "../../../components/table/AssetRows.tsx";
import { SortHeader, type SortOrder } from "../../../components/table/SortHeader.tsx";
import RowHeight from "../../../islands/RowHeight.tsx";
import { PageCsvLink } from "./panel_links.tsx";
import { methodText, portfolioHref } from "./portfolio_view.ts";
import { type ShownPosition, shownPositions, sortPositions } from "./position_order.ts";
import { amountOf, inCurrency, type PortfolioPageData } from "./read_portfolio.ts";

const UNCOSTED = "The cost of none of its units is known: see what needs a decision";
const NO_HISTORY = "Its gain over the range is not known: a price or rate is missing on the way";

/** Every holding as a row that opens. */
export function PositionsPanel(data: PortfolioPageData) {
  const { view, value } = data;
  const positions = sortPositions(shownPositions(data), view);
  const sources = new Set(value.positions.flatMap(({ price }) => price?.provenance.source ?? []));
  return (
    <Panel
      id="positions"
      title="Positions"
      note={<span data-region="positions-count">{formatCounted(positions.length, "asset")}</span>}
      actions={
        <>
          <RowHeight table="positions" />
          <PageCsvLink view={view} table="positions" of="positions" />
        </>
      }
    >
      <div data-region="positions">
        <table class="table two-line" data-keys data-table="positions">
          <caption class="sr">Positions with price, value, cost and unrealised gain</caption>
          <Header {...data} />
          <tbody>
            {positions.map((shown) => (
              <PositionRow key={shown.position.assetId} shown={shown} {...data} />
            ))}
          </tbody>
          <Totals {...data} />
        </table>
        <SourceLine
          state={value.unpriced > 0 ? "partial" : "current"}
          parts={[
            sources.size === 0 ? "no price" : `prices from ${[...sources].sort().join(", ")}`,
            `cost by ${methodText(value)}, lots per ${
              value.rule.pools === "account" ? "account" : "portfolio"
            }`,
            ...data.currency === "USD" ? [] : ["cost at the rates of its purchases"],
            "contribution is gain over the range",
            "unpriced assets count nowhere",
            ...value.asof === null ? [] : [<Moment key="asof" at={value.asof} />],
          ]}
        />
      </div>
    </Panel>
  );
}

function Header({ view, currency }: PortfolioPageData) {
  const sorting = {
    sort: view.sort,
    order: view.order,
    sortHref: (sort: string, order: SortOrder) =>
      portfolioHref({ ...view, sort, order }, "#positions"),
  };
  return (
    <thead>
      <tr>
        <SortHeader {...sorting} name="name" label="Asset" />
        <SortHeader {...sorting} name="quantity" label="Quantity" />
        <SortHeader {...sorting} name="price" label="Price, USD" priority={2} />
        <SortHeader {...sorting} name="change_24h" label="24 h" priority={2} />
        <SortHeader {...sorting} name="value" label={`Value, ${currency}`} />
        <SortHeader {...sorting} name="cost" label={`Cost, ${currency}`} priority={3} />
        <SortHeader {...sorting} name="unrealised" label="Unrealised" />
        <SortHeader {...sorting} name="on_cost" label="On cost" priority={4} />
        <SortHeader {...sorting} name="share" label="Share" priority={3} />
        <SortHeader {...sorting} name="contribution" label="Contribution" priority={4} />
        <th scope="col" class="num" data-pri="4">90 days</th>
      </tr>
    </thead>
  );
}

function Totals({ value, rate, measured, currency }: PortfolioPageData) {
  const { reasons, own } = value;
  const nav = inCurrency(value.navUsd, rate);
  const unrealised = amountOf(own.unrealized);
  const gain = measured.performance?.gain ?? NaN;
  const priced = value.positions.filter(({ valueUsd }) => valueUsd !== null).length;
  return (
    <tfoot>
      <tr>
        <th scope="row" data-p="name">
          Total, {formatCount(priced)} priced{value.currency === currency ? "" : " in dollars"}
        </th>
        <td data-p="detail" />
        <td data-pri="2" />
        <td data-pri="2" />
        <td class="num" data-p="value">
          <span data-cell={value.heldSince === null ? "nav" : undefined} data-n={nav ?? undefined}>
            <Money value={nav} reason={reasons.navUsd} />
          </span>
        </td>
        <td class="num" data-pri="3">
          <Money value={amountOf(own.cost)} reason={own.reasons.cost} />
        </td>
        <td class="num" data-p="change">
          <span data-cell="unrealised-sum" data-n={unrealised ?? undefined}>
            <Gain value={unrealised} reason={own.reasons.unrealized} />
          </span>
        </td>
        <td data-pri="4" />
        <td class="num" data-pri="3">{nav === null || nav === 0 ? null : "100.00%"}</td>
        <td class="num" data-pri="4">
          <Gain value={Number.isFinite(gain) ? gain : null} reason={NO_HISTORY} />
        </td>
        <td data-pri="4" />
      </tr>
    </tfoot>
  );
}

type RowProps = PortfolioPageData & { readonly shown: ShownPosition };

function PositionRow({ shown, ...data }: RowProps) {
  const { position, cost, unrealised, contribution } = shown;
  const { assetId, unpriced, change24h, own } = position;
  const quote = data.quotes.get(assetId);
  const reason = unpriced ?? "No price";
  const whyNoGain = position.valueUsd === null ? reason : UNCOSTED;
  return (
    <tr
      data-position={assetId}
      data-cost={cost ?? undefined}
      data-costed={costedPart(position)}
      {...quote !== undefined && position.price !== null && liveAttributes(quote)}
    >
      <th scope="row" data-p="name">
        <span class="name">
          <a href={`/assets/${encodeURIComponent(assetId)}`}>{position.name}</a>
          <small>{position.symbol}</small>
          {unpriced === null ? null : (
            <Badge kind="stale" title={reason}>
              Unpriced{position.valueUsd === null ? "" : ` in ${data.value.currency}`}
            </Badge>
          )}
          <PriceAge />
        </span>
      </th>
      <td class="num" data-p="detail">
        <Quantity value={position.quantity} />
      </td>
      <PriceCells position={position} reason={reason} />
      <ValueCell shown={shown} reason={reason} {...data} />
      <td class="num" data-pri="3">
        <Money value={cost} reason={UNCOSTED} />
        {cost === null || own.uncosted === "0" ? null : (
          <a
            class="below"
            href="#problems"
            title="Units of unknown cost are in neither cost nor gain"
          >
            without <Quantity value={own.uncosted} />
          </a>
        )}
      </td>
      <td class="num" data-p="change">
        <span data-cell="unrealised" data-n={unrealised ?? undefined}>
          <Gain value={unrealised} reason={whyNoGain} />
        </span>
      </td>
      <td class="num" data-pri="4">
        {own.ratio === null ? <Unknown reason={whyNoGain} /> : <Change fraction={own.ratio} />}
      </td>
      <td class="num" data-pri="3" data-cell="share">
        {position.share === null ? <Unknown reason={reason} /> : formatShare(position.share)}
      </td>
      <td class="num" data-pri="4">
        <Gain value={contribution} reason={NO_HISTORY} />
      </td>
      <td class="num" data-pri="4">
        {quote === undefined || change24h === null && position.price === null
          ? <Unknown reason={reason} />
          : <Sparkline name={position.name} values={quote.sparkline} />}
      </td>
    </tr>
  );
}

/** The part of a holding whose cost is known, by which a page follows its gain. */
function costedPart({ quantity, own }: ShownPosition["position"]): number {
  return 1 - Number(own.uncosted) / Number(quantity);
}

function PriceCells(
  { position, reason }: Pick<ShownPosition, "position"> & { readonly reason: string },
) {
  const { assetId, price, change24h } = position;
  return (
    <>
      <td class="num" data-pri="2" data-cell="price">
        {price === null ? <Unknown reason={reason} /> : (
          <Explained figure="price" assetId={assetId}>
            <Price value={price.priceUsd} />
          </Explained>
        )}
      </td>
      <td class="num" data-pri="2" data-cell="change_24h">
        {change24h === null
          ? <Unknown reason={price === null ? reason : "No price of 24 hours before"} />
          : (
            <Explained figure="change_24h" assetId={assetId}>
              <Change fraction={change24h} />
            </Explained>
          )}
      </td>
    </>
  );
}

function ValueCell({ shown, reason, view }: RowProps & { readonly reason: string }) {
  const { position: { assetId, name }, value } = shown;
  if (value === null) {
    return (
      <td class="num" data-p="value">
        <Unknown reason={reason} />
      </td>
    );
  }
  return (
    <td class="num" data-p="value">
      <a
        class="explain"
        href={portfolioHref(view, `/explain/position-${encodeURIComponent(assetId)}`)}
      >
        <span class="sr">{name}:</span>
        <span data-cell="value" data-n={value}>
          <Money value={value} />
        </span>
      </a>
    </td>
  );
}
