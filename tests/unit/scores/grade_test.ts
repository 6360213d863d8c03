import { type Grade, nextGrade } from "@/services/scores/grade.ts";
import type { Span } from "@/services/scores/uncertainty.ts";
import { assertEquals } from "@/tests/assert.ts";

const GRADES = {
  letters: [{ letter: "A", min: 70 }, { letter: "B", min: 50 }, { letter: "C", min: 0 }],
  margin: 1,
  runs: 2,
};

/** The letters of runs one after the other, the first by its score. */
function lettersOf(bands: readonly Span[]): string {
  let grade: Grade | null = null;
  return bands.map((band) => {
    grade = nextGrade(grade, { score: (band[0] + band[1]) / 2, band, grades: GRADES });
    return grade.letter;
  }).join("");
}

const cases: readonly { name: string; bands: readonly Span[]; expected: string }[] = [
  { name: "begins with the letter of the score", bands: [[68, 74]], expected: "A" },
  {
    name: "rises once the band cleared the threshold in two runs",
    bands: [[60, 68], [71, 75], [71, 75], [71, 75]],
    expected: "BBAA",
  },
  {
    name: "stays while the band clears the threshold by less than a point",
    bands: [[60, 68], [70.9, 75], [70.9, 75], [70.9, 75]],
    expected: "BBBB",
  },
  {
    name: "starts to count again after a run that disagrees",
    bands: [[60, 68], [71, 75], [69, 75], [71, 75], [71, 75]],
    expected: "BBBBA",
  },
  {
    name: "falls once the band is a point below in two runs",
    bands: [[71, 75], [60, 69], [60, 69]],
    expected: "AAB",
  },
  {
    name: "stays while the band reaches into the point below",
    bands: [[71, 75], [60, 69.1], [60, 69.1]],
    expected: "AAA",
  },
  {
    name: "takes the nearer of two letters that waited",
    bands: [[71, 75], [20, 30], [55, 60]],
    expected: "AAB",
  },
  {
    name: "falls over two letters where both runs agree",
    bands: [[71, 75], [20, 30], [20, 30]],
    expected: "AAC",
  },
];
for (const { name, bands, expected } of cases) {
  Deno.test(`nextGrade() ${name}`, () => assertEquals(lettersOf(bands), expected));
}
