import type { ComponentChildren } from "preact";
import { ChartLinks } from "../../../components/charts/ChartLinks.tsx";
import { lineText } from "../../../components/charts/line_units.ts";
import type { LineSet } from "../../../components/charts/lines.ts";
import { Moment } from "../../../components/figures/Moment.tsx";
import { formatCount, formatCounted } from "../../../components/format/number.ts";
import { formatDay } from "../../../components/format/time.ts";
import { Panel, SourceLine, type SourceState } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import { LinesView } from "../../(_charts)/LinesView.tsx";
import { isLending, type PoolRow } from "../../../services/defi/mod.ts";
import { type PoolChart, poolViewHref } from "./pool_view.ts";
import { barLabel } from "./PoolHeader.tsx";
import type { PoolPageData } from "./read_pool.ts";

const HEIGHTS: Readonly<Record<PoolChart, number>> = { yield: 232, utilization: 184, tvl: 160 };

/** The rate that is paid, with rewards on top where they are told apart. */
export function YieldPanel(data: PoolPageData) {
  const hasReward = data.lines.yield !== null && data.lines.yield.lines.length > 1;
  return (
    <ChartPanel
      {...data}
      chart="yield"
      title="Yield"
      note={hasReward ? "APY, base and reward" : "supply APY"}
      words={wordsOf(data, { name: "Supply APY", unit: "rate", read: (row) => row.supplyApy })}
      missing="No reading gives a yield."
    />
  );
}

/** How much of the pool is lent, against the kink. */
export function UtilizationPanel(data: PoolPageData) {
  // Staking and savings lend nothing out: there is no utilisation to know.
  if (data.lines.utilization === null && !isLending(data.detail.pool)) return null;
  return (
    <ChartPanel
      {...data}
      chart="utilization"
      title="Utilisation"
      note="borrowed of supplied, with the kink"
      words={wordsOf(data, { name: "Utilisation", unit: "rate", read: (row) => row.utilization })}
      missing="The source gives no utilisation of this pool: how much can leave it is not known."
    />
  );
}

/** What is in the pool; nothing where the source never said, which the figures tell. */
export function TvlPanel(data: PoolPageData) {
  if (data.lines.tvl === null) return null;
  return (
    <ChartPanel
      {...data}
      chart="tvl"
      title="Total value locked"
      note="USD"
      words={wordsOf(data, { name: "TVL", unit: "usd", read: (row) => row.tvlUsd })}
      missing="The source gives no TVL of this pool."
    />
  );
}

interface ChartPanelProps extends PoolPageData {
  readonly chart: PoolChart;
  readonly title: string;
  readonly note: string;
  readonly words: string;
  /** Why there is no chart. */
  readonly missing: string;
}

function ChartPanel(props: ChartPanelProps) {
  const { chart, title, note, words, missing, view, lines, detail, rows } = props;
  const set = lines[chart];
  const isTable = view.table === chart;
  const next = isTable ? null : chart;
  return (
    <Panel
      id={chart}
      title={title}
      note={note}
      actions={set === null ? undefined : (
        <ChartLinks
          of={title}
          isTable={isTable}
          viewHref={`${poolViewHref(view, { table: next })}#${chart}`}
          csvHref={poolViewHref({ ...view, table: null }, { path: "/history.csv" })}
        />
      )}
    >
      {set === null
        ? <EmptyState icon="info" title="Not known">{missing}</EmptyState>
        : rows.length === 1 && !isTable
        ? <EmptyState icon="info" title="One reading">{words} A line takes two.</EmptyState>
        : (
          <LinesView
            id={chart}
            set={set}
            height={HEIGHTS[chart]}
            words={words}
            isTable={isTable}
          />
        )}
      <SourceLine
        state={sourceState(props)}
        parts={[
          detail.source,
          barLabel(lines.barMs),
          `${formatCounted(rows.length, "reading")}, ${formatCount(lines.missing)} missing`,
          ...spanWords(set),
          <span key="asof">
            to <Moment at={detail.metrics.asof} />
          </span>,
        ]}
      />
    </Panel>
  );
}

export function sourceState({ isMock, detail: { metrics } }: PoolPageData): SourceState {
  return isMock ? "sim" : metrics.isStale ? "stale" : "current";
}

/** What the shaded stretches mean, where there are any. */
function spanWords(set: LineSet | null): ComponentChildren[] {
  const kinds = new Set((set?.spans ?? []).map(({ kind }) => kind));
  return [
    ...kinds.has("stress") ? ["shaded red: nearly all lent"] : [],
    ...kinds.has("stale") ? ["shaded amber: old readings"] : [],
  ];
}

/** A chart in a sentence: where it began and ended, and between what it lay. */
function wordsOf(
  { rows, detail: { pool } }: PoolPageData,
  { name, unit, read }: {
    readonly name: string;
    readonly unit: "rate" | "usd";
    readonly read: (row: PoolRow) => number | null;
  },
): string {
  const known = rows.flatMap((row) => {
    const value = read(row);
    return value === null ? [] : [{ ts: row.ts, value }];
  });
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return `${name} of ${pool.symbol} is not known.`;
  const text = ({ value }: { readonly value: number }) => lineText(unit, value);
  if (known.length === 1) {
    return `${name} of ${pool.symbol} on ${formatDay(first.ts)}: ${text(first)}.`;
  }
  const low = known.reduce((best, one) => one.value < best.value ? one : best);
  const high = known.reduce((best, one) => one.value > best.value ? one : best);
  return `${name} of ${pool.symbol} from ${formatDay(first.ts)} to ${formatDay(last.ts)}: from ` +
    `${text(first)} to ${text(last)}; lowest ${text(low)} on ${formatDay(low.ts)}, highest ` +
    `${text(high)} on ${formatDay(high.ts)}.`;
}
