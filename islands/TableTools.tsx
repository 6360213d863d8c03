import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import RowHeight from "./RowHeight.tsx";

const SAID_AFTER_MS = 600;

export interface TableToolsProps {
  /** Name of the table, `data-table` on it. */
  readonly table: string;
  /** What the page was filtered by on the server. */
  readonly query: string;
  /** What its rows are, in the plural. */
  readonly noun?: string;
}

/** Shows only the rows that hold every word; says how many there are. */
function filterRows(table: string, query: string): number {
  const words = query.trim().toLowerCase().split(/\s+/);
  let shown = 0;
  for (
    const row of document.querySelectorAll<HTMLTableRowElement>(
      `[data-table="${table}"] tbody tr[data-search]`,
    )
  ) {
    const text = row.dataset["search"] ?? "";
    row.hidden = !words.every((word) => text.includes(word));
    if (!row.hidden) shown++;
  }
  return shown;
}

/** Filters a table as the reader types, and keeps the height of its rows. */
export default function TableTools({ table, query, noun = "assets" }: TableToolsProps) {
  const count = useSignal<number | null>(null);
  const typed = useSignal("");

  useEffect(() => {
    const shown = filterRows(table, typed.value);
    // Said once typing pauses, so that assistive technology is not flooded.
    const timer = setTimeout(() => count.value = typed.value === "" ? null : shown, SAID_AFTER_MS);
    return () => clearTimeout(timer);
  }, [typed.value]);

  return (
    <>
      <input
        class="input"
        type="search"
        name="q"
        data-filter
        aria-label="Filter by name or symbol"
        aria-keyshortcuts="/"
        placeholder="Filter (/)"
        autocomplete="off"
        maxLength={60}
        defaultValue={query}
        onInput={(event) => typed.value = event.currentTarget.value}
      />
      <span class="sr" role="status">
        {count.value === null ? "" : `${count.value} ${noun} shown`}
      </span>
      <RowHeight table={table} />
    </>
  );
}
