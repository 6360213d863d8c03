import { renderToString } from "preact-render-to-string";
import { lineText, type LineUnit } from "../../../components/charts/line_units.ts";
import { Sparkline } from "../../../components/charts/Sparkline.tsx";
import { Unknown } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { formatDay, formatSpan, isoInstant } from "../../../components/format/time.ts";
import type { PoolColumn } from "../../../components/pools/pool_columns.ts";
import { type PoolFigureName, poolHref } from "../../../components/pools/pool_figures.ts";
import { type FigureSubject, PoolFigure } from "../../../components/pools/PoolFigure.tsx";
import { PoolMarks } from "../../../components/pools/PoolMarks.tsx";
import { slugName } from "../../../components/pools/slug_names.ts";
import type { PoolCard, PoolTrend } from "../../../services/defi/mod.ts";
import { DAY_MS } from "../../../services/kernel/time.ts";
import { figureSubject } from "./figure_subject.ts";
import type { PoolsView } from "./pools_view.ts";

/** A reading so much older than the newest of all is marked with its day. */
const BEHIND_MS = 2 * DAY_MS;

/** Only what is asked for again and again is worth its room: not every set of columns. */
const MAX_VARIANTS = 4;

/** Markup of each row by what it shows. A pool with a new reading is a new card, so it is new here. */
const markup = new WeakMap<PoolCard, Map<string, string>>();

export interface PoolLinesOptions {
  readonly columns: readonly PoolColumn[];
  readonly view: Pick<PoolsView, "method" | "asof">;
  /** Newest reading of the board; older ones say of when they are. */
  readonly newestAt: number | null;
}

/**
 * The body of the leaderboard as HTML. Rows of pools that nobody read since are not rendered again:
 * of a page's time, nearly all goes into its rows.
 */
export function poolLinesHtml(
  cards: readonly PoolCard[],
  { columns, view, newestAt }: PoolLinesOptions,
): string {
  const variant = [view.method, view.asof, ...columns.map(({ key }) => key)].join();
  return cards.map((card) => {
    const isBehind = newestAt !== null && newestAt - card.metrics.asof > BEHIND_MS;
    const key = `${variant} ${isBehind}`;
    const variants = markup.get(card) ?? new Map<string, string>();
    markup.set(card, variants);
    const known = variants.get(key);
    if (known !== undefined) return known;
    const line = <PoolLine card={card} columns={columns} view={view} isBehind={isBehind} />;
    const html = renderToString(line);
    if (variants.size >= MAX_VARIANTS) variants.clear();
    variants.set(key, html);
    return html;
  }).join("");
}

interface LineProps {
  readonly card: PoolCard;
  readonly columns: readonly PoolColumn[];
  readonly view: PoolLinesOptions["view"];
  readonly isBehind: boolean;
}

function PoolLine({ card, columns, view, isBehind }: LineProps) {
  const { pool, metrics, warnings } = card;
  const subject = figureSubject(card, view);
  return (
    <tr
      data-search={`${pool.symbol} ${pool.protocol} ${pool.chain} ${pool.id}`.toLowerCase()}
      data-pool={pool.id}
      data-symbol={pool.symbol}
      data-kink={metrics.kink}
      data-lends={subject.isLending ? "yes" : "no"}
      data-at={isoInstant(metrics.asof)}
    >
      <th scope="row" data-p="name">
        <span class="name">
          <a href={poolHref(pool.id, { asof: view.asof })}>{pool.symbol}</a>
          <small>
            {slugName(pool.protocol)}
            <span class="chain">, {slugName(pool.chain)}</span>
          </small>
          {pool.mark === undefined ? null : <small>{pool.mark}</small>}
          {isBehind
            ? (
              <small class="ended" title="No newer reading is stored">
                <span class="sr">stale, last read</span> {formatDay(metrics.asof)}
              </small>
            )
            : null}
          <span class="marks" data-marks>
            <PoolMarks warnings={warnings} />
          </span>
        </span>
      </th>
      {columns.map((column) => (
        <Cell key={column.key} column={column} card={card} subject={subject} view={view} />
      ))}
    </tr>
  );
}

interface CellProps {
  readonly column: PoolColumn;
  readonly card: PoolCard;
  readonly subject: FigureSubject;
  readonly view: PoolLinesOptions["view"];
}

function Cell({ column, card, subject, view }: CellProps) {
  const { key, priority, place, isText = false } = column;
  const found = figureOf(column, { card, view });
  return (
    <td
      class={isText ? undefined : "num"}
      data-pri={priority > 1 ? priority : undefined}
      data-p={place}
    >
      {key === "score" ? <span class="sub">Score</span> : null}
      {key === "kink_distance" ? <span class="sub">to kink</span> : null}
      {found === null
        ? <Other column={column} card={card} />
        : (
          <span data-figure={found.name} data-value={found.value ?? ""}>
            <PoolFigure {...found} subject={subject} />
          </span>
        )}
    </td>
  );
}

interface Found {
  readonly name: PoolFigureName;
  readonly value: number | null;
  readonly reason?: string | null;
}

/** The figure of a column; `null` for a column of something else. */
function figureOf(
  { key }: PoolColumn,
  { card: { metrics, scores }, view: { method } }: Pick<CellProps, "card" | "view">,
): Found | null {
  const scoreOf = (by: "v0" | "v1"): Found => {
    const { score, reason } = scores[by];
    return { name: `score_${by}`, value: score, reason };
  };
  switch (key) {
    case "score":
      return scoreOf(method);
    case "other_score":
      return scoreOf(method === "v1" ? "v0" : "v1");
    case "coverage":
      return { name: key, value: scores[method].coverage };
    case "supply_apy":
      return { name: key, value: metrics.supplyApy };
    case "incentive_apy":
      return { name: key, value: metrics.incentiveApy };
    case "borrow_apy":
      return { name: key, value: metrics.borrowApy };
    case "volatility":
      return { name: key, value: metrics.volatilityPp };
    case "utilization":
      return { name: key, value: metrics.utilization };
    case "kink_distance":
      return { name: key, value: metrics.kinkDistance };
    case "tvl_usd":
      return { name: key, value: metrics.tvlUsd };
    case "withdrawable_usd":
      return { name: key, value: metrics.withdrawableUsd };
    default:
      return null;
  }
}

/** Chain, lines and times. */
function Other({ column: { key }, card: { pool, metrics, trend } }: {
  readonly column: PoolColumn;
  readonly card: PoolCard;
}) {
  switch (key) {
    case "chain":
      return <>{slugName(pool.chain)}</>;
    case "asof":
      return <Moment at={metrics.asof} />;
    case "trend_apy":
      return <Trend name={`Supply APY of ${pool.symbol}`} values={trend.supplyApy} of={trend} />;
    default:
      return metrics.tvlUsd === null
        ? <Unknown reason="the source gives no TVL" />
        : <Trend name={`TVL of ${pool.symbol}`} values={trend.tvlUsd} of={trend} unit="usd" />;
  }
}

function Trend({ name, values, of, unit = "rate" }: {
  readonly name: string;
  readonly values: PoolTrend["supplyApy"];
  readonly of: PoolTrend;
  readonly unit?: LineUnit;
}) {
  return (
    <Sparkline
      name={name}
      values={values}
      span={formatSpan(of.spanMs)}
      textOf={(value) => lineText(unit, value)}
      hasDirection={false}
      reason="fewer than two readings in 90 days"
    />
  );
}
