import { Unknown } from "../../../components/figures/Figures.tsx";
import { formatShare } from "../../../components/format/number.ts";
import { formatBand, formatRanks } from "../../../components/scores/score_text.ts";
import { ScoreBand } from "../../../components/scores/ScoreBand.tsx";
import { defaultScoreOrder, type ScoreSort } from "../../../services/scores/mod.ts";
import { ExplainedScore, GradeMark, PillarMark, withScope } from "../../(_scores)/ScoreParts.tsx";
import type { ScoreLine, ScoresData } from "./read_scores.ts";
import { SORT_LABELS } from "./ScoresHeader.tsx";
import { scoresHref, type ScoresView } from "./scores_view.ts";

/** The ranked assets of a view, with score, interval, rank interval, letter and pillars. */
export function BoardTable({ ranked, view, method }: ScoresData) {
  return (
    <table class="table two-line board" data-keys data-table="scores">
      <caption class="sr">Assets by score</caption>
      <thead>
        <tr>
          <SortHeader view={view} sort="rank" priority={2} />
          <SortHeader view={view} sort="name" label="Asset" />
          <SortHeader view={view} sort="score" />
          <th scope="col" class="num" data-col="interval" data-pri="2">Interval</th>
          <th scope="col" class="num" data-col="ranks">Rank interval</th>
          <th scope="col" data-col="grade" data-pri="3">Grade</th>
          {method.pillars.map(({ id }) => (
            <SortHeader key={id} view={view} sort={id} priority={pillarPriority(id)} />
          ))}
          <SortHeader view={view} sort="coverage" priority={4} />
        </tr>
      </thead>
      <tbody>
        {ranked.map((line) => <BoardRow key={line.card.assetId} line={line} view={view} />)}
      </tbody>
    </table>
  );
}

/** Pillars that most sources have nothing for give way first. */
function pillarPriority(id: string): number {
  return id === "network" || id === "sentiment" ? 4 : 3;
}

interface SortHeaderProps {
  readonly view: ScoresView;
  readonly sort: ScoreSort;
  readonly label?: string;
  readonly priority?: number;
}

function SortHeader({ view, sort, label = SORT_LABELS[sort], priority }: SortHeaderProps) {
  const isOwn = view.sort === sort;
  const state = !isOwn ? "none" : view.order === "asc" ? "ascending" : "descending";
  const order = isOwn ? (view.order === "asc" ? "desc" : "asc") : defaultScoreOrder(sort);
  return (
    <th
      scope="col"
      class={sort === "name" ? undefined : "num"}
      aria-sort={state}
      data-col={sort}
      data-pri={priority}
    >
      {/* The framework marks links to this path as the current page, which a sort is not. */}
      <a aria-current="false" href={scoresHref({ ...view, sort, order })}>{label}</a>
    </th>
  );
}

function BoardRow({ line, view }: { readonly line: ScoreLine; readonly view: ScoresView }) {
  const { card, label } = line;
  const { assetId, rank, rankInterval } = card;
  return (
    <tr data-search={`${label.name} ${label.symbol} ${assetId}`.toLowerCase()}>
      <td class="num" data-pri="2">
        <ExplainedScore figure="score_rank" assetId={assetId} scope={view}>{rank}</ExplainedScore>
      </td>
      <th scope="row" data-p="name">
        <span class="name">
          <a href={withScope(`/assets/${encodeURIComponent(assetId)}`, view)}>{label.name}</a>
          <small>{label.symbol}</small>
        </span>
      </th>
      <ScoreCells line={line} view={view} />
      <td class="num" data-p="change">
        <span class="sub">{`Rank ${rank}, within `}</span>
        {rankInterval === null
          ? <Unknown reason="the draws gave no rank" />
          : <span class="second">{formatRanks(rankInterval)}</span>}
      </td>
      <td data-pri="3">
        <GradeMark grade={card.grade} />
      </td>
      {card.pillars.map((pillar) => (
        <td key={pillar.id} class="num" data-pri={pillarPriority(pillar.id)}>
          <PillarMark pillar={pillar} assetId={assetId} scope={view} />
        </td>
      ))}
      <td class="num" data-pri="4">
        <ExplainedScore figure="score_coverage" assetId={assetId} scope={view}>
          {formatShare(card.coverage)}
        </ExplainedScore>
      </td>
    </tr>
  );
}

function ScoreCells({ line: { card, label }, view }: {
  readonly line: ScoreLine;
  readonly view: ScoresView;
}) {
  const { score, band, grade, assetId } = card;
  if (score === null) return null;
  return (
    <>
      <td class="num" data-p="value">
        <ExplainedScore figure="score" assetId={assetId} scope={view}>
          <ScoreBand name={label.name} score={score} band={band} />
        </ExplainedScore>
      </td>
      <td class="num" data-p="detail" data-pri="2">
        {grade === null ? null : (
          <span class="sub">
            Grade <GradeMark grade={grade} />
          </span>
        )}
        {band === null
          ? <Unknown reason="the draws gave no interval" />
          : <span class="second">{formatBand(band)}</span>}
      </td>
    </>
  );
}
