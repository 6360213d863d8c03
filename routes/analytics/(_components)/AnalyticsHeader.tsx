import { Moment } from "../../../components/figures/Moment.tsx";
import { formatCount } from "../../../components/format/number.ts";
import { Icon } from "../../../components/Icon.tsx";
import { Banner } from "../../../components/states/States.tsx";
import { INTERVALS } from "../../../services/market/mod.ts";
import { analyticsFields, analyticsHref, offeredPeriods } from "./analytics_view.ts";
import { DayField, KeptFields } from "./panel_parts.tsx";
import type { AnalyticsData } from "./read_analytics.ts";

/** Title, as-of, period, and what else the page is about. */
export function AnalyticsHeader(data: AnalyticsData) {
  const { view, assets, whyThese, benchmark, matrix, notes } = data;
  return (
    <>
      <header class="page-head">
        <div>
          <h1>Risk and correlation</h1>
          <p class="asof">
            <span>
              {matrix.report === null ? "Not measured" : <Moment at={matrix.report.asof} />}
            </span>
            <span>{formatCount(assets.length)} assets</span>
            <span>beta against {benchmark.name}</span>
          </p>
        </div>
        <div class="scope">
          <nav class="seg" aria-label="Period" data-range-control>
            {offeredPeriods(view).map((period) => (
              <a
                key={period}
                href={analyticsHref({ ...view, period })}
                aria-current={period === view.period ? "true" : "false"}
              >
                {period}
              </a>
            ))}
          </nav>
        </div>
      </header>
      <Scope {...data} />
      {whyThese === null ? null : <p class="hint mb-3">{whyThese}</p>}
      {notes.map((note) => <Banner key={note} kind="info">{note}.</Banner>)}
    </>
  );
}

const SET_HERE = ["coins", "benchmark", "interval", "asof"];

/** One form, so that all of it works without scripts. */
function Scope({ view, assets, choices, benchmark }: AnalyticsData) {
  return (
    <form class="scope-form" method="get" action="/analytics" aria-label="What to measure">
      <KeptFields fields={analyticsFields(view)} but={SET_HERE} />
      <div class="field">
        <span id="assets-label">Assets</span>
        <details class="menu" name="menu">
          <summary class="chip" aria-describedby="assets-label">
            <b>{assets.map(({ symbol }) => symbol).join(", ")}</b>
            <Icon name="chevron-down" />
          </summary>
          <fieldset class="menu-list menu-fields">
            <legend class="sr">Assets to measure</legend>
            {choices.map(({ assetId, name, symbol }) => (
              <label key={assetId} class="check">
                <input
                  type="checkbox"
                  name="coin"
                  value={assetId}
                  checked={assets.some((asset) => asset.assetId === assetId)}
                />
                <span>
                  {name} <small>{symbol}</small>
                </span>
              </label>
            ))}
            <button type="submit" class="btn" data-size="s" data-kind="primary">Show these</button>
          </fieldset>
        </details>
      </div>
      <label class="field">
        <span>Beta against</span>
        <select class="input" name="benchmark">
          {[...new Map([benchmark, ...choices].map((one) => [one.assetId, one])).values()].map((
            { assetId, name },
          ) => (
            <option key={assetId} value={assetId} selected={assetId === benchmark.assetId}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Bars of</span>
        <select class="input" name="interval">
          <option value="" selected={view.interval === null}>as fits</option>
          {INTERVALS.map((interval) => (
            <option key={interval} value={interval} selected={interval === view.interval}>
              {interval}
            </option>
          ))}
        </select>
      </label>
      <DayField name="asof" label="As of the end of" value={view.asof} />
      <button type="submit" class="btn">Show</button>
    </form>
  );
}
