import { assertEquals } from "@/tests/assert.ts";
import {
  analyticsHref,
  offeredPeriods,
  readAnalyticsView,
} from "@/routes/analytics/(_components)/analytics_view.ts";

function viewOf(query: string) {
  return readAnalyticsView(new URL(`http://localhost/analytics?${query}`));
}

const addresses = [
  { name: "the default view", query: "", expected: "/analytics" },
  {
    name: "assets of a form, each once",
    query: "coin=bitcoin&coin=eth&coin=bitcoin",
    expected: "/analytics?coins=bitcoin,eth",
  },
  {
    name: "everything that differs from the default",
    query: "coins=btc,eth&period=1y&interval=1d&asof=2021-06-30&start=2021-01-01&benchmark=eth" +
      "&a=btc&b=sol&window=60&sort=sharpe&order=asc&scale=log&table=rolling",
    expected: "/analytics?coins=btc,eth&period=1y&interval=1d&asof=2021-06-30&start=2021-01-01" +
      "&benchmark=eth&a=btc&b=sol&window=60&sort=sharpe&order=asc&scale=log&table=rolling",
  },
  {
    name: "nothing of what it does not know",
    query: "interval=3m&sort=luck&window=ten&table=none&scale=cube&period=",
    expected: "/analytics",
  },
];
for (const { name, query, expected } of addresses) {
  Deno.test(`analyticsHref() of what readAnalyticsView() read holds ${name}`, () => {
    assertEquals(analyticsHref(viewOf(query)), expected);
  });
}

Deno.test("readAnalyticsView() takes 60 names at most", () => {
  const names = Array.from({ length: 70 }, (_, at) => `coin${at}`).join(",");
  assertEquals(viewOf(`coins=${names}`).coins.length, 60);
});

Deno.test("offeredPeriods() are the usual ones and the one in use", () => {
  assertEquals(offeredPeriods(viewOf("period=30d")), ["24h", "7d", "30d", "90d", "1y"]);
  assertEquals(offeredPeriods(viewOf("period=2y")).at(-1), "2y");
});
