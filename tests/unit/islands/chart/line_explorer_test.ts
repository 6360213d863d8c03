import { assert, assertEquals } from "@/tests/assert.ts";
import { type LineMark, type LineSet, lineSet } from "@/components/charts/lines.ts";
import { lineWindow } from "@/components/charts/line_window.ts";
import { LineExplorer } from "@/islands/chart/line_explorer.ts";
import { DAY_MS } from "@/services/kernel/time.ts";

const FROM = Date.UTC(2026, 0, 1);

/** A value a day: the number of the day. */
function days(length: number, { from = FROM, marks = [] as readonly LineMark[] } = {}): LineSet {
  const values = Float64Array.from({ length }, (_, at) => at);
  const set = lineSet([{ key: "a", label: "A", values }], { from, barMs: DAY_MS, unit: "count" });
  return { ...set, marks };
}

function valuesOf({ shown }: LineExplorer): readonly (number | null)[] {
  return shown.value.lines[0]?.values ?? [];
}

Deno.test("lineWindow() cuts bars and events to a window, and moves its start", () => {
  const marks = [{ at: 1, sign: "+", text: "before" }, { at: 4, sign: "+", text: "inside" }];
  const cut = lineWindow(days(10, { marks }), { from: 2.6, to: 6.2 });
  assertEquals(cut.lines[0]?.values, [3, 4, 5]);
  assertEquals([cut.from, cut.length], [FROM + 3 * DAY_MS, 3]);
  assertEquals(cut.marks, [{ at: 1, sign: "+", text: "inside" }]);
});

Deno.test("lineWindow() of all bars is the set itself", () => {
  const set = days(10);
  assert(lineWindow(set, { from: -1, to: 11 }) === set);
});

Deno.test("LineExplorer zooms around a bar, pans as far as there are bars, and goes back", () => {
  const explorer = new LineExplorer(days(40));
  assert(explorer.isWhole);
  explorer.zoom(0.25, 20);
  assertEquals(valuesOf(explorer), [15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
  assert(!explorer.isWhole);
  explorer.pan(100);
  assertEquals(valuesOf(explorer).at(-1), 39);
  explorer.reset();
  assertEquals(valuesOf(explorer).length, 40);
});

Deno.test("LineExplorer reads the bar under a point, and keeps it while the window moves", () => {
  const explorer = new LineExplorer(days(40));
  explorer.measureWith(() => 390);
  explorer.pointAt({ x: 204, y: 0 });
  assertEquals(explorer.cursor.value, 20);
  explorer.zoom(0.25, 20);
  assertEquals(explorer.cursor.value, 5);
  // Out of view it is read no more, and has not gone.
  explorer.pan(-15);
  assertEquals(explorer.cursor.value, null);
  explorer.reset();
  assertEquals(explorer.cursor.value, 20);
});

Deno.test("LineExplorer brings the bar that a key leads to into view, and stops at the ends", () => {
  const explorer = new LineExplorer(days(40));
  explorer.zoom(0.25, 20);
  assert(explorer.act({ kind: "last" }, { newest: 9 }));
  assertEquals([valuesOf(explorer).at(-1), explorer.cursor.value], [39, 9]);
  explorer.act({ kind: "move", by: 10 }, { newest: 9 });
  assertEquals(explorer.cursor.value, 9);
  explorer.act({ kind: "first" }, { newest: 9 });
  assertEquals([valuesOf(explorer)[0], explorer.cursor.value], [0, 0]);
  assert(!explorer.act({ kind: "reset" }, { newest: 9 }));
});

Deno.test("LineExplorer stays where it is in time when a newer set comes", () => {
  const explorer = new LineExplorer(days(40));
  explorer.zoom(0.25, 20);
  const from = explorer.shown.value.from;
  // Five bars have come before the first one; the window is at the same days.
  explorer.follow(days(45, { from: FROM - 5 * DAY_MS }));
  assertEquals([explorer.shown.value.from, explorer.shown.value.length], [from, 10]);
  const whole = new LineExplorer(days(40));
  whole.follow(days(41));
  assertEquals(valuesOf(whole).length, 41);
});
