import { knownSum } from "@/services/portfolio/known_sum.ts";
import { assertEquals } from "@/tests/assert.ts";

const cases: readonly {
  readonly name: string;
  readonly amounts: readonly (string | null)[];
  readonly expected: ReturnType<typeof knownSum>;
}[] = [
  { name: "is 0 of nothing", amounts: [], expected: { sum: "0", unknown: 0 } },
  {
    name: "is exact where doubles are not",
    amounts: ["0.1", "0.2", "-9007199254740993"],
    expected: { sum: "-9007199254740992.7", unknown: 0 },
  },
  {
    name: "counts what is not known beside the rest",
    amounts: ["1.50", null, "-1.5", null],
    expected: { sum: "0", unknown: 2 },
  },
  { name: "is null of what nobody knows", amounts: [null], expected: { sum: null, unknown: 1 } },
];
for (const { name, amounts, expected } of cases) {
  Deno.test(`knownSum() ${name}`, () => assertEquals(knownSum(amounts), expected));
}
