import { Sparkline } from "../../../components/charts/Sparkline.tsx";
import { Unknown } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { formatShare } from "../../../components/format/number.ts";
import { formatDay } from "../../../components/format/time.ts";
import { formatBand, formatRanks, formatScore } from "../../../components/scores/score_text.ts";
import { WideBand } from "../../../components/scores/ScoreBand.tsx";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { Badge, EmptyState } from "../../../components/states/States.tsx";
import { type ScoreDetail, whyUnscored } from "../../../services/scores/mod.ts";
import {
  ExplainedScore,
  GradeMark,
  PillarMark,
  ScoreChangeMark,
  stateOfCards,
  whyMissing,
  withScope,
} from "../../(_scores)/ScoreParts.tsx";
import { causesOf } from "../../scores/(_components)/ChangesPanel.tsx";
import type { AssetScore } from "./asset_score.ts";

export interface AssetScoreProps {
  readonly name: string;
  readonly score: AssetScore;
}

/** How we judge the asset: score, interval, rank, letter and pillars. */
export function ScorecardPanel({ name, score: { detail, ...score } }: AssetScoreProps) {
  const { method, scope } = score;
  return (
    <Panel
      id="scorecard"
      title="Scorecard"
      note={`method ${method.version}`}
      actions={<a class="btn" data-size="s" href={withScope("/scores", scope)}>Ranking</a>}
    >
      {detail === null
        ? (
          <EmptyState icon="score" title="Not scored">
            {score.reason ?? "It has no daily candles"}.
          </EmptyState>
        )
        : <Card name={name} detail={detail} score={score} />}
    </Panel>
  );
}

interface CardProps {
  readonly name: string;
  readonly detail: ScoreDetail;
  readonly score: Omit<AssetScore, "detail">;
}

function Card({ name, detail, score: { method, scope, isOld } }: CardProps) {
  const { card, run } = detail;
  const { assetId, score, band, coverage } = card;
  return (
    <>
      <div class="quote">
        <b>
          {score === null
            ? <Unknown reason={whyUnscored({ card, method })} />
            : (
              <ExplainedScore figure="score" assetId={assetId} scope={scope}>
                {formatScore(score)}
              </ExplainedScore>
            )}
        </b>
        {band === null ? null : <span class="second">{formatBand(band)}</span>}
        <Place detail={detail} scope={scope} />
        <span class="muted">
          grade <GradeMark grade={card.grade} />
        </span>
      </div>
      {score === null ? null : <WideBand name={name} score={score} band={band} />}
      {scope.asof === null ? null : (
        <p class="score-history">
          <Badge
            kind={isOld ? "stale" : "plain"}
            title={isOld ? "No newer daily candle of it is stored" : "As the address asks for"}
          >
            As of {formatDay(Date.parse(run.day))}
          </Badge>
        </p>
      )}
      <ChangeAndHistory detail={detail} />
      <Pillars card={card} scope={scope} />
      <SourceLine
        state={isOld ? "stale" : stateOfCards([card])}
        parts={[
          <ExplainedScore key="coverage" figure="score_coverage" assetId={assetId} scope={scope}>
            coverage {formatShare(coverage)}
          </ExplainedScore>,
          card.source,
          <Moment key="asof" at={card.asof} />,
        ]}
      />
    </>
  );
}

/** Each pillar with its weight; those without data say why. */
function Pillars(
  { card, scope }: Pick<ScoreDetail, "card"> & Pick<AssetScore, "scope">,
) {
  const { assetId } = card;
  return (
    <table class="table narrow">
      <caption class="sr">Pillars</caption>
      <thead>
        <tr>
          <th scope="col">Pillar</th>
          <th scope="col" class="num">Weight</th>
          <th scope="col" class="num">Score</th>
        </tr>
      </thead>
      <tbody>
        {card.pillars.map((pillar) => (
          <tr key={pillar.id}>
            <th scope="row">{pillar.label}</th>
            <td class="num">
              {pillar.usedWeight === null
                ? <span class="muted" title={whyMissing(pillar)}>shared</span>
                : formatShare(pillar.usedWeight)}
            </td>
            <td class="num">
              <PillarMark pillar={pillar} assetId={assetId} scope={scope} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Place(
  { detail: { card, run }, scope }: Pick<CardProps, "detail"> & Pick<AssetScore, "scope">,
) {
  const { rank, rankInterval, outside, assetId } = card;
  if (rank === null) return <span class="muted">{outside ?? "not ranked"}</span>;
  return (
    <span class="muted">
      <ExplainedScore figure="score_rank" assetId={assetId} scope={scope}>
        rank {rank}
        {rankInterval === null ? null : ` (${formatRanks(rankInterval)})`}
      </ExplainedScore>{" "}
      of {run.universe.length}
    </span>
  );
}

/** What moved since the day before, and the line of stored runs. */
function ChangeAndHistory({ detail: { change, history } }: Pick<CardProps, "detail">) {
  const scores = history.map(({ score }) => score);
  const isDrawn = scores.filter((score) => score !== null).length >= 2;
  return (
    <div class="score-history">
      <span>
        {change?.score === null || change === null
          ? <Unknown reason="the day before has no score" />
          : (
            <span title={causesOf(change)}>
              <ScoreChangeMark points={change.score} />
            </span>
          )} <span class="muted">since the day before</span>
      </span>
      <span>
        <span class="muted">{isDrawn ? `${scores.length} days` : "history"}</span> {isDrawn
          ? <Sparkline name="Score" values={scores} />
          : <Unknown reason="fewer than two runs of it are stored up to that day" />}
      </span>
    </div>
  );
}
