import {
  formatBand,
  formatRanks,
  formatScore,
  formatScoreChange,
} from "@/components/scores/score_text.ts";
import { assertEquals } from "@/tests/assert.ts";

Deno.test("formatScore() shows whole points", () => {
  assertEquals([0, 49.5, 72.49, 100].map(formatScore), ["0", "50", "72", "100"]);
});

Deno.test("formatBand() shows both ends, and one of them where they are shown alike", () => {
  assertEquals(formatBand([66.2, 77.4]), "66–77");
  assertEquals(formatBand([71.6, 72.4]), "72");
  assertEquals(formatRanks([9, 21]), "9–21");
  assertEquals(formatRanks([3, 3]), "3");
});

const CHANGES = [
  { points: 1.25, text: "+1.25" },
  { points: -0.5, text: "−0.50" },
  { points: 0, text: "0.00" },
  { points: 0.004, text: "0.00" },
  { points: -0.004, text: "0.00" },
];
for (const { points, text } of CHANGES) {
  Deno.test(`formatScoreChange() shows ${points} as ${text}`, () => {
    assertEquals(formatScoreChange(points), text);
  });
}
