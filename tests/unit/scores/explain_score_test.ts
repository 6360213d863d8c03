import { NEUTRAL } from "@/services/scores/combine.ts";
import { canExplainScore, explainScore } from "@/services/scores/explain_score.ts";
import { scoreRun } from "@/services/scores/score_run.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { sampleDay, sampleMethod, samplePanel } from "./panel_sample.ts";

const DAYS = 300;
const METHOD = sampleMethod();
const RUN = scoreRun(samplePanel({ assets: 8, days: DAYS }), {
  method: METHOD,
  day: sampleDay(DAYS - 1),
});
const [CARD] = RUN.cards;
assert(CARD);
const OF = { card: CARD, method: METHOD, members: RUN.universe.length };

function explain(figure: string) {
  const explained = explainScore(figure, OF);
  assert(explained, `${figure} is explained`);
  return explained;
}

Deno.test("canExplainScore() knows a card's figures and the form of its parts", () => {
  for (const figure of ["score", "score_rank", "score_coverage", "score:risk", "score:var95_90d"]) {
    assert(canExplainScore(figure), figure);
  }
  for (const figure of ["price", "scores", "score:", "score:A", "sharpe:1y"]) {
    assert(!canExplainScore(figure), figure);
  }
});

Deno.test("explainScore() gives the parts of a score, which add up to it to the last bit", () => {
  const { value, inputs } = explain("score");
  const parts = inputs.filter(({ name }) => name.endsWith(" adds"));
  assertEquals(parts.length, METHOD.pillars.length);
  assertEquals(parts.reduce((sum, part) => sum + (part.value ?? 0), NEUTRAL), value);
  assertEquals(value, CARD.score);
});

Deno.test("explainScore() gives every pillar and metric of its method", () => {
  for (const { id, metrics } of CARD.pillars) {
    const pillar = CARD.pillars.find((one) => one.id === id);
    assertEquals(explain(`score:${id}`).value, pillar?.score);
    for (const metric of metrics) {
      const explained = explain(`score:${metric.id}`);
      assertEquals([explained.value, explained.formula], [metric.raw, metric.formula]);
      assertEquals(explained.reason === null, metric.raw !== null);
    }
  }
  assertEquals(explainScore("score:colour", OF), null);
});

Deno.test("explainScore() says why a score or a rank is missing", () => {
  const poor = { ...CARD, score: null, band: null, rank: null, coverage: 0.45 };
  const explained = explainScore("score", { ...OF, card: poor });
  assertEquals(explained?.value, null);
  assertMatch(explained?.reason ?? "", /45 % of the weights have data, 60 % are needed/);
  const apart = { ...CARD, rank: null, outside: "Apart as stablecoin" };
  assertEquals(explainScore("score_rank", { ...OF, card: apart })?.reason, apart.outside);
});
