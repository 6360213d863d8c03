import type { IsoDay } from "@/services/kernel/time.ts";
import { scoreRun } from "@/services/scores/score_run.ts";
import type { ScoreStore } from "@/services/scores/ports.ts";
import { SqlScoreStore } from "@/services/storage/mod.ts";
import { assertEquals } from "@/tests/assert.ts";
import { sampleDay, sampleMethod, samplePanel } from "@/tests/unit/scores/panel_sample.ts";
import type { StoreKind, TestStore } from "./stores.ts";

const PANEL = samplePanel({ assets: 6, days: 300 });
const runOf = (index: number, version = "v1") =>
  scoreRun(PANEL, { method: sampleMethod(version), day: sampleDay(index) });

type Run = (store: ScoreStore, kit: TestStore) => Promise<void>;

function testerOf(kind: StoreKind) {
  return (name: string, run: Run) =>
    Deno.test({
      name: `ScoreStore on ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using kit = await kind.open();
        await run(new SqlScoreStore(kit.database, kit.clock), kit);
      },
    });
}

/** What every store of scores must do. */
export function testScoreStore(kind: StoreKind): void {
  testRuns(kind);
  testReads(kind);
}

function testRuns(kind: StoreKind): void {
  const test = testerOf(kind);
  test("keeps a run to the last bit, for every process", async (store, kit) => {
    const run = runOf(280);
    await store.recordRun(run);
    await using other = await kit.openAgain();
    assertEquals(await new SqlScoreStore(other, kit.clock).findRun("v1", run.day), run);
  });

  test("keeps one run of a method and day, the last one recorded", async (store) => {
    const [first, second] = [runOf(280), { ...runOf(280), cards: runOf(280).cards.slice(1) }];
    await store.recordRun(first);
    await store.recordRun(second);
    assertEquals(await store.findRun("v1", first.day), second);
    assertEquals(await store.findRun("signal", first.day), null);
  });

  test("removes runs of the demo market alone", async (store) => {
    const real = runOf(280);
    const cards = runOf(281).cards.map((card, at) => ({ ...card, isDemo: at === 2 }));
    for (const run of [real, { ...runOf(281), cards }]) await store.recordRun(run);
    assertEquals([await store.deleteDemoRuns(), await store.deleteDemoRuns()], [1, 0]);
    assertEquals(await store.findLastDay("v1"), real.day);
    const query = { assetId: "bitcoin", until: runOf(290).day, limit: 9 };
    assertEquals((await store.listPoints("v1", query)).map(({ day }) => day), [real.day]);
  });
}

function testReads(kind: StoreKind): void {
  const test = testerOf(kind);
  test("finds the last day, also as of an earlier one", async (store) => {
    for (const index of [280, 282]) await store.recordRun(runOf(index));
    await store.recordRun(runOf(283, "signal"));
    assertEquals(await store.findLastDay("v1"), runOf(282).day);
    assertEquals(await store.findLastDay("v1", runOf(281).day), runOf(280).day);
    assertEquals(await store.findLastDay("v1", "2019-01-01" as IsoDay), null);
  });

  test("finds the letters of the newest run before a day, and none older than asked", async (store) => {
    const old = runOf(280);
    await store.recordRun(old);
    const found = await store.findGrades("v1", { from: old.day, before: runOf(284).day });
    assertEquals(found?.day, old.day);
    assertEquals(
      [...found?.grades ?? []],
      old.cards.flatMap(({ assetId, grade }) => grade ? [[assetId, grade] as const] : []),
    );
    const none = { from: runOf(281).day, before: runOf(284).day };
    assertEquals(await store.findGrades("v1", none), null);
    assertEquals(await store.findGrades("v1", { from: old.day, before: old.day }), null);
  });

  test("lists an asset's newest points, oldest first", async (store) => {
    const runs = [280, 281, 282].map((index) => runOf(index));
    for (const run of runs) await store.recordRun(run);
    const until = runOf(281).day;
    const points = await store.listPoints("v1", { assetId: "bitcoin", until, limit: 5 });
    const expected = runs.slice(0, 2).map(({ day, cards }) => {
      const card = cards.find(({ assetId }) => assetId === "bitcoin");
      return {
        day,
        score: card?.score ?? null,
        band: card?.band ?? null,
        rank: card?.rank ?? null,
        letter: card?.grade?.letter ?? null,
        coverage: card?.coverage ?? NaN,
      };
    });
    assertEquals([...points], expected);
    const newest = await store.listPoints("v1", { assetId: "bitcoin", until, limit: 1 });
    assertEquals(newest, expected.slice(1));
  });
}
