import type { ComponentChildren } from "preact";
import { explainHref, Unknown } from "../../components/figures/Figures.tsx";
import { formatPlain } from "../../components/format/number.ts";
import { formatScore, formatScoreChange } from "../../components/scores/score_text.ts";
import type { SourceState } from "../../components/states/Panel.tsx";
import { DEFAULT_METHOD, type PillarScore, type Scorecard } from "../../services/scores/mod.ts";

/** Which scores a page shows: what its addresses have to carry on. */
export interface ScoreScope {
  readonly method: string;
  /** A day or instant of the address, `null` for the newest. */
  readonly asof: string | null;
}

/** The scope as a query, without what is default: `asof=2021-06-30`. */
function scopeQuery({ method, asof }: ScoreScope): string {
  return new URLSearchParams([
    ...asof === null ? [] : [["asof", asof]],
    ...method === DEFAULT_METHOD ? [] : [["method", method]],
  ]).toString();
}

/** `path` with the scope as its query. */
export function withScope(path: string, scope: ScoreScope): string {
  const query = scopeQuery(scope);
  return query === "" ? path : `${path}?${query}`;
}

export interface ExplainedScoreProps {
  /** `score`, `score_rank`, `score_coverage`, or a part: `score:risk`. */
  readonly figure: string;
  readonly assetId: string;
  readonly scope: ScoreScope;
  readonly children: ComponentChildren;
}

/** A figure of a score that opens its explanation. */
export function ExplainedScore({ figure, assetId, scope, children }: ExplainedScoreProps) {
  return <a class="explain" href={withScope(explainHref(figure, assetId), scope)}>{children}</a>;
}

/** Why a pillar has no score, from what its metrics say. */
export function whyMissing({ metrics }: PillarScore): string {
  const reasons = [...new Set(metrics.flatMap(({ reason }) => reason === null ? [] : [reason]))];
  return reasons.length === 0 ? "fewer than half of its metrics have data" : reasons.join("; ");
}

/** A letter, and beside it the one that waits for another run to agree. */
export function GradeMark({ grade }: Pick<Scorecard, "grade">) {
  if (grade === null) return <Unknown reason="a grade needs a score and its interval" />;
  if (grade.pending === null) return <>{grade.letter}</>;
  const { letter, runs } = grade.pending;
  return (
    <>
      {grade.letter}{" "}
      <small
        class="pending"
        title={`${letter} waits for another day to agree, ${runs} so far`}
      >
        <span aria-hidden="true">→ {letter}?</span>
        <span class="sr">, {letter} is pending</span>
      </small>
    </>
  );
}

/** A change of a score in points: sign, shape, colour and a word. */
export function ScoreChangeMark({ points }: { readonly points: number }) {
  const shown = Number(points.toFixed(2));
  const direction = shown > 0 ? "up" : shown < 0 ? "down" : "flat";
  const word = direction === "flat" ? ", unchanged" : `, ${direction}`;
  return (
    <span class="delta" data-dir={direction} title={formatPlain(points)}>
      {formatScoreChange(points)}
      <span class="sr">{word}</span>
    </span>
  );
}

export interface PillarMarkProps {
  readonly pillar: PillarScore;
  readonly assetId: string;
  readonly scope: ScoreScope;
}

/** A pillar's score over a bar from 0 to 100. */
export function PillarMark({ pillar, assetId, scope }: PillarMarkProps) {
  const { id, score } = pillar;
  if (score === null) return <Unknown reason={whyMissing(pillar)} />;
  return (
    <span class="pillar">
      <ExplainedScore figure={`score:${id}`} assetId={assetId} scope={scope}>
        {formatScore(score)}
      </ExplainedScore>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect class="c-track" width="100" height="4" />
        <rect class="c-total" width={score} height="4" />
      </svg>
    </span>
  );
}

/** How the source line of scores is marked. */
export function stateOfCards(
  cards: readonly Pick<Scorecard, "isDemo" | "coverage">[],
): SourceState {
  if (cards.some(({ isDemo }) => isDemo)) return "sim";
  return cards.some(({ coverage }) => coverage < 1) ? "partial" : "current";
}
