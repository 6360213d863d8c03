import { Moment } from "../../components/figures/Moment.tsx";
import { Unknown } from "../../components/figures/Figures.tsx";
import { formatCount } from "../../components/format/number.ts";
import { formatBand, formatRanks } from "../../components/scores/score_text.ts";
import { ScoreBand } from "../../components/scores/ScoreBand.tsx";
import { Panel, SourceLine } from "../../components/states/Panel.tsx";
import { EmptyState } from "../../components/states/States.tsx";
import RefreshScores from "../../islands/RefreshScores.tsx";
import { type AssetLabel, labelOf, type MarketService } from "../../services/market/mod.ts";
import {
  DEFAULT_METHOD,
  listCards,
  type Scorecard,
  type ScoreChange,
  type ScoreRun,
  type ScoreService,
} from "../../services/scores/mod.ts";
import {
  ExplainedScore,
  GradeMark,
  ScoreChangeMark,
  type ScoreScope,
  stateOfCards,
} from "../(_scores)/ScoreParts.tsx";

/** Lines of the panel. */
const TOP = 3;
const SCOPE: ScoreScope = { method: DEFAULT_METHOD, asof: null };

interface TopLine {
  readonly card: Scorecard;
  readonly label: AssetLabel;
  readonly change: ScoreChange | null;
}

/** The first ranks of the newest day. */
export interface TopScoresData {
  readonly run: ScoreRun | null;
  readonly lines: readonly TopLine[];
}

/** Reads the first ranks of the newest day, with what moved since the day before. */
export async function readTopScores(
  { scores, market }: { readonly scores: ScoreService; readonly market: MarketService },
): Promise<TopScoresData> {
  const [{ run }, changes] = await Promise.all([scores.getBoard(), scores.listChanges()]);
  const labels = new Map<string, AssetLabel>(
    market.listAssets().map((asset) => [asset.id, labelOf(asset)]),
  );
  const cards = listCards(run?.cards ?? [], { labels, sort: "rank" })
    .filter(({ rank }) => rank !== null).slice(0, TOP);
  const lines = cards.flatMap((card): TopLine[] => {
    const label = labels.get(card.assetId);
    const change = changes.find(({ assetId }) => assetId === card.assetId) ?? null;
    return label === undefined ? [] : [{ card, label, change }];
  });
  return { run, lines };
}

/** Who scores best, how sure that is, and what moved since the day before. */
export function TopScores({ run, lines }: TopScoresData) {
  return (
    <Panel
      id="top-scores"
      title="Highest scores"
      note={run === null
        ? undefined
        : `${lines.length} of ${formatCount(run.universe.length)} ranked`}
      actions={
        <>
          <RefreshScores />
          <a class="btn" data-size="s" href="/scores">All scores</a>
        </>
      }
    >
      <div data-region="top-scores">
        {lines.length === 0
          ? (
            <EmptyState icon="score" title="Nobody is ranked yet">
              An asset is ranked once enough of its daily candles are stored.
            </EmptyState>
          )
          : (
            <table class="table two-line board">
              <caption class="sr">Assets with the highest scores</caption>
              <thead>
                <tr>
                  <th scope="col" class="num" data-col="rank" data-pri="2">Rank</th>
                  <th scope="col" data-col="name">Asset</th>
                  <th scope="col" class="num" data-col="score">Score</th>
                  <th scope="col" class="num" data-col="interval" data-pri="5">Interval</th>
                  <th scope="col" class="num" data-col="ranks" data-pri="3">Rank interval</th>
                  <th scope="col" data-col="grade" data-pri="2">Grade</th>
                  <th scope="col" class="num" data-col="change">
                    Change<span class="sr">since the day before</span>
                  </th>
                </tr>
              </thead>
              <tbody>{lines.map((line) => <TopRow key={line.card.assetId} {...line} />)}</tbody>
            </table>
          )}
        <SourceLine
          state={stateOfCards(lines.map(({ card }) => card))}
          parts={[
            [...new Set(lines.map(({ card }) => card.source))].join(", ") || "no source",
            "1d",
            `method ${DEFAULT_METHOD}`,
            run === null ? "no as-of" : <Moment key="asof" at={run.asof} />,
          ]}
        />
      </div>
    </Panel>
  );
}

function TopRow({ card, label, change }: TopLine) {
  const { assetId, rank, score, band, rankInterval } = card;
  return (
    <tr>
      <td class="num" data-pri="2">
        <ExplainedScore figure="score_rank" assetId={assetId} scope={SCOPE}>{rank}</ExplainedScore>
      </td>
      <th scope="row" data-p="name">
        <span class="name">
          <a href={`/assets/${encodeURIComponent(assetId)}`}>{label.name}</a>
          <small>{label.symbol}</small>
        </span>
      </th>
      <td class="num" data-p="value">
        {score === null ? null : (
          <ExplainedScore figure="score" assetId={assetId} scope={SCOPE}>
            <ScoreBand name={label.name} score={score} band={band} />
          </ExplainedScore>
        )}
      </td>
      <td class="num" data-p="detail" data-pri="5">
        <span class="sub">Interval</span>
        {band === null
          ? <Unknown reason="the draws gave no interval" />
          : <span class="second">{formatBand(band)}</span>}
      </td>
      <td class="num" data-pri="3">
        {rankInterval === null
          ? <Unknown reason="the draws gave no rank" />
          : <span class="second">{formatRanks(rankInterval)}</span>}
      </td>
      <td data-pri="2">
        <GradeMark grade={card.grade} />
      </td>
      <td class="num" data-p="change">
        {change === null || change.score === null
          ? <Unknown reason="the day before has no score" />
          : <ScoreChangeMark points={change.score} />}
      </td>
    </tr>
  );
}
