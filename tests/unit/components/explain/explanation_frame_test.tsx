import { render } from "preact-render-to-string";
import { ExplanationFrame, unknownOf } from "@/components/explain/ExplanationFrame.tsx";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";

const TEXTS = {
  title: "Price of Bitcoin",
  words: "What it cost.",
  formula: "close",
  rounding: "None",
};
const inputs = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `input ${at}`, origin: null, value: at }));

Deno.test("ExplanationFrame scrolls many inputs in a frame that keys reach, and few not at all", () => {
  const few = render(
    <ExplanationFrame {...TEXTS} value="1" unknown={null} inputs={inputs(12)} />,
  );
  assert(!few.includes("scroller"), few);
  const many = render(
    <ExplanationFrame {...TEXTS} value="1" unknown={null} inputs={inputs(13)} />,
  );
  assertMatch(many, /class="scroller" tabindex="0" role="region" aria-label="Inputs, scrollable"/);
});

Deno.test("ExplanationFrame says why a figure is unknown, and nothing of inputs that there are not", () => {
  const html = render(
    <ExplanationFrame {...TEXTS} value="—" unknown="no candle is stored" inputs={[]} />,
  );
  assertMatch(html, /Unknown: no candle is stored\./);
  assert(!html.includes("Inputs"), html);
});

Deno.test("unknownOf() is a reason where there is no value, though none was given", () => {
  assertEquals(unknownOf({ value: 0, reason: null }), null);
  assertEquals(unknownOf({ value: null, reason: "no rate" }), "no rate");
  assertEquals(unknownOf({ value: null, reason: null }), "no reason given");
});
