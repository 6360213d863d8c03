import fc from "fast-check";
import { assert, assertEquals } from "@/tests/assert.ts";
import { changedSince, withChange } from "@/services/market/series_changes.ts";

Deno.test("changedSince() tells the first bucket that changed after a version", () => {
  let changes = "";
  for (const [version, from] of [[1, 100], [2, 200], [3, 150], [4, 300]] as const) {
    changes = withChange(changes, { version, from });
  }
  // The change at 200 says nothing beside the later one at 150.
  assertEquals(changes, "1:100 3:150 4:300");
  const since = (seen: number) => changedSince({ changes, version: 4 }, seen);
  assertEquals([0, 1, 2, 3, 4].map(since), [100, 150, 150, 300, null] as never);
});

Deno.test("changedSince() takes what it does not know for changed from the beginning", () => {
  assertEquals(Number(changedSince({ changes: "", version: 9 }, 3)), 0);
  // A backup was restored.
  assertEquals(Number(changedSince({ changes: "1:100", version: 1 }, 3)), 0);
});

Deno.test("a log of any length never tells of less than what changed", () => {
  const anyChanges = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 200 });
  fc.assert(fc.property(anyChanges, fc.nat(), (froms, pick) => {
    let changes = "";
    for (const [index, from] of froms.entries()) {
      changes = withChange(changes, { version: index + 1, from });
    }
    assert(changes.split(" ").length <= 32);
    const seen = pick % froms.length;
    const told = changedSince({ changes, version: froms.length }, seen);
    assert(told !== null && told <= Math.min(...froms.slice(seen)));
  }));
});
