import type { PoolColumn } from "../../../components/pools/pool_columns.ts";
import { POOL_SORTS, usualOrder } from "../../../services/defi/mod.ts";
import { poolLinesHtml } from "./PoolLines.tsx";
import { poolsHref, type PoolsView } from "./pools_view.ts";
import type { PoolsData } from "./read_pools.ts";

/**
 * Pools as rows, each with its marks in words; every column that sorts is a link. Columns that its
 * reader added to the usual ones may take more room than there is: the table then scrolls.
 */
export function PoolsTable({ rows, columns, view, summary }: PoolsData) {
  const added = columns.filter(({ isHiddenAtFirst }) => isHiddenAtFirst === true).length;
  const table = (
    <table class="table two-line pools-table" data-keys data-table="pools">
      <caption class="sr">Pools with their yields, risks and scores</caption>
      <thead>
        <tr>
          <Head column={NAME_COLUMN} view={view} />
          {columns.map((column) => <Head key={column.key} column={column} view={view} />)}
        </tr>
      </thead>
      <tbody
        dangerouslySetInnerHTML={{
          __html: poolLinesHtml(rows, { columns, view, newestAt: summary.newestAt }),
        }}
      />
    </table>
  );
  if (added === 0) return table;
  return (
    <div class="pools-wide" data-added={added} role="region" aria-label="Pools" tabIndex={0}>
      {table}
    </div>
  );
}

const NAME_COLUMN = {
  key: "name",
  label: "Pool",
  title: "Token and protocol",
  sort: "symbol",
  priority: 1,
  isText: true,
} as const;

function Head(
  { column, view }: {
    readonly column:
      & Pick<PoolColumn, "label" | "title" | "sort" | "priority" | "isText">
      & { readonly key: PoolColumn["key"] | "name" };
    readonly view: PoolsView;
  },
) {
  const sort = POOL_SORTS.find((name) => name === column.sort);
  const isSorted = sort === view.sort;
  const turned = view.order === "asc" ? "desc" : "asc";
  return (
    <th
      scope="col"
      class={column.isText === true ? undefined : "num"}
      data-col={column.key}
      data-pri={column.priority > 1 ? column.priority : undefined}
      aria-sort={sort === undefined
        ? undefined
        : !isSorted
        ? "none"
        : view.order === "asc"
        ? "ascending"
        : "descending"}
    >
      {sort === undefined ? <span title={column.title}>{column.label}</span> : (
        <a
          aria-current="false"
          title={column.title}
          href={poolsHref(view, { sort, order: isSorted ? turned : usualOrder(sort) })}
        >
          {column.label}
        </a>
      )}
    </th>
  );
}
