import fc from "fast-check";
import { assert, assertEquals } from "@/tests/assert.ts";
import {
  clampWindow,
  followWindow,
  isFullWindow,
  keepBars,
  panWindow,
  revealSlot,
  zoomWindow,
} from "@/islands/chart/viewport.ts";

Deno.test("zoomWindow() keeps the anchor at its place on the screen", () => {
  // The anchor stands at a quarter of 0 to 100; half as wide, it is a quarter of 12.5 to 62.5.
  assertEquals(zoomWindow({ from: 0, to: 100 }, 100, { factor: 0.5, anchor: 25 }), {
    from: 12.5,
    to: 62.5,
  });
});
Deno.test("zoomWindow() stops at eight slots and at everything", () => {
  assertEquals(zoomWindow({ from: 40, to: 50 }, 100, { factor: 0.1, anchor: 45 }), {
    from: 41,
    to: 49,
  });
  assertEquals(zoomWindow({ from: 40, to: 90 }, 100, { factor: 9, anchor: 50 }), {
    from: 0,
    to: 100,
  });
});
Deno.test("panWindow() moves as far as there are slots", () => {
  assertEquals(panWindow({ from: 10, to: 30 }, 100, { by: -50 }), { from: 0, to: 20 });
  assertEquals(panWindow({ from: 10, to: 30 }, 100, { by: 80 }), { from: 80, to: 100 });
});
Deno.test("revealSlot() moves just far enough, and not at all for what is in view", () => {
  const window = { from: 10, to: 30 };
  assertEquals(revealSlot(window, 100, { slot: 5, width: 1 }), { from: 5, to: 25 });
  assertEquals(revealSlot(window, 100, { slot: 30, width: 2 }), { from: 12, to: 32 });
  assertEquals(revealSlot(window, 100, { slot: 20, width: 1 }), window);
});
Deno.test("clampWindow() stays inside and non-empty for any window", () => {
  const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(fc.property(finite, finite, fc.integer({ min: 1, max: 5_000 }), (a, b, slots) => {
    const { from, to } = clampWindow({ from: Math.min(a, b), to: Math.max(a, b) }, slots);
    assert(from >= 0 && to <= slots + 1e-6 && to > from, `${from} to ${to} of ${slots}`);
  }));
});
Deno.test("isFullWindow() is true only where both ends are in view", () => {
  assertEquals(isFullWindow({ from: 0, to: 10 }, 10), true);
  assertEquals(isFullWindow({ from: 1, to: 10 }, 10), false);
});

Deno.test("keepBars() moves a window back that would show only the tail", () => {
  assertEquals(keepBars({ from: 30, to: 40 }, 20), { from: 12, to: 22 });
  assertEquals(keepBars({ from: 5, to: 40 }, 20), { from: 5, to: 40 });
  assertEquals(keepBars({ from: 3, to: 8 }, 4), { from: 0, to: 5 });
});

const followed: {
  name: string;
  from: number;
  to: number;
  after: number;
  shift: number;
  expected: [number, number];
}[] = [
  { name: "keeps everything in view", from: 0, to: 100, after: 101, shift: 0, expected: [0, 101] },
  { name: "keeps the end in view", from: 60, to: 100, after: 101, shift: 0, expected: [61, 101] },
  { name: "keeps the past in view", from: 20, to: 60, after: 101, shift: 0, expected: [20, 60] },
  {
    name: "moves with bars that fell out at the start",
    from: 20,
    to: 60,
    after: 100,
    shift: -1,
    expected: [19, 59],
  },
  { name: "stops at the start", from: 5, to: 45, after: 100, shift: -9, expected: [0, 40] },
];
for (const { name, from, to, after, shift, expected } of followed) {
  Deno.test(`followWindow() ${name}`, () => {
    const window = followWindow({ from, to }, { before: 100, after, shift });
    assertEquals([window.from, window.to], expected);
  });
}
