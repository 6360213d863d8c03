import { renderToString } from "preact-render-to-string";
import { RateCurveSvg } from "@/components/charts/RateCurveSvg.tsx";
import { UtilizationBar } from "@/components/charts/UtilizationBar.tsx";
import { assert, assertEquals } from "@/tests/assert.ts";

Deno.test("UtilizationBar says use and kink, and marks what is past the kink", () => {
  const calm = renderToString(<UtilizationBar name="DAI" utilization={0.5} kink={0.9} />);
  assert(calm.includes('aria-label="DAI: utilisation 50.00%, kink at 90.00%"'));
  assert(!calm.includes("c-past"));
  const past = renderToString(<UtilizationBar name="DAI" utilization={1.2} kink={0.9} />);
  // 72 wide: the kink stands at 64.8, and more than all is drawn as all.
  assert(past.includes('class="c-past" x="64.8" y="3" width="7.2"'), past);
});

const DOTS = [
  { utilization: 0.5, supplyApy: 0.02, borrowApy: 0.04 },
  { utilization: 0.95, supplyApy: 0.2, borrowApy: 0.25 },
];

Deno.test("RateCurveSvg draws a dot for each reading but the last, which it names", () => {
  const html = renderToString(
    <RateCurveSvg dots={DOTS} kink={0.9} curve={null} label="Rates" height={220} />,
  );
  assertEquals(html.match(/c-supply/g)?.length, 1);
  for (const text of ["kink 90.00%", "borrow 25.00%", "supply 20.00%"]) assert(html.includes(text));
  assert(!html.includes("c-s2"));
  assert(html.includes('aria-label="Rates"'));
});

Deno.test("RateCurveSvg draws the curve as far as it is known, and an empty plot of no reading", () => {
  const html = renderToString(
    <RateCurveSvg dots={DOTS} kink={0.9} curve={[0, 0.1, null]} label="" height={220} />,
  );
  assert(/class="c-line c-s2" d="M0 200L500 [\d.]+"/.test(html), html);
  const empty = renderToString(
    <RateCurveSvg dots={[]} kink={0.9} curve={null} label="" height={220} />,
  );
  assert(!empty.includes("c-you") && !empty.includes("NaN"));
});
