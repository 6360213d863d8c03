import { causesOf } from "@/routes/scores/(_components)/ChangesPanel.tsx";
import { assertEquals } from "@/tests/assert.ts";

Deno.test("causesOf() says of a metric that came or went that it did not move", () => {
  const metric = { pillar: "risk", rawBefore: null, rawAfter: null };
  const metrics = [
    { ...metric, metric: "a", label: "Volume", points: 3, addedBefore: null, addedAfter: 3 },
    { ...metric, metric: "b", label: "Return", points: -1.25, addedBefore: 1.25, addedAfter: null },
    { ...metric, metric: "c", label: "Beta", points: 1, addedBefore: 1, addedAfter: 2 },
  ];
  assertEquals(causesOf({ metrics }), "Volume +3.00, new; Return −1.25, missing now");
  assertEquals(causesOf({ metrics: metrics.slice(2) }), "Beta +1.00");
});
