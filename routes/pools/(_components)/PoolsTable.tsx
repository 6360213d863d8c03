import type { ComponentChildren } from "preact";
import { Fiat, Unknown } from "../../../components/figures/Figures.tsx";
import { formatDecimal, formatShare } from "../../../components/format/number.ts";
import { Badge } from "../../../components/states/States.tsx";
import type { PoolCard } from "../../../services/defi/mod.ts";
import type { PoolSort } from "../../(_api)/pools.ts";
import { poolsHref, type PoolsView, usualOrder } from "./pools_view.ts";

interface Column {
  readonly sort: PoolSort;
  readonly label: string;
  readonly priority?: string;
}

const COLUMNS: readonly Column[] = [
  { sort: "supply_apy", label: "APY base" },
  { sort: "incentive_apy", label: "APY reward", priority: "3" },
  { sort: "utilization", label: "Utilisation", priority: "2" },
  { sort: "tvl_usd", label: "TVL, USD", priority: "2" },
];

/** A share, or why it is not known. */
export function Share(
  { value, reason }: { readonly value: number | null; readonly reason: string },
) {
  return value === null ? <Unknown reason={reason} /> : <>{formatShare(value)}</>;
}

/** Pools by score, each with its marks; every column that sorts is a link. */
export function PoolsTable(
  { cards, view }: { readonly cards: readonly PoolCard[]; readonly view: PoolsView },
) {
  return (
    <table class="table two-line" data-keys>
      <caption class="sr">Pools with their yields and scores</caption>
      <thead>
        <tr>
          <SortHead sort="symbol" label="Pool" view={view} />
          <SortHead sort="score" label={`Score ${view.method}`} view={view} isNumber />
          <th scope="col" class="num" data-pri="3">Score {otherMethod(view)}</th>
          {COLUMNS.map((column) => <SortHead key={column.sort} {...column} view={view} isNumber />)}
          <th scope="col" class="num" data-pri="4">Coverage</th>
          <th scope="col" data-pri="3">Marks</th>
        </tr>
      </thead>
      <tbody>
        {cards.map((card) => <PoolLine key={card.pool.id} card={card} view={view} />)}
      </tbody>
    </table>
  );
}

function otherMethod({ method }: PoolsView): "v0" | "v1" {
  return method === "v1" ? "v0" : "v1";
}

function SortHead(
  { sort, label, priority, view, isNumber = false }: Column & {
    readonly view: PoolsView;
    readonly isNumber?: boolean;
  },
) {
  const isSorted = view.sort === sort;
  const turned = view.order === "asc" ? "desc" : "asc";
  const order = isSorted ? turned : usualOrder(sort);
  return (
    <th
      scope="col"
      class={isNumber ? "num" : undefined}
      data-pri={priority}
      aria-sort={isSorted ? (view.order === "asc" ? "ascending" : "descending") : undefined}
    >
      <a href={poolsHref({ ...view, sort, order })}>{label}</a>
    </th>
  );
}

function PoolLine({ card, view }: { readonly card: PoolCard; readonly view: PoolsView }) {
  const { pool, metrics, scores } = card;
  const score = scores[view.method];
  return (
    <tr>
      <th scope="row" data-p="name">
        <span class="name">
          <a href={`/pools/${encodeURIComponent(pool.id)}`}>{pool.symbol}</a>
          <small>{pool.protocol} · {pool.chain}</small>
        </span>
      </th>
      <td class="num" data-p="value">
        <Score {...score} />
      </td>
      <td class="num" data-pri="3">
        <Score {...scores[otherMethod(view)]} />
      </td>
      <td class="num" data-p="change">{formatShare(metrics.supplyApy)}</td>
      <td class="num" data-pri="3">
        <Share value={metrics.incentiveApy} reason="the source does not tell it apart" />
      </td>
      <td class="num" data-pri="2">
        <Share value={metrics.utilization} reason="the source gives no utilisation" />
      </td>
      <td class="num" data-pri="2">
        {metrics.tvlUsd === null
          ? <Unknown reason="the source gives no TVL" />
          : <Fiat value={metrics.tvlUsd} />}
      </td>
      <td class="num" data-pri="4">{formatShare(score.coverage)}</td>
      <td data-p="detail">
        <Marks card={card} />
      </td>
    </tr>
  );
}

/** A score, or why the pool is not rated. */
export function Score(
  { score, reason }: { readonly score: number | null; readonly reason: string | null },
): ComponentChildren {
  return score === null ? <Unknown reason={reason} /> : <>{formatDecimal(score, 1)}</>;
}

function Marks({ card: { metrics, warnings } }: { readonly card: PoolCard }) {
  const told = warnings.filter(({ severity }) => severity !== "info");
  const words = told.map(({ words }) => words).join(" ");
  const isBad = told.some(({ severity }) => severity === "danger");
  return (
    <>
      {metrics.isStale
        ? <Badge kind="stale" title="Its readings stand still, or are marked as old">Stale</Badge>
        : null}
      {told.length === 0 ? null : (
        <Badge kind={isBad ? "bad" : "plain"} title={words}>
          {told.length === 1 ? "1 warning" : `${told.length} warnings`}
        </Badge>
      )}
    </>
  );
}
