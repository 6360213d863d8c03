import {
  MAX_RESULT_AGE_MS,
  MAX_RESULTS,
  ResultCache,
} from "@/services/analytics/risk/result_cache.ts";
import { MINUTE_MS } from "@/services/kernel/time.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";

function sample() {
  const clock = new FakeClock();
  const cache = new ResultCache<number>({ clock });
  let made = 0;
  const ask = (key: string, stamp = "s") =>
    cache.get(key, { stamp, compute: () => Promise.resolve(++made) });
  return { clock, cache, ask };
}

Deno.test("ResultCache gives a result again while its stamp holds", async () => {
  const { ask } = sample();
  assertEquals([await ask("a"), await ask("a"), await ask("b")], [1, 1, 2]);
  assertEquals([await ask("a", "t"), await ask("a", "t"), await ask("a")], [3, 3, 4]);
});

Deno.test("ResultCache gives no result older than its limit, which is 1 to 5 minutes", async () => {
  const { clock, ask } = sample();
  assert(MAX_RESULT_AGE_MS >= MINUTE_MS && MAX_RESULT_AGE_MS <= 5 * MINUTE_MS);
  await ask("a");
  clock.advance(MAX_RESULT_AGE_MS - 1);
  assertEquals(await ask("a"), 1);
  clock.advance(1);
  assertEquals(await ask("a"), 2);
});

Deno.test("ResultCache forgets what was asked for longest ago", async () => {
  const { cache, ask } = sample();
  for (let i = 0; i < MAX_RESULTS; i++) await ask(String(i));
  await ask("0");
  await ask("one more");
  assertEquals(cache.size, MAX_RESULTS);
  assertEquals([await ask("0"), await ask("1")], [1, MAX_RESULTS + 2]);
});

Deno.test("ResultCache computes once for all who ask meanwhile", async () => {
  const { clock } = sample();
  const cache = new ResultCache<number>({ clock });
  const { promise, resolve } = Promise.withResolvers<number>();
  let computed = 0;
  const compute = () => {
    computed++;
    return promise;
  };
  const asked = [1, 2].map(() => cache.get("a", { stamp: "s", compute }));
  resolve(7);
  assertEquals([await Promise.all(asked), computed], [[7, 7], 1]);
});

Deno.test("ResultCache keeps no failure", async () => {
  const { cache, ask } = sample();
  const compute = () => Promise.reject(new Error("broken"));
  await assertRejects(() => cache.get("a", { stamp: "s", compute }), { pattern: /broken/ });
  assertEquals([await ask("a"), cache.size], [1, 1]);
});
