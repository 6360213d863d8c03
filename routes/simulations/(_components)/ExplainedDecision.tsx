import { Fiat, Unknown } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { formatDecimal, formatShare } from "../../../components/format/number.ts";
import { formatDay } from "../../../components/format/time.ts";
import { SourceLine } from "../../../components/states/Panel.tsx";
import { Badge } from "../../../components/states/States.tsx";
import {
  type DecisionEvidence,
  nameOf,
  type ScorePart,
  type SeenPool,
} from "../../../services/defi/mod.ts";
import { PoolName } from "./ResultPanels.tsx";
import { leftOutWords } from "./left_out_words.ts";

const ROLES: Readonly<Record<SeenPool["role"], string>> = {
  enter: "Enter",
  keep: "Keep",
  leave: "Leave",
  pass: "Passed by",
};

/** The rows that a decision stands on, each with its score taken apart. */
export function ExplainedDecision({ evidence }: { readonly evidence: DecisionEvidence }) {
  const { decision, seen } = evidence;
  const named = seen.filter(({ role }) => role !== "pass");
  return (
    <article
      class="overlay-body explanation"
      id="explanation"
      data-label={`Decision of ${formatDay(decision.at)}`}
    >
      <div>
        <p class="lede">{decision.reason}.</p>
        <SourceLine
          state="sim"
          parts={[
            <span key="decided">
              decided <Moment at={decision.at} />
            </span>,
            decision.actedAt === null ? "not carried out" : (
              <>
                carried out <Moment at={decision.actedAt} />
              </>
            ),
            "no row below was known later than the decision",
          ]}
        />
      </div>
      <div>
        <h3>Ranking of that step</h3>
        <Ranking seen={seen} at={decision.at} />
        <p class="hint">
          {decision.kind === "closed" ? "" : leftOutWords(decision.eligible, decision.excluded)}
        </p>
      </div>
      {named.map((pool) => <ScoreParts key={pool.poolId} seen={pool} />)}
      <div>
        <h3>Rounding</h3>
        <p class="second">
          Each score is measured again here from the rows up to the reading alone, and rounded for
          display alone.
        </p>
      </div>
    </article>
  );
}

function Ranking({ seen, at }: Pick<DecisionEvidence, "seen"> & { readonly at: number }) {
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label="Ranking of that step, scrollable">
      <table class="table" data-density="dense">
        <caption class="sr">Pools as they were known at the decision, best first</caption>
        <thead>
          <tr>
            <th scope="col">Pool</th>
            <th scope="col" class="num">Rank</th>
            <th scope="col" class="num">Score</th>
            <th scope="col">Decision</th>
            <th scope="col" class="num">Base APY</th>
            <th scope="col">Read</th>
            <th scope="col">Known</th>
            <th scope="col">Source</th>
          </tr>
        </thead>
        <tbody>
          {seen.map((one) => (
            <tr key={one.poolId}>
              <th scope="row">
                <PoolName pool={one.pool} id={one.poolId} at={at} />
              </th>
              <td class="num">{one.rank ?? <Unknown reason="It could not be had" />}</td>
              <td class="num">
                {one.score === null || one.score.score === null
                  ? <Unknown reason={one.score?.reason ?? "No reading was known"} />
                  : formatDecimal(one.score.score, 2)}
              </td>
              <td>{ROLES[one.role]}</td>
              <td class="num">
                {one.metrics === null
                  ? <Unknown reason="No reading was known" />
                  : formatShare(one.metrics.supplyApy)}
              </td>
              <td>
                <Time at={one.readingAt} />
              </td>
              <td>
                <Time at={one.knownAt} />
              </td>
              <td>{one.source ?? <Unknown reason="No reading was known" />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Time({ at }: { readonly at: number | null }) {
  return at === null ? <Unknown reason="No reading was known" /> : <Moment at={at} />;
}

/** What was measured, in its unit; a part without a number is what its unit says. */
function Measured({ part: { value, unit, result, reason } }: { readonly part: ScorePart }) {
  if (value === null) return result === null ? <Unknown reason={reason} /> : <>{unit}</>;
  if (unit === "fraction") return <>{formatShare(value)}</>;
  if (unit === "USD") return <Fiat value={value} />;
  return <>{`${formatDecimal(value, unit === "days" ? 1 : 4)} ${unit}`}</>;
}

function ScoreParts({ seen: { pool, role, score, metrics } }: { readonly seen: SeenPool }) {
  if (score === null) return null;
  const title = nameOf(pool);
  return (
    <div>
      <h3>
        {ROLES[role]} {title} {metrics?.isStale ? <Badge kind="stale">Stale reading</Badge> : null}
      </h3>
      <div class="scroller" tabIndex={0} role="region" aria-label={`Score of ${title}, scrollable`}>
        <table class="table" data-density="dense">
          <caption class="sr">{`Score ${score.method} of ${title} by its parts`}</caption>
          <thead>
            <tr>
              <th scope="col">Part</th>
              <th scope="col" class="num">Measured</th>
              <th scope="col" class="num">{score.method === "v1" ? "Factor" : "Adds"}</th>
              <th scope="col" class="num">Weight</th>
              <th scope="col">Formula</th>
            </tr>
          </thead>
          <tbody>
            {score.parts.map((part) => (
              <tr key={part.name}>
                <th scope="row">{part.name.replaceAll("_", " ")}</th>
                <td class="num">
                  <Measured part={part} />
                </td>
                <td class="num">
                  {part.result === null
                    ? <Unknown reason={part.reason} />
                    : formatDecimal(part.result, 4)}
                </td>
                <td class="num">{formatDecimal(part.weight, 2)}</td>
                <td>{part.formula}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="hint">
        Score {score.score === null ? "none" : formatDecimal(score.score, 2)}, coverage{" "}
        {formatShare(score.coverage)}
        {score.reason === null ? "" : `: ${score.reason}`}
      </p>
    </div>
  );
}
