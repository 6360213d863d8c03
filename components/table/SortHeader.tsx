export type SortOrder = "asc" | "desc";

/** How a table is sorted, and the address of the same view sorted otherwise. */
export interface Sorting {
  readonly sort: string;
  readonly order: SortOrder;
  readonly sortHref: (key: string, order: SortOrder) => string;
}

/** Where the first click on a column's header leads: numbers start high, names at A. */
function nextOrder(key: string, { sort, order }: Sorting): SortOrder {
  if (key === sort) return order === "asc" ? "desc" : "asc";
  return key === "name" ? "asc" : "desc";
}

export interface SortHeaderProps extends Sorting {
  readonly name: string;
  readonly label: string;
  /** At which width the column gives way: 1 never does. */
  readonly priority?: number;
}

/** A column's header, by which the table is sorted, without scripts too. */
export function SortHeader({ name, label, priority = 1, ...sorting }: SortHeaderProps) {
  const { sort, order, sortHref } = sorting;
  const state = sort !== name ? "none" : order === "asc" ? "ascending" : "descending";
  return (
    <th
      scope="col"
      class={name === "name" ? undefined : "num"}
      aria-sort={state}
      data-col={name}
      data-pri={priority > 1 ? priority : undefined}
    >
      {/* The framework marks links to this path as the current page, which a sort is not. */}
      <a aria-current="false" href={sortHref(name, nextOrder(name, sorting))}>{label}</a>
    </th>
  );
}
