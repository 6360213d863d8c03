import type { AssetLabel } from "@/services/market/mod.ts";
import { listCards, type ScoreListQuery } from "@/services/scores/score_list.ts";
import { scoreRun } from "@/services/scores/score_run.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { sampleDay, sampleMethod, samplePanel } from "./panel_sample.ts";

const DAYS = 300;
const { cards } = scoreRun(samplePanel({ assets: 8, days: DAYS }), {
  method: sampleMethod(),
  day: sampleDay(DAYS - 1),
});
const LABELS = new Map(cards.map(({ assetId }, at): [string, AssetLabel] => [assetId, {
  assetId: assetId as AssetLabel["assetId"],
  symbol: `S${at}`,
  // Names run against ids, so that the one is not taken for the other.
  name: `Name ${String.fromCharCode(90 - at)}`,
  themes: at < 3 ? ["defi"] : ["layer-1"],
}]));
const list = (query: ScoreListQuery) => listCards(cards, { labels: LABELS, ...query });

Deno.test("listCards() begins with the best rank and the highest score", () => {
  const ranks = list({ sort: "rank" }).map(({ rank }) => rank ?? Infinity);
  assertEquals(ranks, ranks.toSorted((a, b) => a - b));
  const scores = list({ sort: "score" }).map(({ score }) => score ?? -1);
  assertEquals(scores, scores.toSorted((a, b) => b - a));
});

Deno.test("listCards() sorts by name and by a pillar, either way", () => {
  const names = list({ sort: "name" }).map(({ assetId }) => LABELS.get(assetId)?.name);
  assertEquals(names, names.toSorted());
  const riskOf = (order: "asc" | "desc") =>
    list({ sort: "risk", order }).map(({ pillars }) =>
      pillars.find(({ id }) => id === "risk")?.score ?? null
    );
  assert(riskOf("asc").every((score) => score !== null));
  assertEquals(riskOf("asc"), riskOf("desc").reverse());
});

Deno.test("listCards() puts those without a value last, whatever the order", () => {
  const holed = cards.map((card, at) => at === 2 ? { ...card, score: null } : card);
  for (const order of ["asc", "desc"] as const) {
    const sorted = listCards(holed, { labels: LABELS, sort: "score", order });
    assertEquals(sorted.at(-1)?.score, null);
  }
});

Deno.test("listCards() keeps a theme, and those that hold every word", () => {
  assertEquals(list({ sort: "rank", theme: "defi" }).length, 3);
  assertEquals(list({ sort: "rank", theme: "none" }).length, 0);
  assertEquals(list({ sort: "rank", search: "name z" }).length, 1);
  assertEquals(list({ sort: "rank", search: " s1 NAME " }).length, 1);
  assertEquals(list({ sort: "rank", search: "" }).length, cards.length);
});
