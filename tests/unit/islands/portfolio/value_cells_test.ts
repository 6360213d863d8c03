import type { PortfolioTick } from "@/components/api/live_portfolios.ts";
import { shownNav } from "@/islands/portfolio/value_cells.tsx";
import { assertEquals } from "@/tests/assert.ts";

const tick: PortfolioTick = {
  ...{ portfolioId: "p", currency: "EUR", nav: 90, navUsd: 100 },
  ...{ at: 0, isHeld: false, unpriced: 0, ledgerVersion: 1, positions: [] },
};

Deno.test("shownNav() is the server's own in the portfolio's currency, and none while it is held", () => {
  assertEquals(shownNav(tick, { currency: "EUR", rate: 0.5 }), 90);
  assertEquals(shownNav({ ...tick, isHeld: true }, { currency: "EUR", rate: 0.5 }), null);
});

Deno.test("shownNav() converts dollars at the page's rate in another currency", () => {
  assertEquals(shownNav(tick, { currency: "GBP", rate: 0.8 }), 80);
  assertEquals(shownNav({ ...tick, nav: null }, { currency: "USD", rate: 1 }), 100);
  assertEquals(shownNav({ ...tick, navUsd: null }, { currency: "USD", rate: 1 }), null);
});
