import { assert, assertEquals } from "@/tests/assert.ts";
import { convertHistory } from "@/services/portfolio/performance/history.ts";
import { measurePortfolio } from "@/services/portfolio/performance/measure.ts";
import {
  type ReturnFigure,
  UNKNOWN_FLOWS,
  whyUnmeasured,
} from "@/services/portfolio/why_unmeasured.ts";
import { historyOf, ledger } from "./performance/ledger.ts";

const FIGURES: readonly ReturnFigure[] = [
  ...["gain", "roi", "twr", "xirr", "modifiedDietz", "drawdown"] as const,
];

/** Why each figure of one purchase is not known, by closes and rates from its day on. */
function reasonsOf(closes: readonly number[], rates: readonly number[]) {
  const history = historyOf(ledger([["2025-01-01T12:00:00Z", "BUY", "bitcoin", "1", "100"]]), {
    ...{ from: "2024-12-31", closes: { bitcoin: [null, ...closes] } },
  });
  const performance = measurePortfolio(convertHistory(history, Float64Array.of(1, ...rates)));
  assert(performance !== null);
  return FIGURES.map((figure) => whyUnmeasured({ performance, status: "current" }, figure));
}

Deno.test("whyUnmeasured() has nothing to say of what is known", () => {
  assertEquals(reasonsOf([100, 101], [1, 1]), FIGURES.map(() => null));
});

Deno.test("whyUnmeasured() names flows of unknown amount as what returns lack", () => {
  assertEquals(reasonsOf([100, 101], [NaN, 1]), FIGURES.map(() => UNKNOWN_FLOWS));
});

Deno.test("whyUnmeasured() says of a yearly rate alone that none explains the flows", () => {
  // A loss of half in a day is below any rate that is looked for.
  const xirr = "Money went one way only, or no yearly rate explains it";
  assertEquals(reasonsOf([100, 50], [1, 1]), FIGURES.map((name) => name === "xirr" ? xirr : null));
});

Deno.test("whyUnmeasured() says why nothing is measured at all", () => {
  const whyOf = (status: "current" | "pending" | "empty") =>
    whyUnmeasured({ performance: null, status }, "twr");
  assertEquals([whyOf("empty"), whyOf("pending"), whyOf("current")], [
    "It has no rows yet",
    "Its first values are being made",
    "There are no two moments with all prices to measure between",
  ]);
});
