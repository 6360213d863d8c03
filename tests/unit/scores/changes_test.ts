import { changesBetween } from "@/services/scores/changes.ts";
import { type ScoreRun, scoreRun } from "@/services/scores/score_run.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { sampleDay, sampleMethod, samplePanel } from "./panel_sample.ts";

const PANEL = samplePanel({ assets: 10, days: 300 });
const run = (index: number, panel = PANEL) =>
  scoreRun(panel, { method: sampleMethod(), day: sampleDay(index) });

Deno.test("changesBetween() splits each change into metrics that add up to it exactly", () => {
  const [before, after] = [run(280), run(281)];
  const changes = changesBetween(before, after);
  assertEquals(changes.length, 10);
  for (const { assetId, score, metrics, from, to } of changes) {
    const was = before.cards.find((card) => card.assetId === assetId)?.score ?? NaN;
    const is = after.cards.find((card) => card.assetId === assetId)?.score ?? NaN;
    assertEquals(score, is - was);
    assertEquals(metrics.reduce((sum, { points }) => sum + points, 0), score);
    assertEquals([from, to], [before.day, after.day]);
  }
});

Deno.test("changesBetween() begins with what moved most, and counts places gained", () => {
  const [before, after] = [run(280), run(290)];
  const changes = changesBetween(before, after);
  const sizes = changes.map(({ score }) => Math.abs(score ?? 0));
  assertEquals(sizes, sizes.toSorted((a, b) => b - a));
  for (const { assetId, ranksGained } of changes) {
    const rankIn = ({ cards }: typeof before) =>
      cards.find((card) => card.assetId === assetId)?.rank ?? NaN;
    assertEquals(ranksGained, rankIn(before) - rankIn(after));
  }
});

Deno.test("changesBetween() tells who came and who left", () => {
  const fewer = { ...PANEL, assets: PANEL.assets.slice(0, 9) };
  const gone = PANEL.assets[9]?.assetId;
  const [left] = changesBetween(run(280), run(281, fewer)).filter((one) => one.assetId === gone);
  assertEquals([left?.event, left?.score, left?.letterAfter], ["left", null, null]);
  assertEquals(left?.metrics, []);
  const [came] = changesBetween(run(280, fewer), run(281)).filter((one) => one.assetId === gone);
  assertEquals([came?.event, came?.ranksGained, came?.letterBefore], ["entered", null, null]);
});

/** A run of one asset whose metrics add so many points each; `null` is not counted. */
function runOfPoints(points: readonly (number | null)[]): ScoreRun {
  const made = run(280);
  const [card] = made.cards;
  const [pillar] = card?.pillars ?? [];
  const [metric] = pillar?.metrics ?? [];
  assert(card && pillar && metric);
  const metrics = points.map((contribution, at) => ({
    ...metric,
    ...{ id: `m${at}`, contribution, raw: contribution },
  }));
  const score = 50 + points.reduce((sum: number, one) => one === null ? sum : sum + one, 0);
  return { ...made, cards: [{ ...card, score, pillars: [{ ...pillar, metrics }] }] };
}

Deno.test("changesBetween() tells a metric that came or went from one that moved", () => {
  const [change] = changesBetween(runOfPoints([2, null, 1]), runOfPoints([1, 4, null]));
  assertEquals(change?.score, 2);
  assertEquals(
    change?.metrics.map(({ metric, points, addedBefore, addedAfter }) => ({
      ...{ metric, points, addedBefore, addedAfter },
    })),
    [
      { metric: "m1", points: 4, addedBefore: null, addedAfter: 4 },
      { metric: "m0", points: -1, addedBefore: 2, addedAfter: 1 },
      { metric: "m2", points: -1, addedBefore: 1, addedAfter: null },
    ],
  );
});

Deno.test("changesBetween() puts assets whose change is unknown after all whose change is known", () => {
  const fewer = { ...PANEL, assets: PANEL.assets.slice(1) };
  const changes = changesBetween(run(280, fewer), run(280));
  const unknown = changes.map(({ score }) => score === null);
  assertEquals(unknown, unknown.toSorted((a, b) => Number(a) - Number(b)));
  assertEquals(changes.at(-1)?.assetId, PANEL.assets[0]?.assetId);
  assertEquals(changes.at(-1)?.event, "entered");
});

Deno.test("changesBetween() finds nothing between a run and itself", () => {
  const changes = changesBetween(run(280), run(280));
  assert(changes.every(({ score, metrics }) => score === 0 && metrics.length === 0));
});
