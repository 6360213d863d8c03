import { systemRandom } from "@/services/platform/random.ts";
import { assert } from "@/tests/assert.ts";

Deno.test("systemRandom() is from 0 to before 1, and anew with each call", () => {
  const values = Array.from({ length: 1_000 }, systemRandom);
  assert(values.every((value) => value >= 0 && value < 1));
  assert(new Set(values).size > 990);
});
