import { Moment } from "../../../components/figures/Moment.tsx";
import { formatCount } from "../../../components/format/number.ts";
import { Badge, Banner } from "../../../components/states/States.tsx";
import { Menu, type MenuItem } from "../../../components/shell/Menu.tsx";
import { MomentForm } from "../../../components/shell/MomentForm.tsx";
import RecalculateScores from "../../../islands/RecalculateScores.tsx";
import { SCORE_SORTS, type ScoreSort } from "../../../services/scores/mod.ts";
import { withScope } from "../../(_scores)/ScoreParts.tsx";
import type { ScoresData } from "./read_scores.ts";
import { scoresFields, scoresHref } from "./scores_view.ts";

/** What columns are called. */
export const SORT_LABELS: Readonly<Record<ScoreSort, string>> = {
  rank: "Rank",
  score: "Score",
  coverage: "Coverage",
  name: "Name",
  liquidity: "Liquidity",
  market: "Market",
  risk: "Risk",
  network: "Network",
  supply: "Supply",
  sentiment: "Sentiment",
};

/** Title, as-of and scope of the board, and the controls that make scores anew. */
export function ScoresHeader(data: ScoresData) {
  const { view, run, method, notes } = data;
  const isDemo = run?.cards.some((card) => card.isDemo) ?? false;
  return (
    <>
      <header class="page-head">
        <div>
          <h1>
            Scores
            {isDemo
              ? (
                <Badge kind="demo" title="Scores of a market that is made by the product">
                  Demo data
                </Badge>
              )
              : null}
          </h1>
          <p class="asof" data-region="scores-asof">
            {run === null ? <span>No day is scored</span> : (
              <>
                <span>
                  <Moment at={run.asof} />
                </span>
                <span>{formatCount(run.universe.length)} ranked</span>
                <span>{formatCount(run.cards.length - run.universe.length)} apart</span>
              </>
            )}
            <span>{method.label}, {method.version}</span>
          </p>
        </div>
        <div class="scope">
          <Menu label="Theme" value={view.theme ?? "All"} items={themeItems(data)} />
          <Menu label="Method" value={view.method} items={methodItems(data)} />
          <Menu
            class="narrow-only"
            label="Sort"
            value={SORT_LABELS[view.sort]}
            items={sortItems(data)}
          />
          <MomentForm
            action="/scores"
            asof={view.asof}
            fields={scoresFields(view)}
            newestHref={scoresHref({ ...view, asof: null })}
          />
          <RecalculateScores path={withScope("/api/tasks/recalculate", view)} />
        </div>
      </header>
      {notes.map((note) => <Banner key={note} kind="info">{note}.</Banner>)}
    </>
  );
}

function themeItems({ view, themes }: ScoresData): MenuItem[] {
  return [null, ...themes].map((theme) => ({
    label: theme ?? "All",
    href: scoresHref({ ...view, theme }),
    isCurrent: theme === view.theme,
  }));
}

function methodItems({ view, methods }: ScoresData): MenuItem[] {
  return methods.map(({ version, label }) => ({
    label: `${version}: ${label}`,
    href: scoresHref({ ...view, method: version }),
    isCurrent: version === view.method,
  }));
}

/** A phone shows no column headers, so it sorts from a menu. */
function sortItems({ view }: ScoresData): MenuItem[] {
  return SCORE_SORTS.map((sort) => ({
    label: SORT_LABELS[sort],
    href: scoresHref({ ...view, sort, order: sort === "rank" || sort === "name" ? "asc" : "desc" }),
    isCurrent: sort === view.sort,
  }));
}
