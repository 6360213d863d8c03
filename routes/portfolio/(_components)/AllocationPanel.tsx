import { formatCount, formatCounted, formatShare } from "../../../components/format/number.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import { PageCsvLink } from "./panel_links.tsx";
import { shownPositions, sortPositions } from "./position_order.ts";
import type { PortfolioPageData } from "./read_portfolio.ts";

/** Assets that are listed; the table of positions has all. */
const MAX_BARS = 12;

/** What part of the value each asset is. */
export function AllocationPanel(data: PortfolioPageData) {
  const priced = sortPositions(shownPositions(data), { sort: "share", order: "desc" })
    .flatMap(({ position: { assetId, symbol, share } }) =>
      share === null ? [] : [{ assetId, symbol, share }]
    );
  // Without a rate the page is in dollars, in which what has a price has its share.
  const unpriced = data.value.positions.length - priced.length;
  return (
    <Panel
      id="allocation"
      title="Allocation"
      note="of priced value"
      actions={<PageCsvLink view={data.view} table="positions" of="allocation" />}
    >
      {priced.length === 0
        ? (
          <EmptyState icon="portfolio" title="Nothing has a price">
            What part each asset is follows from prices: see what needs a decision.
          </EmptyState>
        )
        : (
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
                <tr key={assetId} data-position={assetId}>
                  <th scope="row">{symbol}</th>
                  <td class="num" data-cell="share">{formatShare(share)}</td>
                  <td>
                    <meter
                      min={0}
                      max={1}
                      value={share}
                      aria-label={`${symbol}, share of value`}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      <SourceLine
        state={unpriced > 0 ? "partial" : "current"}
        parts={[
          unpriced === 0 ? "all holdings priced" : `${formatCount(unpriced)} left out: no price`,
          priced.length > MAX_BARS
            ? `the largest ${MAX_BARS} of ${formatCount(priced.length)}`
            : formatCounted(priced.length, "asset"),
        ]}
      />
    </Panel>
  );
}
