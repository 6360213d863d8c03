import type { ComponentChildren } from "preact";
import { lineText, type LineUnit } from "../../../components/charts/line_units.ts";
import { ChartLinks } from "../../../components/charts/ChartLinks.tsx";
import { LinesTable } from "../../../components/charts/LinesTable.tsx";
import { explainHref, Unknown } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { type GaugeLine, gaugeLines, gaugeSpan } from "../../../components/gauges/gauge_lines.ts";
import { SourceLine, type SourceState } from "../../../components/states/Panel.tsx";
import { Banner, EmptyState } from "../../../components/states/States.tsx";
import GaugeChart from "../../../islands/GaugeChart.tsx";
import type { GaugePath } from "../../../components/api/gauges.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../services/kernel/time.ts";
import {
  gaugeAssetOf,
  gaugeFigureName,
  type GaugeMetric,
  type GaugeName,
  gaugeText,
} from "../../../services/onchain/mod.ts";
import {
  type ChartName,
  type GaugeOn,
  onchainHref,
  type OnchainView,
  RANGE_WORDS,
  RANGES,
  type ShownGauge,
} from "./onchain_view.ts";

const HEIGHT_PX = 220;

interface GaugeFigureProps<Name extends GaugeName> {
  readonly gauge: Name;
  readonly metric: GaugeMetric<Name>;
  readonly label: string;
  readonly unit: LineUnit;
  readonly value: number | null;
  readonly note: ComponentChildren;
  readonly isLead?: boolean;
}

/** A figure of a gauge that leads to its explanation. */
export function GaugeFigure<Name extends GaugeName>(
  { gauge, metric, label, unit, value, note, isLead = false }: GaugeFigureProps<Name>,
) {
  const href = explainHref(gaugeFigureName(gauge, metric), gaugeAssetOf(gauge));
  return (
    <div class={isLead ? "fig lead" : "fig"}>
      <dt>{label}</dt>
      <dd>
        {value === null
          ? <Unknown reason="the source does not give it" />
          : <a class="explain" href={href}>{<WithUnit text={lineText(unit, value)} />}</a>}
      </dd>
      <dd>{note}</dd>
    </div>
  );
}

/** The last word of `1.9 gwei` is its unit, set smaller. */
export function WithUnit({ text }: { readonly text: string }) {
  const [amount, ...unit] = text.split(" ");
  return (
    <>
      {amount}
      {unit.length === 0 ? null : <span class="unit">{unit.join(" ")}</span>}
    </>
  );
}

interface Named {
  /** `gas prices`, in a sentence. */
  readonly what: string;
}

/** What stands above a gauge that is off, stale or can't be read; nothing where it is well. */
export function GaugeNotice<Name extends GaugeName>(
  { shown: { off, on }, what }: Named & { readonly shown: ShownGauge<Name> },
) {
  if (off !== null) {
    return on === null
      ? (
        <EmptyState icon="lock" title={`No ${what} are read`}>
          {off.reason}. To read them, {off.setting}.
        </EmptyState>
      )
      : (
        <Banner kind="demo">
          These figures are made up, to show what stands here: {off.reason}. To read {what},{" "}
          {off.setting}.
        </Banner>
      );
  }
  if (on === null) return null;
  const { latest, tried, isStale } = on;
  if (latest === null) {
    return tried?.problem
      ? (
        <EmptyState icon="error" title={`The ${what} can't be read`}>
          {tried.problem}{" "}
          (<Moment at={tried.at} />). It is tried again each minute; Operations shows how the source
          stands.
        </EmptyState>
      )
      : (
        <EmptyState icon="clock" title="Nothing was read yet">
          The first reading comes within a minute, and stands here by itself.
        </EmptyState>
      );
  }
  if (!isStale) return null;
  return (
    <Banner kind="stale">
      The {what} below were read <Moment at={latest.asof} />; nothing newer could be read.
      {tried?.problem ? ` The newest try failed: ${tried.problem}.` : " Nobody has tried since."}
    </Banner>
  );
}

/** Who says it, how often, of when the newest reading is, and why it is not newer. */
export function GaugeSource<Name extends GaugeName>(
  { shown: { off, on }, label }: {
    readonly shown: ShownGauge<Name>;
    readonly label: string;
  },
) {
  if (on === null || on.latest === null) return null;
  // A stale gauge has its reason above it, in a banner.
  const problem = on.isStale ? null : on.tried?.problem ?? null;
  const live: SourceState = on.isStale ? "stale" : problem === null ? "current" : "partial";
  const state = off === null ? live : "sim";
  return (
    <SourceLine
      state={state}
      parts={[
        off === null ? label : "made up",
        "a reading each minute",
        <Moment key="asof" at={on.latest.asof} />,
        ...problem === null ? [] : [`the newest try failed: ${problem}`],
      ]}
    />
  );
}

