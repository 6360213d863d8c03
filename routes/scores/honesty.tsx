import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { Moment } from "../../components/figures/Moment.tsx";
import { formatCounted } from "../../components/format/number.ts";
import { formatDay } from "../../components/format/time.ts";
import { Icon } from "../../components/Icon.tsx";
import { Menu } from "../../components/shell/Menu.tsx";
import { Panel, SourceLine } from "../../components/states/Panel.tsx";
import { Banner, EmptyState } from "../../components/states/States.tsx";
import {
  type Honesty,
  type Horizon,
  HORIZONS,
  type ScoreMethod,
} from "../../services/scores/mod.ts";
import { withScope } from "../(_scores)/ScoreParts.tsx";
import { define } from "../page_state.ts";
import { HonestyTable } from "./(_components)/HonestyTable.tsx";
import { readWhen } from "./(_components)/read_scores.ts";
import { readScoresView, scoresHref, type ScoresView } from "./(_components)/scores_view.ts";

interface HonestyData {
  readonly view: ScoresView;
  readonly honesty: Honesty;
  readonly method: ScoreMethod;
  readonly methods: readonly ScoreMethod[];
  readonly notes: readonly string[];
}

export const handler = define.handlers({
  async GET(ctx) {
    const { scores } = ctx.state;
    const asked = readScoresView(ctx.url);
    const { notes, ...when } = readWhen(asked, scores);
    return page<HonestyData>({
      view: { ...asked, method: when.method, asof: when.asof === undefined ? null : asked.asof },
      honesty: await scores.getHonesty(when),
      method: scores.getMethod(when.method),
      methods: scores.listMethods(),
      notes,
    });
  },
});

/** Did past scores foresee what came after? */
export default define.page<typeof handler>(function HonestyPage({ data }) {
  const { view, honesty, method, methods, notes } = data;
  return (
    <>
      <Head>
        <title>Do scores foresee returns? · Tokenlysis</title>
        <meta
          name="description"
          content="Rank correlation of each pillar of the scores with later returns, whatever it is."
        />
        <link rel="stylesheet" href={asset("/styles/scores.css")} />
      </Head>
      <header class="page-head">
        <div>
          <h1>Do scores foresee returns?</h1>
          <p class="asof">
            <span>{spanOf(honesty)}</span>
            {honesty.measuredAt !== null && (
              <span>
                measured <Moment at={honesty.measuredAt} />
              </span>
            )}
            <span>{method.label}, {method.version}</span>
            <span>
              <a href={scoresHref(view)}>To the ranking</a>
            </span>
          </p>
        </div>
        <div class="scope">
          <Menu
            label="Method"
            value={view.method}
            items={methods.map(({ version, label }) => ({
              label: `${version}: ${label}`,
              href: scoresHref({ ...view, method: version }, "/scores/honesty"),
              isCurrent: version === view.method,
            }))}
          />
          <a class="btn" href={withScope("/api/scores/honesty", view)}>
            <Icon name="code" /> JSON
          </a>
        </div>
      </header>
      {notes.map((note) => <Banner key={note} kind="info">{note}.</Banner>)}
      {honesty.pending > 0 && (
        <Banner kind="info">
          {formatCounted(honesty.pending, "day")} {honesty.pending === 1 ? "is" : "are"}{" "}
          still to be measured, which goes on in the background: until then the figures are of the
          others. Read this page again in a minute.
        </Banner>
      )}
      <div class="grid">
        {HORIZONS.map((horizon) => (
          <div key={horizon}>
            <RelationsPanel {...data} horizon={horizon} />
          </div>
        ))}
        <div class="c-8 m-12">
          <ReadingPanel />
        </div>
      </div>
    </>
  );
});

function spanOf({ from, to }: Honesty): string {
  if (from === null || to === null) return "No day is stored";
  return `${formatDay(Date.parse(from))} to ${formatDay(Date.parse(to))}`;
}

function RelationsPanel({ honesty, method, horizon }: HonestyData & { readonly horizon: Horizon }) {
  const rows = honesty.rows.filter((row) => row.horizon === horizon);
  return (
    <Panel
      id={`relations-${horizon}`}
      title={`Scores against the next ${horizon} days`}
      note="line: −0.5 to +0.5; bar: 95 % interval"
    >
      {rows.some(({ n }) => n > 0)
        ? <HonestyTable rows={rows} horizon={horizon} method={method} />
        : honesty.pending > 0
        ? (
          <EmptyState icon="clock" title="Not measured yet">
            No day has been held against what followed so far.
          </EmptyState>
        )
        : (
          <EmptyState icon="clock" title="Too little history">
            A day counts once five ranked assets have a score on it and a price {horizon}{" "}
            days later.
          </EmptyState>
        )}
      <SourceLine
        parts={[
          spanOf(honesty),
          `days ${horizon} apart, so that no return counts twice`,
          "at least 5 assets a day",
          "published also when near 0",
        ]}
      />
    </Panel>
  );
}

function ReadingPanel() {
  return (
    <Panel id="reading" title="How to read this">
      <p class="lede">
        On each day the assets are put in order twice: by the score of that day, and by the return
        of the 7 or 30 days after it. +1 means that both orders are the same, −1 that one is the
        other upside down, 0 that they have nothing to do with each other (Spearman). The figure is
        the mean over all days; its interval is 1.96 standard errors to either side.
      </p>
      <p class="lede mt-2">
        An interval that holds 0 says that no relation was seen. "The same way" means that higher
        scores went with higher returns, "the other way" with lower ones. Either is a tendency over
        many days and assets, not a forecast for one. The assets here are those whose history is
        stored, which leaves out many that failed. A score describes what an asset is like; it does
        not tell what to buy.
      </p>
    </Panel>
  );
}
