import { indicatorKind, indicatorLabel } from "../../../components/charts/candles_indicators.ts";
import { INTERVAL_MS } from "../../../components/charts/candles_query.ts";
import { formatBarTime } from "../../../components/charts/candles_summary.ts";
import { explainHref, Price, Unknown } from "../../../components/figures/Figures.tsx";
import { formatDecimal } from "../../../components/format/number.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import type { ChartView } from "../../../services/market/mod.ts";
import type { AssetPageData } from "./asset_page.ts";
import { sourceStateOf } from "./source_state.ts";

/** Lines that stand in the panel by another of their indicator. */
const LEFT_OUT = new Set(["percent_b", "width", "middle"]);

interface Latest {
  /** As the explanation names it: `macd:12-26-9.signal`. */
  readonly line: string;
  readonly label: string;
  readonly value: number | null;
  readonly isPrice: boolean;
}

function latestOf({ indicators }: ChartView): readonly Latest[] {
  return Object.entries(indicators).flatMap(([line, values]) => {
    const [, key = line, name] = /^(.*)\.([a-z_]+)$/.exec(line) ?? [];
    if (name !== undefined && LEFT_OUT.has(name)) return [];
    const kind = indicatorKind(key);
    const label = name === undefined || name === kind
      ? indicatorLabel(key)
      : `${indicatorLabel(key)} ${name}`;
    return [{ line, label, value: values.at(-1) ?? null, isPrice: kind !== "rsi" }];
  });
}

/** What the indicators of the chart say at its newest bar, and when that is. */
export function IndicatorsPanel({ chart, quote }: AssetPageData) {
  const latest = latestOf(chart);
  if (latest.length === 0 || chart.provenance === null) return null;
  const { candles, interval, provenance } = chart;
  const newest = candles.openTime[candles.length - 1] ?? provenance.asof;
  const time = formatBarTime(newest, INTERVAL_MS[interval]);
  return (
    <Panel id="indicators" title="Indicators" note={`at ${time}`}>
      <dl class="rows">
        {latest.map(({ line, label, value, isPrice }) => (
          <div key={line}>
            <dt>{label}</dt>
            <dd>
              {value === null ? <Unknown reason="its window is not whole yet" /> : (
                <a
                  class="explain"
                  href={`${explainHref(line, quote.assetId)}?interval=${interval}`}
                  title={`${label}: explain`}
                >
                  {isPrice ? <Price value={value} /> : formatDecimal(value, 1)}
                </a>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <SourceLine
        state={sourceStateOf(quote)}
        parts={[
          provenance.source,
          interval,
          provenance.derivedFrom === null ? "closes" : `closes, from ${provenance.derivedFrom}`,
        ]}
      />
    </Panel>
  );
}
