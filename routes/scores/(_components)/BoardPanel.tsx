import { Moment } from "../../../components/figures/Moment.tsx";
import { Unknown } from "../../../components/figures/Figures.tsx";
import { formatCount, formatShare } from "../../../components/format/number.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import { type FilterPill, FilterPills } from "../../../components/table/FilterPills.tsx";
import { CsvLink } from "../../../components/table/PanelLinks.tsx";
import TableTools from "../../../islands/TableTools.tsx";
import { ScoreBand } from "../../../components/scores/ScoreBand.tsx";
import { whyUnscored } from "../../../services/scores/mod.ts";
import { ExplainedScore, stateOfCards, withScope } from "../../(_scores)/ScoreParts.tsx";
import { BoardTable } from "./BoardTable.tsx";
import type { ScoresData } from "./read_scores.ts";
import { scoresFields, scoresHref } from "./scores_view.ts";

/** Who ranks where, and how sure that is. */
export function BoardPanel(data: ScoresData) {
  const { run, ranked, method, view } = data;
  const cards = ranked.map(({ card }) => card);
  const sources = [...new Set(cards.map(({ source }) => source))];
  const { draws } = method.uncertainty;
  return (
    <Panel
      id="ranking"
      title="Ranking"
      note="tick: score; bar: interval"
      actions={<Actions {...data} />}
    >
      <FilterPills pills={pillsOf(view)} />
      <div data-region="ranking">
        {ranked.length === 0 ? <NothingRanked {...data} /> : <BoardTable {...data} />}
        <SourceLine
          state={stateOfCards(cards)}
          parts={[
            sources.length > 2 ? `${sources.length} sources` : sources.join(", ") || "no source",
            "1d",
            run === null
              ? "no run"
              : `${formatCount(ranked.length)} of ${formatCount(run.universe.length)} ranked`,
            `interval: ${bandWords(method.uncertainty.band)} of ${draws} seeded draws`,
            run === null ? "no as-of" : <Moment key="asof" at={run.asof} />,
            <a key="honesty" href={scoresHref(view, "/scores/honesty")}>
              Do scores foresee returns?
            </a>,
          ]}
        />
      </div>
    </Panel>
  );
}

function bandWords([low, high]: readonly [number, number]): string {
  return `${Math.round(low * 100)}th to ${Math.round(high * 100)}th percentile`;
}

/** Filter, row height and export. One form, so that all of it works without scripts. */
function Actions({ view }: ScoresData) {
  return (
    <form class="table-tools" method="get" action="/scores" role="search" aria-label="Scores">
      {scoresFields(view).filter(([name]) => name !== "q").map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <TableTools table="scores" query={view.query} />
      <CsvLink href={scoresHref(view, "/scores.csv")} />
    </form>
  );
}

/** What of the ranking is filtered. */
function pillsOf(view: ScoresData["view"]): readonly FilterPill[] {
  const { theme, query } = view;
  return [
    { label: `Theme: ${theme}`, isSet: theme !== null, without: { theme: null } },
    { label: `Named "${query}"`, isSet: query !== "", without: { query: "" } },
  ].flatMap(({ label, isSet, without }) =>
    isSet ? [{ label, hrefWithout: scoresHref({ ...view, ...without }) }] : []
  );
}

/** An empty ranking: filtered away, or nothing to rank. */
function NothingRanked({ view, run, method }: ScoresData) {
  if (view.theme !== null || view.query !== "") {
    return (
      <EmptyState
        icon="filter"
        title="No ranked asset fits this filter"
        actions={
          <a class="btn" href={scoresHref({ ...view, theme: null, query: "" })}>Clear the filter</a>
        }
      >
        Neither the theme nor a name here is what was asked for. Assets apart stand below.
      </EmptyState>
    );
  }
  const { min_daily_candles, min_median_volume_usd } = method.universe;
  return (
    <EmptyState icon="database" title={run === null ? "Nothing is scored" : "Nobody is ranked"}>
      An asset is ranked from {min_daily_candles} daily candles and a median of{" "}
      {formatCount(min_median_volume_usd)} USD traded a day on.{" "}
      {run === null ? "No day with candles is stored up to then." : "The others stand below."}
    </EmptyState>
  );
}

/** Assets without a rank, each with its reason: none of them is silently left out. */
export function ApartPanel({ unranked, view, method }: ScoresData) {
  if (unranked.length === 0) return null;
  return (
    <Panel
      id="apart"
      title="Apart from the ranking"
      note="measured against the ranked assets, without changing them"
    >
      <div data-region="apart">
        <table class="table two-line">
          <caption class="sr">Assets without a rank</caption>
          <thead>
            <tr>
              <th scope="col">Asset</th>
              <th scope="col" class="num">Score</th>
              <th scope="col" class="num" data-pri="2">Coverage</th>
              <th scope="col">Reason</th>
            </tr>
          </thead>
          <tbody>
            {unranked.map((line) => (
              <ApartRow key={line.card.assetId} line={line} view={view} method={method} />
            ))}
          </tbody>
        </table>
        <SourceLine
          state={stateOfCards(unranked.map(({ card }) => card))}
          parts={[
            `${formatCount(unranked.length)} assets`,
            `scored from ${formatShare(method.min_coverage)} coverage on`,
          ]}
        />
      </div>
    </Panel>
  );
}

function ApartRow(
  { line: { card, label }, view, method }: {
    readonly line: ScoresData["unranked"][number];
  } & Pick<ScoresData, "view" | "method">,
) {
  const { assetId } = card;
  return (
    <tr>
      <th scope="row" data-p="name">
        <span class="name">
          <a href={withScope(`/assets/${encodeURIComponent(assetId)}`, view)}>{label.name}</a>
          <small>{label.symbol}</small>
        </span>
      </th>
      <td class="num" data-p="value">
        {card.score === null
          ? <Unknown reason={whyUnscored({ card, method })} />
          : (
            <ExplainedScore figure="score" assetId={assetId} scope={view}>
              <ScoreBand name={label.name} score={card.score} band={card.band} />
            </ExplainedScore>
          )}
      </td>
      <td class="num" data-pri="2">
        <ExplainedScore figure="score_coverage" assetId={assetId} scope={view}>
          {formatShare(card.coverage)}
        </ExplainedScore>
      </td>
      <td data-p="detail">{card.outside ?? whyUnscored({ card, method })}</td>
    </tr>
  );
}
