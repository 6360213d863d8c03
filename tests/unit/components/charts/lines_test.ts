import fc from "fast-check";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import {
  axisStart,
  crossings,
  lineFrame,
  lineTimeTicks,
  lineY,
} from "@/components/charts/line_frame.ts";
import { barNotes, lineSet, lineStyle, lineTime, newestAt } from "@/components/charts/lines.ts";
import { linesCsv } from "@/components/charts/lines_csv.ts";
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

Deno.test("lineFrame() puts the newest value of a lone line on the axis, over a label there", () => {
  const { tag, ticks } = lineFrame(setOf({ a: [0, 0.21, NaN] }), 220);
  assertEquals(tag?.label, "+21.00%");
  assertEquals(ticks.map(({ label }) => label), ["0%", "+10%", ""]);
  assertEquals(lineFrame(setOf({ a: [0, 0.21], b: [0, 0.1] }), 220).tag, null);
  assertEquals(lineFrame(setOf({ a: [NaN] }), 220).tag, null);
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

Deno.test("lineFrame() holds references and what the axis shall show at least", () => {
  const set = lineSet([{ key: "u", label: "U", values: Float64Array.of(0.5, 0.6) }], {
    from: FROM,
    barMs: DAY_MS,
    unit: "rate",
    atLeast: [0, 1],
    references: [{ key: "kink", label: "Kink", value: 0.9 }],
  });
  const frame = lineFrame(set, 220);
  assertEquals([lineY(frame, 0), lineY(frame, 1)], [200, 10]);
  assertEquals(frame.references, [{ key: "kink", label: "Kink", y: 29, labelY: 25 }]);
});

Deno.test("lineFrame() fits the axis where asked, and says where it begins", () => {
  const columns = [{ key: "v", label: "V", values: Float64Array.of(100, 200) }];
  const options = { from: FROM, barMs: DAY_MS, unit: "usd" } as const;
  const fitted = lineSet(columns, { ...options, isFitted: true });
  // Six hundredths of the extent stay free below and above.
  assertEquals(axisStart(fitted), 94);
  assertEquals(lineY(lineFrame(fitted, 220), 206), 10);
  assertEquals(axisStart(lineSet(columns, options)), null);
});

Deno.test("lineFrame() of counts that are all 0 never reaches below it", () => {
  const columns = [{ key: "n", label: "N", values: Float64Array.of(0, 0) }];
  const frame = lineFrame(lineSet(columns, { from: FROM, barMs: DAY_MS, unit: "count" }), 220);
  assertEquals([lineY(frame, 0), lineY(frame, 1)], [200, 10]);
});

function stackOf(stack: "straight" | "steps", columns: readonly (readonly number[])[]) {
  const lines = columns.map((values, at) => ({
    key: `p${at}`,
    label: `P${at}`,
    values: Float64Array.from(values),
  }));
  return lineSet(lines, { from: FROM, barMs: DAY_MS, unit: "rate", stack });
}

Deno.test("lineFrame() puts parts of a stack on top of each other", () => {
  const { areas, paths } = lineFrame(stackOf("straight", [[0.5, 0, NaN], [0.5, 1, NaN]]), 220);
  assertEquals(areas, ["M0 105L500 200L500 200L0 200Z", "M0 10L500 10L500 200L0 105Z"]);
  // An edge without a part below it would name what is not there.
  assertEquals(paths, ["M0 105", "M0 10L500 10"]);
});

Deno.test("lineFrame() leaves a gap where a part of a stack is missing, and in all above it", () => {
  const columns = [[0.5, NaN, 0.5, 0.5], [0.5, 0.5, NaN, 0.5]];
  const { areas } = lineFrame(stackOf("straight", columns), 220);
  assertEquals(areas, [
    "M0 105L0 200ZM666.7 105L1000 105L1000 200L666.7 200Z",
    "M0 10L0 105ZM1000 10L1000 105Z",
  ]);
});

Deno.test("lineFrame() in steps holds a value until the next bar", () => {
  const { areas } = lineFrame(stackOf("steps", [[0.5, 1, 1]]), 220);
  assertEquals(areas[0]?.split("L").slice(0, 4), ["M0 105", "500 105", "500 10", "1000 10"]);
});

Deno.test("lineFrame() names parts of a stack that are there at the end, in their middle", () => {
  const { ends } = lineFrame(stackOf("steps", [[0.5, 0], [0.5, 1]]), 220);
  assertEquals(ends.map(({ label, y }) => [label, y]), [["P1", 105]]);
});

Deno.test("crossings() of a stack are the tops of the parts that are there", () => {
  const set = stackOf("steps", [[0.5], [0], [0.5]]);
  const frame = lineFrame(set, 220);
  assertEquals(crossings(set, { frame, at: 0 }).map(({ key, y }) => [key, y]), [
    ["p0", 105],
    ["p2", 10],
  ]);
});

Deno.test("crossings() of a stack end below a part that is missing", () => {
  const set = stackOf("steps", [[0.5], [NaN], [0.5]]);
  const frame = lineFrame(set, 220);
  assertEquals(crossings(set, { frame, at: 0 }).map(({ key }) => key), ["p0"]);
});

Deno.test("the height of a stack is the sum of its parts, however many", () => {
  const shares = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(fc.property(shares, (parts) => {
    const set = stackOf("steps", parts.map((part) => [part]));
    const kept = set.lines.map(({ values }) => values[0] ?? 0);
    const sum = kept.reduce((total, part) => total + part, 0);
    const top = crossings(set, { frame: lineFrame(set, 220), at: 0 }).at(-1);
    if (sum > 0) assertClose(top?.y ?? NaN, 10);
  }));
});

Deno.test("spans are drawn as far as the bars reach, and told at the bars that they touch", () => {
  const span = (from: number, to: number, text: string) => ({
    kind: "stale" as const,
    ...{ from: FROM + from * DAY_MS, to: FROM + to * DAY_MS, text },
  });
  const set = lineSet([{ key: "a", label: "A", values: Float64Array.of(1, 2, 3, 4, 5) }], {
    from: FROM,
    barMs: DAY_MS,
    unit: "rate",
    spans: [span(-9, 1, "early"), span(3, 3, "one"), span(4.5, 4.5, "end"), span(8, 9, "late")],
  });
  assertEquals(lineFrame(set, 220).spans, [
    { kind: "stale", from: 0, to: 0.25 },
    { kind: "stale", from: 0.75, to: 0.75 },
    { kind: "stale", from: 1, to: 1 },
  ]);
  assertEquals([0, 1, 2, 3].map((at) => barNotes(set, at)), [["early"], ["early"], [], ["one"]]);
});

Deno.test("linesCsv() writes every bar with every digit, a gap as nothing", () => {
  const columns = [{ key: "apy", label: "APY", values: Float64Array.of(0.123456789, NaN) }];
  assertEquals(
    linesCsv(columns, { from: FROM, barMs: DAY_MS }),
    "time,apy\r\n2021-01-01T00:00:00Z,0.123456789\r\n2021-01-02T00:00:00Z,\r\n",
  );
});
