import type { ComponentChildren } from "preact";
import { Explanation, titleOf } from "../../components/explain/Explanation.tsx";
import { Sparkline } from "../../components/charts/Sparkline.tsx";
import { Change, Fiat, NotApplicable, Price, Unknown } from "../../components/figures/Figures.tsx";
import { formatPoints, formatShare } from "../../components/format/number.ts";
import { Icon } from "../../components/Icon.tsx";
import { Panel } from "../../components/states/Panel.tsx";
import { Badge, Banner } from "../../components/states/States.tsx";
import { AssetTable } from "../../components/table/AssetTable.tsx";
import { SAMPLE_AT, SAMPLE_EXPLANATION, SAMPLE_ROWS } from "./sample.ts";

/** Messages across a page. */
export function Banners() {
  return (
    <Panel id="banners" title="Banners">
      <Banner kind="stale" icon="offline">
        <b>You are offline.</b> What stands here is as of 6 Jul 2021 23:59 UTC.
      </Banner>
      <Banner kind="demo">
        <b>Demo data.</b> Prices here are synthetic, made from a seed.
      </Banner>
      <Banner
        kind="bad"
        actions={<button type="button" class="btn" data-size="s">See the line</button>}
      >
        <b>Import stopped.</b> Line 2,078 could not be read; nothing was written.
      </Banner>
      <Banner kind="info">Times are shown in your zone; hover shows UTC.</Banner>
    </Panel>
  );
}

/** Badges of data, changes in each direction, and the kinds of number. */
export function NumbersPanel() {
  const rows: readonly (readonly [string, ComponentChildren])[] = [
    ["Price from 1,000", <Price key="0" value={34235.19} />],
    ["Price from 100", <Price key="1" value={138.99} />],
    ["Price from 10", <Price key="2" value={20.08} />],
    ["Price from 1", <Price key="3" value={3.8823} />],
    ["Price below 1", <Price key="4" value={0.2344} />],
    ["Price below 0.001, zeros counted", <Price key="5" value={0.000001234} />],
    ["Money below 100 k", <Fiat key="6" value={99_999.99} />],
    ["Money from 100 k, in full on hover", <Fiat key="7" value={642_103_553_000} />],
    ["Share, signed only below zero", formatShare(0.5557)],
    ["Difference of shares", formatPoints(-0.0113)],
    ["Change", <Change key="8" fraction={0.0145} />],
    ["Change down", <Change key="9" fraction={-0.0455} />],
    ["No change", <Change key="10" fraction={0} />],
    ["Unknown, with the reason on focus", <Unknown key="11" reason="listed less than a year" />],
    ["Does not apply", <NotApplicable key="12" reason="a stablecoin has no rank" />],
    [
      "Line of 90 days",
      <Sparkline key="13" name="Bitcoin" values={SAMPLE_ROWS[0]?.sparkline ?? []} />,
    ],
  ];
  return (
    <Panel id="numbers" title="Badges and numbers">
      <p class="flex mb-3">
        <Badge kind="demo">Demo</Badge>
        <Badge kind="stale">18 min</Badge>
        <Badge kind="delayed">Delayed</Badge>
        <Badge kind="provisional">Provisional</Badge>
        <Badge kind="forecast">Forecast</Badge>
        <Badge kind="ok">Valid</Badge>
        <Badge kind="bad">Failed</Badge>
        <Badge kind="plain">Replay</Badge>
      </p>
      <dl class="rows">
        {rows.map(([label, shown]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{shown}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

/** Buttons in each kind and state, segments, chips and pills. */
export function ButtonsPanel() {
  return (
    <Panel id="buttons" title="Buttons and segments">
      <p class="flex mb-3">
        <button type="button" class="btn" data-kind="primary">Primary</button>
        <button type="button" class="btn">Default</button>
        <button type="button" class="btn" data-kind="quiet">Quiet</button>
        <button type="button" class="btn" data-kind="danger">Delete</button>
        <button type="button" class="btn" data-icon aria-label="Refresh">
          <Icon name="refresh" />
        </button>
      </p>
      <p class="flex mb-3">
        <button type="button" class="btn" data-size="s">Small</button>
        <button type="button" class="btn" disabled>Disabled</button>
        <button type="button" class="btn" aria-busy="true">Working</button>
        <span class="chip">
          <span>Theme</span> <b>All</b>
          <Icon name="chevron-down" />
        </span>
        <span class="pill">
          Theme: defi
          <button type="button" aria-label="Clear: Theme: defi">
            <Icon name="close" />
          </button>
        </span>
      </p>
      <div>
        <div class="seg" role="group" aria-label="Range, a sample">
          {["24H", "7D", "1M", "1Y"].map((range) => (
            <button key={range} type="button" aria-pressed={range === "1M"}>{range}</button>
          ))}
        </div>
      </div>
    </Panel>
  );
}

/** Fields with their labels, one of them wrong and saying how to mend it. */
export function FieldsPanel() {
  return (
    <Panel id="fields" title="Fields">
      <div class="two">
        <div class="field">
          <label for="sample-quantity">Quantity</label>
          <input class="input num" id="sample-quantity" value="0.18000000" inputMode="decimal" />
        </div>
        <div class="field">
          <label for="sample-source">Source</label>
          <select class="input" id="sample-source">
            <option>daily_cmc</option>
            <option>demo</option>
          </select>
        </div>
        <div class="field">
          <label for="sample-time">Time, UTC</label>
          <input
            class="input"
            id="sample-time"
            value="2201-02-20 12:00"
            aria-invalid="true"
            aria-describedby="sample-time-hint"
          />
          <p class="hint" data-kind="bad" id="sample-time-hint">
            <Icon name="error" />Lies in the future. Did you mean 2021?
          </p>
        </div>
        <div class="field">
          <label for="sample-locked">Wallet</label>
          <input class="input" id="sample-locked" value="Set by the account" disabled />
        </div>
        <label class="check">
          <input type="checkbox" checked />Include fees
        </label>
      </div>
      <div class="progress mt-4">
        <progress max={100} value={62} aria-label="Import, 62 per cent" />
        <button type="button" class="btn" data-size="s">Cancel</button>
        <small>124,000 of 200,000 rows, 3 s left</small>
      </div>
    </Panel>
  );
}

/** One table in the three heights of row. */
export function Densities() {
  const hidden = new Set([
    "change_7d",
    "change_30d",
    "change_1y",
    "volume_24h",
    "market_cap",
    "sparkline",
  ]);
  return (
    <div class="three">
      {(["comfortable", "compact", "dense"] as const).map((density, at) => (
        <section key={density} class="panel" data-density={density} aria-label={density}>
          <div class="panel-head">
            <h3>{density}</h3>
            <span class="note">{[44, 32, 26][at]} px</span>
          </div>
          <AssetTable
            caption={`Sample table, ${density}`}
            rows={SAMPLE_ROWS}
            newest={SAMPLE_AT}
            sort="price"
            order="desc"
            hidden={hidden}
            sortHref={() =>
              "/styleguide#densities"}
          />
        </section>
      ))}
    </div>
  );
}

/** The explanation as the drawer shows it. */
export function ExplanationSample() {
  return (
    <Panel id="explanation-sample" title="Explain any number" note={titleOf(SAMPLE_EXPLANATION)}>
      <div class="static-overlay">
        <Explanation figure={SAMPLE_EXPLANATION} />
      </div>
    </Panel>
  );
}
