import { Waterfall } from "../../../components/charts/Waterfall.tsx";
import { type WaterfallStep, waterfallSteps } from "../../../components/charts/waterfall_steps.ts";
import { Unknown } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { formatDecimal, formatPlain, formatShare } from "../../../components/format/number.ts";
import { formatScore, formatScoreChange } from "../../../components/scores/score_text.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import {
  type MetricScore,
  NEUTRAL,
  pillarContribution,
  type Scorecard,
} from "../../../services/scores/mod.ts";
import { ExplainedScore, type ScoreScope, stateOfCards } from "../../(_scores)/ScoreParts.tsx";
import { causesOf } from "../../scores/(_components)/ChangesPanel.tsx";
import type { AssetScoreProps } from "./ScorecardPanel.tsx";

/** What makes the score: from the neutral 50 over each pillar to the sum. */
export function ScoreReasons({ name, score: { detail, method } }: AssetScoreProps) {
  if (detail === null || detail.card.score === null) return null;
  const { card, change } = detail;
  const steps = waterfallSteps(partsOf(card), {
    start: NEUTRAL,
    startLabel: "Neutral start",
    endLabel: "Score",
  });
  return (
    <Panel id="score-reasons" title="What makes the score" note="points">
      <Waterfall
        caption={`From a neutral ${NEUTRAL} to the score of ${name}`}
        unit="Points"
        steps={steps}
        valueOf={pointsOf}
      />
      <p class="lede mt-2">
        The parts add up to the score to the last bit. {missingWords(card)}
        {change === null || change.metrics.length === 0
          ? null
          : ` Since the day before most by ${causesOf(change)}.`}
      </p>
      <SourceLine
        state={stateOfCards([card])}
        parts={[
          method.combine === "geometric"
            ? `weighted geometric mean, centred on ${NEUTRAL}`
            : "weighted arithmetic mean",
          `${method.uncertainty.draws} seeded draws for the interval`,
          <Moment key="asof" at={card.asof} />,
        ]}
      />
    </Panel>
  );
}

/** The pillars that have a score, those that matter most first. */
function partsOf({ pillars }: Scorecard) {
  return pillars.flatMap((pillar) => {
    const value = pillarContribution(pillar);
    if (pillar.score === null || value === null) return [];
    return [{ key: pillar.id, label: `${pillar.label} ${formatScore(pillar.score)}`, value }];
  }).toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
}

function pointsOf({ kind, value }: WaterfallStep) {
  const text = kind === "part" ? formatScoreChange(value) : formatDecimal(value, 2);
  return <span title={formatPlain(value)}>{text}</span>;
}

function missingWords({ pillars }: Scorecard): string {
  const missing = pillars.filter(({ score }) => score === null)
    .map(({ label }) => label.toLowerCase());
  const last = missing.pop();
  if (last === undefined) return "Every pillar has data.";
  if (missing.length === 0) return `${capital(last)} has no data; its weight is shared out.`;
  return `${capital(missing.join(", "))} and ${last} have no data; their weight is shared out.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The metrics behind the pillars: raw value, place and what each adds. */
export function ScoreInputs({ name, score: { detail, scope } }: AssetScoreProps) {
  if (detail === null) return null;
  const { card, run } = detail;
  const metrics = card.pillars.flatMap((pillar) => pillar.metrics);
  const present = metrics.filter(({ raw }) => raw !== null);
  return (
    <Panel
      id="score-inputs"
      title="Metrics behind it"
      note={`${present.length} of ${metrics.length} have inputs`}
    >
      <table class="table two-line" data-density="dense">
        <caption class="sr">Metrics of the score of {name}</caption>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col" class="num">Raw value</th>
            <th scope="col" class="num">Percentile</th>
            <th scope="col" class="num" data-pri="2">Rank</th>
            <th scope="col" class="num">Adds</th>
          </tr>
        </thead>
        <tbody>
          {metrics.map((metric) => (
            <MetricRow key={metric.id} metric={metric} assetId={card.assetId} scope={scope} />
          ))}
        </tbody>
      </table>
      <SourceLine
        state={stateOfCards([card])}
        parts={[
          card.source,
          "1d",
          `mid-rank inside ${run.universe.length} assets`,
          `inputs ${run.lineage.inputs.slice(0, 12)}`,
          <Moment key="asof" at={card.asof} />,
        ]}
      />
    </Panel>
  );
}

interface MetricRowProps {
  readonly metric: MetricScore;
  readonly assetId: string;
  readonly scope: ScoreScope;
}

function MetricRow({ metric, assetId, scope }: MetricRowProps) {
  const { id, label, sign, percentile, rank, ranked, contribution, reason } = metric;
  return (
    <tr>
      <th scope="row" data-p="name" title={sign === 1 ? "More is better" : "Less is better"}>
        {label}
      </th>
      <td class="num" data-p="value">
        {metric.raw === null
          ? <Unknown reason={reason} />
          : (
            <ExplainedScore figure={`score:${id}`} assetId={assetId} scope={scope}>
              <RawValue raw={metric.raw} unit={metric.unit} />
            </ExplainedScore>
          )}
      </td>
      <td class="num" data-p="detail">
        <span class="sub">Percentile</span>
        {percentile === null ? <Unknown reason={reason} /> : formatScore(percentile)}
      </td>
      <td class="num" data-pri="2">
        {rank === null ? <Unknown reason={reason ?? "ranks are of the reference set alone"} /> : (
          <>
            {rank} <span class="unit">of {ranked}</span>
          </>
        )}
      </td>
      <td class="num" data-p="change">
        {contribution === null
          ? <Unknown reason={reason ?? "its pillar takes no part in the score"} />
          : <span title={formatPlain(contribution)}>{formatScoreChange(contribution)}</span>}
      </td>
    </tr>
  );
}

/** A smaller share would read as 0.00%: it is shown with its power of ten. */
const SMALLEST_SHARE = 1e-4;
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function RawValue({ raw, unit }: { readonly raw: number; readonly unit: MetricScore["unit"] }) {
  const full = formatPlain(raw);
  if (unit === "points") return <span title={full}>{formatDecimal(raw, 2)}</span>;
  if (raw === 0 || Math.abs(raw) >= SMALLEST_SHARE) {
    return <span title={full}>{formatShare(raw)}</span>;
  }
  const [digits = "", power = ""] = raw.toExponential(2).split("e-");
  const raised = [...power].map((digit) => SUPERSCRIPTS[Number(digit)]).join("");
  return (
    <span title={full}>
      <span aria-hidden="true">
        {formatDecimal(Number(digits), 2)}
        <span class="unit">×10⁻{raised}</span>
      </span>
      <span class="sr">{full}</span>
    </span>
  );
}
