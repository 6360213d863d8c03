import { formatBarTime } from "./candles_summary.ts";
import { axisStart } from "./line_frame.ts";
import { lineText } from "./line_units.ts";
import { barNotes, type LineSet, lineTime } from "./lines.ts";
import { LineKey } from "./LinesSvg.tsx";

/** The values of all lines at one bar, with what happened then; it follows the crosshair. */
export function LinesLegend({ set, at }: { readonly set: LineSet; readonly at: number }) {
  if (at < 0) return null;
  const start = axisStart(set);
  const notes = barNotes(set, at);
  return (
    <div class="legend lines-legend">
      <b>{formatBarTime(lineTime(set, at), set.barMs)}</b>
      {set.lines.map(({ key, label, values }, index) => (
        <span key={key} class="key">
          <LineKey index={index} isArea={set.stack !== undefined} />
          {label} <b>{lineText(set.unit, values[at], set)}</b>
        </span>
      ))}
      {(set.references ?? []).map(({ key, label, value }) => (
        <span key={key} class="key">
          <svg viewBox="0 0 24 8" aria-hidden="true">
            <path class="c-reference" d="M0 4H24" />
          </svg>
          {label} <b>{lineText(set.unit, value, set)}</b>
        </span>
      ))}
      {start === null ? null : <span>axis from {lineText(set.unit, start, set)}</span>}
      {notes.length === 0 ? null : <span class="flow">{notes.join("; ")}</span>}
    </div>
  );
}
