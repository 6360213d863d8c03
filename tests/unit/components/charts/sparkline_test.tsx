import { renderToString } from "preact-render-to-string";
import { Sparkline, sparklineShape } from "@/components/charts/Sparkline.tsx";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";

Deno.test("sparklineShape() spans 96 × 28 and marks its end", () => {
  assertEquals(sparklineShape([1, 3, 2]), {
    path: "M1 25l45.5-22l45.5 11",
    endX: 92,
    endY: 14,
    first: 1,
    last: 2,
    missing: 0,
  });
});

Deno.test("sparklineShape() leaves gaps and counts them", () => {
  const shape = sparklineShape([1, null, 2, null]);
  assertEquals(shape?.missing, 2);
  assertEquals(shape?.path.match(/M/g)?.length, 2);
});

Deno.test("sparklineShape() is null with fewer than two values", () => {
  assertEquals(sparklineShape([]), null);
  assertEquals(sparklineShape([null, 4]), null);
});

Deno.test("Sparkline says its numbers, in plain digits, and where it points", () => {
  const html = renderToString(<Sparkline name="Pepe" values={[0.000002, null, 0.0000012345]} />);
  assertMatch(html, /aria-label="Pepe, 3 days, from 0.000002 to 0.000001234, 1 missing"/);
  assert(html.includes('data-dir="down"'));
});

Deno.test("Sparkline gives the reason where there is no line", () => {
  assertMatch(
    renderToString(<Sparkline name="Pepe" values={[1]} />),
    /unknown: fewer than two daily closes/,
  );
});
