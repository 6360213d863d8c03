import { Unknown } from "../../../components/figures/Figures.tsx";
import { formatCount } from "../../../components/format/number.ts";
import { formatDay } from "../../../components/format/time.ts";
import { formatScoreChange } from "../../../components/scores/score_text.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import { ScoreChangeMark, withScope } from "../../(_scores)/ScoreParts.tsx";
import type { ScoreChange } from "../../../services/scores/mod.ts";
import type { ScoresData } from "./read_scores.ts";

/** Lines of the panel; the API has all of them. */
const MAX_LINES = 10;
/** Metrics named as the cause of a change. */
const MAX_CAUSES = 2;

/** What moved since the day before, and by which metrics. */
export function ChangesPanel({ changes, view }: ScoresData) {
  const moved = changes.filter(isNews);
  const [first] = changes;
  return (
    <Panel
      id="changes"
      title="What changed since the day before"
      note={first === undefined ? undefined : `${dayText(first.from)} to ${dayText(first.to)}`}
    >
      <div data-region="changes">
        {moved.length === 0
          ? (
            <EmptyState icon="clock" title="Nothing changed">
              {first === undefined
                ? "The day before has no scores to compare with."
                : "All scores, ranks and grades are those of the day before."}
            </EmptyState>
          )
          : (
            <table class="table two-line">
              <caption class="sr">Assets whose score moved most</caption>
              <thead>
                <tr>
                  <th scope="col">Asset</th>
                  <th scope="col" class="num">Points</th>
                  <th scope="col" class="num">Places</th>
                  <th scope="col" data-pri="2">Grade</th>
                  <th scope="col">Most by</th>
                </tr>
              </thead>
              <tbody>
                {moved.slice(0, MAX_LINES).map((change) => (
                  <tr key={change.assetId}>
                    <th scope="row" data-p="name">
                      <span class="name">
                        <a
                          href={withScope(`/assets/${encodeURIComponent(change.assetId)}`, view)}
                        >
                          {change.label.name}
                        </a>
                        <small>{change.label.symbol}</small>
                      </span>
                    </th>
                    <td class="num" data-p="value">
                      <Points {...change} />
                    </td>
                    <td class="num" data-p="change">
                      <Places gained={change.ranksGained} />
                    </td>
                    <td data-pri="2">
                      <Letters {...change} />
                    </td>
                    <td data-p="detail" class="causes">{causesOf(change)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        <Signature moved={moved} view={view} />
      </div>
    </Panel>
  );
}

function isNews({ score, event, letterBefore, letterAfter }: ScoreChange): boolean {
  return (score !== null && score !== 0) || event !== null || letterBefore !== letterAfter;
}

/** How many of those that changed are listed, and where all of them are. */
function Signature({ moved, view }: Pick<ScoresData, "view"> & {
  readonly moved: readonly Pick<ScoreChange, "event">[];
}) {
  return (
    <SourceLine
      parts={[
        ...moved.length === 0
          ? []
          : [`${Math.min(moved.length, MAX_LINES)} of ${moved.length} that changed`],
        ...eventWords(moved),
        "the points of an asset's metrics add up to its change exactly",
        <a key="json" href={withScope("/api/scores/changes", view)}>all as JSON</a>,
      ]}
    />
  );
}

/** They have no change to be sorted by, so that the lines may not reach to them. */
function eventWords(changes: readonly Pick<ScoreChange, "event">[]): readonly string[] {
  const count = (event: ScoreChange["event"]) =>
    changes.filter((change) => change.event === event).length;
  const [came, left] = [count("entered"), count("left")];
  return [
    ...came === 0 ? [] : [`${formatCount(came)} newly scored`],
    ...left === 0 ? [] : [`${formatCount(left)} without a score now`],
  ];
}

function dayText(day: string): string {
  return formatDay(Date.parse(day));
}

function Points({ score, event }: Pick<ScoreChange, "score" | "event">) {
  if (score !== null) return <ScoreChangeMark points={score} />;
  if (event === "entered") return <>newly scored</>;
  return <Unknown reason="no score any more: too little data" />;
}

/** Places gained or lost; a dash where one of the days has no rank. */
function Places({ gained }: { readonly gained: number | null }) {
  if (gained === null) return <Unknown reason="one of the days has no rank" />;
  if (gained === 0) return <span class="muted">same</span>;
  const direction = gained > 0 ? "up" : "down";
  return (
    <span class="delta" data-dir={direction}>
      {Math.abs(gained)}
      <span class="sr">{Math.abs(gained) === 1 ? " place" : " places"}, {direction}</span>
    </span>
  );
}

/** A letter, or the one before and the one after. */
function Letters({ letterBefore, letterAfter }: Pick<ScoreChange, "letterBefore" | "letterAfter">) {
  const letter = letterAfter ?? letterBefore;
  if (letter === null) return <Unknown reason="neither day has a grade" />;
  if (letterBefore === letterAfter) return <span class="muted">{letter}</span>;
  return <>{letterBefore ?? "none"} → {letterAfter ?? "none"}</>;
}

/**
 * The metrics that moved a score most: `Log return, 7 days −1.25`. One that was not counted on one
 * of the days says so: it did not move, it came or went.
 */
export function causesOf({ metrics }: Pick<ScoreChange, "metrics">): string {
  return metrics.slice(0, MAX_CAUSES).map(({ label, points, addedBefore, addedAfter }) => {
    const event = addedBefore === null ? ", new" : addedAfter === null ? ", missing now" : "";
    return `${label} ${formatScoreChange(points)}${event}`;
  }).join("; ");
}
