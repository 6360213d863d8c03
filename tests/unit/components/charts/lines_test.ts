import fc from "fast-check";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import {
  lineFrame,
  lineSet,
  lineStyle,
  lineText,
  lineTime,
  lineTimeTicks,
  lineY,
  newestAt,
} from "@/components/charts/lines.ts";
import { DAY_MS } from "@/services/kernel/time.ts";

const FROM = Date.UTC(2021, 0, 1);

function setOf(
  columns: Readonly<Record<string, readonly number[]>>,
  options: { unit?: "change" | "drawdown" | "correlation"; isLog?: boolean } = {},
) {
  const { unit = "change", isLog = false } = options;
  const lines = Object.entries(columns).map(([key, values]) => ({
    key,
    label: key.toUpperCase(),
    values: Float64Array.from(values),
  }));
  return lineSet(lines, { from: FROM, barMs: DAY_MS, unit, isLog });
}

Deno.test("lineSet() keeps gaps and times of bars that fit", () => {
  const set = setOf({ a: [0, NaN, 0.5], b: [NaN, NaN, NaN] });
  assertEquals(set.lines.map(({ values }) => values), [[0, null, 0.5], [null, null, null]]);
  assertEquals(lineTime(set, 2), FROM + 2 * DAY_MS);
  assertEquals(newestAt(set), 2);
  assertEquals(newestAt(setOf({ a: [NaN] })), -1);
});

Deno.test("lineSet() of more bars than pixels ends with the newest, each group by its last", () => {
  const set = setOf({ a: Array.from({ length: 1601 }, (_, at) => at) });
  // Groups of three from the end: the first holds two bars, so its last is bar 1.
  assertEquals([set.length, set.stepMs], [534, 3 * DAY_MS]);
  assertEquals(set.lines[0]?.values.slice(0, 2), [1, 4]);
  assertEquals(set.lines[0]?.values.at(-1), 1600);
  assertEquals(lineTime(set, 0), FROM + DAY_MS);
  assertEquals(lineTime(set, set.length - 1), FROM + 1600 * DAY_MS);
});

Deno.test("lineSet() keeps the deepest point of a drawdown, however many bars share a pixel", () => {
  fc.assert(
    fc.property(fc.integer({ min: 801, max: 4000 }), fc.nat(), (bars, seed) => {
      const curve = new Array<number>(bars).fill(0);
      curve[seed % bars] = -0.5;
      const set = setOf({ a: curve }, { unit: "drawdown" });
      assert(set.length <= 800);
      assert(set.lines[0]?.values.includes(-0.5));
    }),
  );
});

Deno.test("lineFrame() always holds 0, and a correlation from -1 to 1", () => {
  const rising = lineFrame(setOf({ a: [0.2, 0.4] }), 220);
  assertEquals(lineY(rising, 0), 200);
  assertEquals(lineY(rising, 0.4), 10);
  const pair = lineFrame(setOf({ a: [0.5] }, { unit: "correlation" }), 220);
  assertEquals([lineY(pair, -1), lineY(pair, 0), lineY(pair, 1)], [200, 105, 10]);
});

Deno.test("lineFrame() on a log axis gives equal factors equal heights", () => {
  const frame = lineFrame(setOf({ a: [0, 1, 3] }, { isLog: true }), 220);
  const [one, two, four] = [0, 1, 3].map((change) => lineY(frame, change));
  assert(one !== undefined && two !== undefined && four !== undefined);
  assertClose(one - two, two - four);
});

Deno.test("lineFrame() draws a dot where a value stands between two gaps, and a line elsewhere", () => {
  const { dots } = lineFrame(setOf({ a: [0, 0, NaN, 0, NaN], b: [0, 0, 0, 0, 0] }), 220);
  assertEquals(dots, ["M750 105h0", ""]);
});

Deno.test("lineFrame() moves names apart that lie near each other, inside the plot", () => {
  const columns = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`l${at}`, [0, 0]]));
  const { ends } = lineFrame(setOf(columns), 340);
  assertEquals(ends.length, 12);
  ends.forEach(({ y }, at) => {
    assert(y >= 10 && y <= 320, `${y}`);
    assert(at === 0 || y - (ends[at - 1]?.y ?? 0) >= 13);
  });
});

Deno.test("lineTimeTicks() leaves out what the left edge would cut", () => {
  const set = setOf({ a: new Array<number>(90).fill(0) });
  const ticks = lineTimeTicks(set, 6);
  assert(ticks.length >= 2);
  for (const { value } of ticks) assert(value > 0.03 && value <= 1);
});

Deno.test("lineStyle() gives no two of 24 lines the same hue and dash", () => {
  const styles = Array.from({ length: 24 }, (_, at) => JSON.stringify(lineStyle(at)));
  assertEquals(new Set(styles).size, 24);
});

const texts = [
  { unit: "change", value: 0.1234, expected: "+12.34%" },
  { unit: "drawdown", value: -0.5, expected: "−50.00%" },
  { unit: "correlation", value: -0.014, expected: "−0.01" },
  { unit: "change", value: null, expected: "—" },
] as const;
for (const { unit, value, expected } of texts) {
  Deno.test(`lineText() writes the ${unit} ${value} as ${expected}`, () => {
    assertEquals(lineText(unit, value), expected);
  });
}
