import { movedBy } from "@/routes/watchlist/(_components)/list_order.ts";
import { assertEquals } from "@/tests/assert.ts";

const ids = ["a", "b", "c"] as const;

Deno.test("movedBy() changes places with the neighbour", () => {
  assertEquals(movedBy(ids, { id: "b", by: -1 }), ["b", "a", "c"]);
  assertEquals(movedBy(ids, { id: "b", by: 1 }), ["a", "c", "b"]);
});

Deno.test("movedBy() leaves what stands at an end, or is not there, where it is", () => {
  assertEquals(movedBy(ids, { id: "a", by: -1 }), ids);
  assertEquals(movedBy(ids, { id: "c", by: 1 }), ids);
  assertEquals(movedBy(ids, { id: "z", by: 1 }), ids);
});
