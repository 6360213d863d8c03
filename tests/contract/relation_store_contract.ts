import type { UtcMs } from "@/services/kernel/time.ts";
import type { DayRelation, RelationStore } from "@/services/scores/mod.ts";
import { SqlRelationStore } from "@/services/storage/mod.ts";
import { assertEquals } from "@/tests/assert.ts";
import { sampleDay } from "@/tests/unit/scores/panel_sample.ts";
import type { StoreKind, TestStore } from "./stores.ts";

type Run = (store: RelationStore, kit: TestStore) => Promise<void>;

const relation = (day: number, more: Partial<DayRelation> = {}): DayRelation => ({
  horizon: 7,
  day: sampleDay(day),
  inputs: `inputs of ${day}`,
  isDemo: false,
  correlations: [0.1 + 0.2, null, -1],
  ...more,
});

const RANGE = { horizon: 7, first: sampleDay(0), last: sampleDay(30), isDemo: false } as const;

/** What every store of relations must do. */
export function testRelationStore(kind: StoreKind): void {
  const test = (name: string, run: Run) =>
    Deno.test({
      name: `RelationStore on ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using kit = await kind.open();
        await run(new SqlRelationStore(kit.database, kit.clock), kit);
      },
    });

  test("lists days a horizon apart, oldest first and to the last bit", async (store, kit) => {
    await store.recordRelations("v1", [30, 29, 23, 16, 2].map((day) => relation(day)));
    await store.recordRelations("v1", [relation(23, { horizon: 30 })]);
    await store.recordRelations("signal", [relation(9)]);
    const measuredAt = kit.clock.now();
    const listed = await store.listRelations("v1", RANGE);
    assertEquals(listed, [2, 16, 23, 30].map((day) => ({ ...relation(day), measuredAt })));
    const later = await store.listRelations("v1", { ...RANGE, first: sampleDay(17) });
    assertEquals(later.map(({ day }) => day), [sampleDay(23), sampleDay(30)]);
    assertEquals(await store.listRelations("v0", RANGE), []);
  });

  test("keeps one relation of a day, the last one recorded", async (store) => {
    await store.recordRelations("v1", [relation(30)]);
    const other = { inputs: "others", correlations: [null] };
    await store.recordRelations("v1", [relation(30, other)]);
    const [found, ...more] = await store.listRelations("v1", RANGE);
    assertEquals([found?.inputs, found?.correlations, more], ["others", [null], []]);
    assertEquals(await store.listInputs("v1", 7), new Map([[sampleDay(30), "others"]]));
    assertEquals(await store.listInputs("v1", 30), new Map());
  });

  test("holds those of the demo market apart", async (store) => {
    await store.recordRelations("v1", [relation(30), relation(23, { isDemo: true })]);
    const days = async (isDemo: boolean) =>
      (await store.listRelations("v1", { ...RANGE, isDemo })).map(({ day }) => day);
    assertEquals([await days(false), await days(true)], [[sampleDay(30)], [sampleDay(23)]]);
  });

  test("records and forgets more than fits one statement", async (store) => {
    const many = Array.from({ length: 1_201 }, (_, day) => relation(day));
    await store.recordRelations("v1", many);
    assertEquals((await store.listInputs("v1", 7)).size, 1_201);
    const days: readonly UtcMs[] = many.slice(1).map(({ day }) => day);
    assertEquals(await store.deleteRelations("v1", { horizon: 7, days }), 1_200);
    assertEquals([...(await store.listInputs("v1", 7)).keys()], [sampleDay(0)]);
    assertEquals(await store.deleteRelations("v1", { horizon: 7, days: [] }), 0);
  });
}
