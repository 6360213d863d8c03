import { Icon } from "../Icon.tsx";
import { indicatorLabel } from "./candles_indicators.ts";
import { SCALE_MODES, type ScaleMode } from "./candles_panes.ts";
import {
  BAR_INTERVALS,
  type BarInterval,
  chartCsvHref,
  chartHref,
  type ChartQuery,
  OFFERED_INDICATORS,
  type RangeName,
  RANGES,
  toggleIndicator,
} from "./candles_query.ts";
import { CsvLink, ViewLink } from "../table/PanelLinks.tsx";

/** What the controls of a chart link from: every choice is an address of the page. */
export interface ControlProps {
  readonly assetId: string;
  readonly query: ChartQuery;
}

/** Ranges; one without bars stays in its place and says why it leads nowhere. */
export function RangeControl(
  { assetId, query, available }: ControlProps & { readonly available: readonly RangeName[] },
) {
  return (
    <div class="seg" role="group" aria-label="Range" data-range-control>
      {RANGES.map(({ range, label, title }) =>
        available.includes(range)
          ? (
            <a
              key={range}
              href={chartHref(assetId, { ...query, range, interval: null })}
              aria-current={range === query.range ? "true" : undefined}
              title={title}
            >
              {label}
            </a>
          )
          : (
            <a
              key={range}
              role="link"
              aria-disabled="true"
              title={`${title}: no bars as fine as this are stored`}
            >
              {label}
            </a>
          )
      )}
    </div>
  );
}

const SCALE_LABELS: Readonly<Record<ScaleMode, string>> = {
  linear: "Linear",
  log: "Log",
  percent: "Percent",
};

/** How prices stand on the axis. */
export function ScaleControl({ assetId, query }: ControlProps) {
  return (
    <div class="seg" role="group" aria-label="Scale">
      {SCALE_MODES.map((scale) => (
        <a
          key={scale}
          href={chartHref(assetId, { ...query, scale })}
          aria-current={scale === query.scale ? "true" : undefined}
        >
          {SCALE_LABELS[scale]}
        </a>
      ))}
    </div>
  );
}

/** Indicators, each switched on or off by its link. */
export function IndicatorControl({ assetId, query }: ControlProps) {
  const keys = [...new Set<string>([...OFFERED_INDICATORS, ...query.indicators])];
  return (
    <details class="menu" name="menu">
      <summary class="btn" data-size="s">
        <Icon name="analytics" /> <span class="tool-name">Indicators</span>
        <span class="muted">{query.indicators.length}</span>
        <Icon name="chevron-down" />
      </summary>
      <ul class="menu-list">
        {keys.map((key) => {
          const isOn = query.indicators.includes(key);
          const indicators = toggleIndicator(query.indicators, key);
          return (
            <li key={key}>
              <a
                href={chartHref(assetId, { ...query, indicators })}
                aria-current={isOn ? "true" : undefined}
              >
                {indicatorLabel(key)}
                <span class="sr">{isOn ? ": shown, remove" : ": add"}</span>
              </a>
            </li>
          );
        })}
      </ul>
    </details>
  );
}

/** The length of a bar; without a choice it follows the range. */
export function IntervalControl({ assetId, query, current, available }: ControlProps & {
  readonly current: string;
  readonly available: readonly BarInterval[];
}) {
  const shown = BAR_INTERVALS.filter((interval) => available.includes(interval));
  return (
    <details class="menu" name="menu">
      <summary class="btn" data-size="s">
        <span class="muted">Interval</span> {current}
        <Icon name="chevron-down" />
      </summary>
      <ul class="menu-list">
        <li>
          <a
            href={chartHref(assetId, { ...query, interval: null })}
            aria-current={query.interval === null ? "true" : undefined}
          >
            Fit to range
          </a>
        </li>
        {shown.map((interval) => (
          <li key={interval}>
            <a
              href={chartHref(assetId, { ...query, interval })}
              aria-current={interval === query.interval ? "true" : undefined}
            >
              {interval}
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Table or chart, and the bars as a file. */
export function ViewControls({ assetId, query }: ControlProps) {
  const isTable = query.view === "table";
  const viewHref = chartHref(assetId, { ...query, view: isTable ? "chart" : "table" });
  return (
    <>
      <ViewLink href={viewHref} isTable={isTable} />
      <CsvLink href={chartCsvHref(assetId, query)} />
    </>
  );
}
