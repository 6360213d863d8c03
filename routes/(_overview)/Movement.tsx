import { Breadth } from "../../components/charts/Breadth.tsx";
import { Panel, SourceLine } from "../../components/states/Panel.tsx";
import { EmptyState } from "../../components/states/States.tsx";
import { MoversTable } from "../../components/table/MoversTable.tsx";
import type { AssetQuote, MarketOverview } from "../../services/market/mod.ts";
import { AsofSpan, asofSpan, isMixed, sourceNames } from "./AsofSpan.tsx";
import { breadthBasis, breadthItems } from "./breadth_items.ts";
import { sourceState } from "./source_state.ts";

/** How broad the move is: every asset on one axis. */
export function BreadthPanel({ overview }: { readonly overview: MarketOverview }) {
  const items = breadthItems(overview.quotes);
  return (
    <Panel id="breadth" title="How broad is the move" note="24 h change">
      {items.length === 0
        ? (
          <EmptyState icon="overview" title="No change to show">
            No asset here has two closes 24 hours apart.
          </EmptyState>
        )
        : (
          <div class="chart">
            <Breadth items={items} />
          </div>
        )}
      <SourceLine
        state={sourceState(overview)}
        parts={[
          `${items.length} assets`,
          breadthBasis(overview.quotes),
          "ticks beyond the axis stand at its end",
          // One as-of for all is in the page's header; several belong to the comparison.
          ...isMixed(asofSpan(overview.quotes))
            ? [<AsofSpan key="asof" quotes={overview.quotes} />]
            : [],
        ]}
      />
    </Panel>
  );
}

export interface MoversProps {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly AssetQuote[];
  readonly overview: MarketOverview;
}

/** Assets that rose or fell most. */
export function Movers({ id, title, rows, overview }: MoversProps) {
  return (
    <Panel id={id} title={title} note="24 h">
      {rows.length === 0
        ? <EmptyState icon="overview" title="None">No asset here moved this way.</EmptyState>
        : (
          <MoversTable
            caption={`${title} over 24 hours`}
            rows={rows}
            newest={overview.asof}
          />
        )}
      <SourceLine
        state={sourceState(overview)}
        parts={[
          sourceNames(overview),
          <AsofSpan key="asof" quotes={rows} />,
        ]}
      />
    </Panel>
  );
}
