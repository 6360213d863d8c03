import { lineText } from "../../components/charts/line_units.ts";
import { lineSet } from "../../components/charts/lines.ts";
import { Moment } from "../../components/figures/Moment.tsx";
import { formatChange, formatCount, formatCounted } from "../../components/format/number.ts";
import { formatDay } from "../../components/format/time.ts";
import { Panel, SourceLine } from "../../components/states/Panel.tsx";
import { EmptyState } from "../../components/states/States.tsx";
import { CsvLink, ViewLink } from "../../components/table/PanelLinks.tsx";
import { changeRatio } from "../../services/kernel/numbers.ts";
import { DAY_MS } from "../../services/kernel/time.ts";
import type { MarketOverview, TotalValue } from "../../services/market/mod.ts";
import { LinesView } from "../(_charts)/LinesView.tsx";
import { sourceNames } from "./AsofSpan.tsx";
import { type OverviewView, viewHref } from "./overview_view.ts";
import { sourceState } from "./source_state.ts";

/** As high as the breadth beside it. */
const HEIGHT_PX = 178;

export interface TotalValuePanelProps {
  readonly total: TotalValue;
  readonly overview: MarketOverview;
  readonly view: OverviewView;
}

/** What the assets with a market value were worth together, day by day. */
export function TotalValuePanel({ total, overview, view }: TotalValuePanelProps) {
  const words = totalWords(total);
  const isTable = view.isTotalTable;
  return (
    <Panel
      id="total"
      title="Total market value"
      note={`USD, ${total.valuesUsd.length} days`}
      actions={
        <>
          <ViewLink
            href={viewHref({ ...view, isTotalTable: !isTable })}
            of="total market value"
            isTable={isTable}
          />
          <CsvLink href={viewHref(view, "/total_value.csv")} of="total market value" />
        </>
      }
    >
      {words === null
        ? (
          <EmptyState icon="overview" title="No line to draw">
            On fewer than two of these days does each of the{" "}
            {formatCounted(total.assets.length, "asset")} have a market value:{" "}
            {lackingWords(total)}.
          </EmptyState>
        )
        : (
          <LinesView
            id="total"
            set={totalSet(total)}
            height={HEIGHT_PX}
            words={words}
            isTable={isTable}
            hasWords={false}
          />
        )}
      <SourceLine
        state={total.lacking.length > 0 ? "partial" : sourceState(overview)}
        parts={[
          sourceNames(total),
          "1d",
          `sum of ${formatCounted(total.assets.length, "asset")} on days that have all of them`,
          ...total.lacking.length > 0 ? [lackingWords(total)] : [],
          <Moment key="asof" at={total.asof} />,
        ]}
      />
    </Panel>
  );
}

function totalSet({ from, valuesUsd }: TotalValue) {
  const line = { key: "total", label: "Total", values: valuesUsd };
  return lineSet([line], { from, barMs: DAY_MS, unit: "usd" });
}

/** The line in a sentence; `null` where fewer than two days have a sum. */
export function totalWords({ from, valuesUsd, assets }: TotalValue): string | null {
  const known = [...valuesUsd].flatMap((value, day) =>
    Number.isNaN(value) ? [] : [{ value, day: formatDay(from + day * DAY_MS) }]
  );
  const [first] = known;
  const last = known.at(-1);
  if (first === undefined || last === undefined || first === last) return null;
  const [lowest, highest] = known.reduce(
    ([low, high], one) => [one.value < low.value ? one : low, one.value > high.value ? one : high],
    [first, first],
  );
  const change = changeRatio(first.value, last.value);
  const since = change === null ? "" : `, ${formatChange(change)} since ${first.day}`;
  const said = ({ value, day }: typeof first) => `${lineText("usd", value)} on ${day}`;
  return `${formatCounted(assets.length, "asset")} together: ${said(last)}${since}; ` +
    `highest ${said(highest)}, lowest ${said(lowest)}.`;
}

/** Which asset leaves most of the days without a sum, and how many others leave some. */
export function lackingWords(
  { lacking: [most, ...others], valuesUsd }: Pick<TotalValue, "lacking" | "valuesUsd">,
): string {
  if (most === undefined) return "";
  const words = `${most.asset.name} lacks ${formatCount(most.days)} of ${valuesUsd.length} days`;
  return others.length === 0 ? words : `${words}, ${formatCounted(others.length, "other")} some`;
}
