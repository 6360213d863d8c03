import { formatBarTime } from "./candles_summary.ts";
import { type LineSet, lineText, lineTime } from "./lines.ts";
import { LineKey } from "./LinesSvg.tsx";

/** The values of all lines at one bar; it follows the crosshair. */
export function LinesLegend({ set, at }: { readonly set: LineSet; readonly at: number }) {
  if (at < 0) return null;
  return (
    <div class="legend lines-legend">
      <b>{formatBarTime(lineTime(set, at), set.barMs)}</b>
      {set.lines.map(({ key, label, values }, index) => (
        <span key={key} class="key">
          <LineKey index={index} />
          {label} <b>{lineText(set.unit, values[at])}</b>
        </span>
      ))}
    </div>
  );
}
