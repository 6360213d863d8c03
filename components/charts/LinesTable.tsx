import { formatBarTime } from "./candles_summary.ts";
import { MAX_TABLE_ROWS } from "./CandleTable.tsx";
import { lineText } from "./line_units.ts";
import { barNotes, type LineSet, lineTime } from "./lines.ts";

/** The values of all lines, newest first: what the chart shows, for those who read numbers. */
export function LinesTable({ set, caption }: { readonly set: LineSet; readonly caption: string }) {
  const rows = Math.min(set.length, MAX_TABLE_ROWS);
  const hasNotes = set.marks !== undefined || set.spans !== undefined;
  const bars = Array.from({ length: rows }, (_, row) => set.length - 1 - row);
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label={`${caption}, scrollable`}>
      <table class="table" data-density="dense">
        <caption class="sr">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Bar, UTC</th>
            {set.lines.map(({ key, label }) => <th key={key} scope="col" class="num">{label}</th>)}
            {hasNotes ? <th scope="col">Notes</th> : null}
          </tr>
        </thead>
        <tbody>
          {bars.map((at) => (
            <tr key={at}>
              <th scope="row">{formatBarTime(lineTime(set, at), set.barMs)}</th>
              {set.lines.map(({ key, values }) => (
                <td key={key} class="num">{lineText(set.unit, values[at], set)}</td>
              ))}
              {hasNotes ? <td>{barNotes(set, at).join("; ")}</td> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
