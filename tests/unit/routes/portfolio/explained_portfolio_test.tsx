import { renderToString } from "preact-render-to-string";
import { ExplainedPortfolio } from "@/routes/portfolio/(_components)/ExplainedPortfolio.tsx";
import type { AssetId } from "@/services/market/mod.ts";
import type { PortfolioExplanation } from "@/services/portfolio/mod.ts";
import { assertMatch } from "@/tests/assert.ts";

const EXPLANATION: PortfolioExplanation = {
  ...{ figure: "realised", label: "Realised gain", value: "12.5", unit: "usd", currency: "USD" },
  ...{ reason: null, words: "", formula: "", rounding: "", rows: [], rowCount: 0 },
  inputs: [
    {
      ...{ name: "binancecoin, 2024", assetId: "binancecoin" as AssetId },
      ...{ value: "12.5", unit: "usd", note: "20 − 7.5" },
    },
    { name: "Fees of unknown value: 1", value: null, unit: "usd", note: "left out" },
  ],
};

Deno.test("ExplainedPortfolio calls assets by their names, and signs gains above 0 too", () => {
  const labels = new Map([["binancecoin", { name: "BNB", symbol: "BNB" }]]);
  const html = renderToString(
    <ExplainedPortfolio explanation={EXPLANATION} labels={labels} portfolioId="p" />,
  );
  assertMatch(html, /<dt>BNB, 2024</);
  assertMatch(html, /\+12\.50.*, gain.*\+12\.50/s);
  assertMatch(html, /<dt>Fees of unknown value: 1</);
});
