import { RunCache } from "@/services/scores/run_cache.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";

/** A cache of two, and the keys that were computed. */
function counting() {
  const cache = new RunCache<string>(2);
  const computed: string[] = [];
  const get = (key: string) =>
    cache.get(key, () => {
      computed.push(key);
      return Promise.resolve(key.toUpperCase());
    });
  return { cache, computed, get };
}

Deno.test("RunCache computes a key once, also for askers at the same time", async () => {
  const { computed, get } = counting();
  assertEquals(await Promise.all([get("a"), get("a")]), ["A", "A"]);
  assertEquals(await get("a"), "A");
  assertEquals(computed, ["a"]);
});

Deno.test("RunCache forgets what was not asked for the longest", async () => {
  const { computed, get } = counting();
  for (const key of ["a", "b", "a", "c", "a", "b"]) await get(key);
  assertEquals(computed, ["a", "b", "c", "b"]);
});

Deno.test("RunCache does not keep a failure", async () => {
  const { cache, get } = counting();
  await assertRejects(() => cache.get("a", () => Promise.reject(new RangeError("no"))));
  assertEquals(await get("a"), "A");
});
