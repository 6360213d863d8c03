import type { Legend, LegendItem } from "./candles_legend.ts";

/** The values of one candle above the chart; it follows the crosshair. */
export function CandleLegend({ legend }: { readonly legend: Legend }) {
  return (
    <div class="legend candle-legend">
      <span class="line">
        <b>{legend.time}</b>
        {legend.bar.map((item) => (
          <span key={item.label}>
            {item.label === "" ? null : `${item.label} `}
            <b>{item.value}</b>
          </span>
        ))}
        {legend.isProvisional ? <span>provisional</span> : null}
      </span>
      <span class="line">
        {legend.indicators.map((item) => <Key key={item.label} item={item} />)}
      </span>
    </div>
  );
}

function Key({ item: { label, value, series } }: { readonly item: LegendItem }) {
  return (
    <span class="key">
      {series === null ? null : (
        <svg viewBox="0 0 16 8" aria-hidden="true">
          <path class={`c-line c-s${series}`} d="M0 4H16" />
        </svg>
      )}
      {label} <b>{value}</b>
    </span>
  );
}