interface GaugeHistoryProps<Name extends GaugeName> {
  readonly name: ChartName;
  readonly title: string;
  readonly gauge: Name;
  readonly path: GaugePath;
  readonly on: GaugeOn<Name>;
  readonly unit: LineUnit;
  readonly lines: readonly (GaugeLine & { readonly key: GaugeMetric<Name> })[];
  readonly view: OnchainView;
  readonly isLive: boolean;
  readonly now: number;
}

/** The past of a gauge as a chart or a table, with its sum in words. */
export function GaugeHistoryChart<Name extends GaugeName>(
  { name, title, gauge, path, on, unit, lines, view, isLive, now }: GaugeHistoryProps<Name>,
) {
  const { points, resolution } = on.history;
  const isTable = view.table === name;
  const csv = onchainHref(
    { ...view, table: null },
    `/onchain/csv/${name === "gas" ? name : "mempool"}`,
  );
  return (
    <section class="gauge-chart" aria-labelledby={`${name}-history`}>
      <div class="panel-head">
        <h3 id={`${name}-history`}>{title}</h3>
        <span class="note">
          {RANGE_WORDS[view.range]}, {resolution === "1m" ? "by the minute" : "mean of each hour"}
        </span>
        <div class="end">
          <ChartLinks
            of={title.toLowerCase()}
            isTable={isTable}
            viewHref={onchainHref({ ...view, table: isTable ? null : name })}
            csvHref={csv}
          />
        </div>
      </div>
      {points.length < 2 ? <TooShort view={view} /> : (
        <Drawing
          {...{ name, path, isTable, isLive }}
          set={gaugeLines(points, { lines, unit, resolution, until: on.isStale ? now : undefined })}
          words={wordsOf(gauge, { points, unit, view, metric: lines[0]?.key })}
        />
      )}
    </section>
  );
}

function TooShort({ view }: { readonly view: OnchainView }) {
  return (
    <EmptyState
      icon="clock"
      title="Too short for a chart"
      actions={view.range === "24h"
        ? undefined
        : <a class="btn" href={onchainHref({ ...view, range: "24h" })}>Show 24 hours</a>}
    >
      A chart needs two {view.range === "24h" ? "readings, which come each minute" : "hours"}.
    </EmptyState>
  );
}

interface DrawingProps {
  readonly name: ChartName;
  readonly path: GaugePath;
  readonly set: ReturnType<typeof gaugeLines>;
  readonly words: string;
  readonly isTable: boolean;
  readonly isLive: boolean;
}

function Drawing({ name, path, set, words, isTable, isLive }: DrawingProps) {
  return (
    <>
      {isTable
        ? (
          <div data-region={isLive ? `${name}-table` : undefined}>
            <LinesTable set={set} caption={words} />
          </div>
        )
        : (
          <GaugeChart
            id={`${name}-chart`}
            gauge={path}
            set={set}
            height={HEIGHT_PX}
            label={words}
          />
        )}
      <p class="lede chart-summary" data-region={isLive ? `${name}-words` : undefined}>{words}</p>
    </>
  );
}

function wordsOf<Name extends GaugeName>(
  gauge: Name,
  { points, metric, unit, view }: {
    readonly points: GaugeOn<Name>["history"]["points"];
    readonly metric: GaugeMetric<Name> | undefined;
    readonly unit: LineUnit;
    readonly view: OnchainView;
  },
): string {
  if (metric === undefined) return "";
  const { label } = gaugeText(gauge, metric);
  const span = gaugeSpan(points, metric);
  if (span === null) return `${label}: not given over these ${RANGE_WORDS[view.range]}`;
  const text = (value: number) => lineText(unit, value);
  return `${label} over ${spanWords(points, view)}: ${text(span.last)} at last, between ` +
    `${text(span.least)} and ${text(span.most)}, half of the time at or below ${
      text(span.median)
    }.`;
}

/** The range of the page, or how much of it there is. */
function spanWords(points: readonly { readonly t: number }[], { range }: OnchainView): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return RANGE_WORDS[range];
  const coveredMs = last.t - first.t;
  if (coveredMs > 0.9 * RANGES[range] * DAY_MS) return RANGE_WORDS[range];
  const [count, unit] = coveredMs < 2 * HOUR_MS
    ? [Math.round(coveredMs / MINUTE_MS), "minute"]
    : coveredMs < 2 * DAY_MS
    ? [Math.round(coveredMs / HOUR_MS), "hour"]
    : [Math.round(coveredMs / DAY_MS), "day"];
  return `${count} ${unit}${count === 1 ? "" : "s"}, all there is of ${RANGE_WORDS[range]}`;
}
