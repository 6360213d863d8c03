import type { ScoreMethod } from "./method.ts";
import type { Span } from "./uncertainty.ts";

type Grades = ScoreMethod["grades"];

/** A letter, and the one that waits for another run to agree. */
export interface Grade {
  readonly letter: string;
  readonly pending: { readonly letter: string; readonly runs: number } | null;
}

/**
 * The letter after a run. Without one before it is that of the score. Afterwards it changes only
 * once the band clears a threshold by the margin in as many runs, one after the other, as the
 * method asks for; of two letters that waited, it takes the one nearer to the present letter.
 */
export function nextGrade(
  previous: Grade | null,
  { score, band, grades }: { score: number; band: Span; grades: Grades },
): Grade {
  const { letters, runs } = grades;
  const place = (letter: string) => letters.findIndex((one) => one.letter === letter);
  const current = previous === null ? -1 : place(previous.letter);
  if (previous === null || current < 0) {
    return {
      letter: letterAt(grades, letters.findIndex(({ min }) => score >= min)),
      pending: null,
    };
  }
  const target = targetOf(current, { band, grades });
  if (target === current) return { letter: previous.letter, pending: null };
  const waiting = previous.pending && place(previous.pending.letter);
  const isSameWay = waiting !== null && (waiting < current) === (target < current);
  const agreed = !isSameWay
    ? target
    : target < current
    ? Math.max(waiting, target)
    : Math.min(waiting, target);
  const seen = isSameWay ? (previous.pending?.runs ?? 0) + 1 : 1;
  const letter = letterAt(grades, agreed);
  return seen >= runs
    ? { letter, pending: null }
    : { letter: previous.letter, pending: { letter, runs: seen } };
}

/** The letter that the band has cleared the way to; the present one if none. */
function targetOf(
  current: number,
  { band: [low, high], grades: { letters, margin } }: { band: Span; grades: Grades },
): number {
  const secured = letters.findIndex(({ min }) => low >= min + margin);
  if (secured >= 0 && secured < current) return secured;
  // The last letter begins at 0, so it can't be ruled out.
  const possible = letters.findIndex(({ min }, at) =>
    at === letters.length - 1 || high > min - margin
  );
  return Math.max(current, possible);
}

function letterAt({ letters }: Grades, place: number): string {
  return (letters[place] ?? letters.at(-1))?.letter ?? "";
}
