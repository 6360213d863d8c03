import { z } from "zod";
import { RISK_FIGURES, type RiskService, USUAL_PERIODS } from "../../services/analytics/mod.ts";
import { formatUtcMs } from "../../services/kernel/time.ts";
import {
  type Explanation as ExplanationModel,
  INTERVALS,
  type MarketService,
  QUOTE_FIGURES,
} from "../../services/market/mod.ts";
import { gaugeFigureOf, type GaugeService } from "../../services/onchain/mod.ts";
import type { Clock } from "../../services/ports/mod.ts";
import { canExplainScore, type ScoreService } from "../../services/scores/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { explainGaugeFigure } from "./gauge_explain.ts";
import { AsofParam, AssetName } from "./params.ts";
import { provenanceToWire } from "./provenance_wire.ts";
import { ok } from "./reply.ts";
import { Explanation } from "./schemas.ts";

export function explainEndpoints(
  { market, risk, scoring, gauges, clock }: {
    readonly market: MarketService;
    readonly risk: RiskService;
    /** Explains the figures of scores where there is one. */
    readonly scoring?: { readonly scores: ScoreService } | undefined;
    /** Explains the figures of chains where there is one. */
    readonly gauges?: GaugeService | undefined;
    readonly clock: Clock;
  },
): readonly Endpoint[] {
  return [
    endpoint({
      path: "/api/explain/{figure}/{asset_id}",
      tag: "Explain",
      summary: "A figure taken apart: formula, inputs, origin, raw rows",
      description: `Figures: ${QUOTE_FIGURES.join(", ")}, or a line of an indicator such as ` +
        "`sma:20` or `macd:12-26-9.signal`, or a risk figure with its period such as " +
        `\`sharpe:1y\`: ${RISK_FIGURES.join(", ")} over ${
          USUAL_PERIODS.join(", ")
        } or any other. Of scores: ` +
        "`score`, `score_rank`, `score_coverage`, a pillar such as `score:risk` or a metric such " +
        "as `score:volatility_30d`. Of a chain's gauges: such as `gas:fast` of ethereum and " +
        "`mempool:size` of bitcoin.",
      params: z.object({
        figure: z.string().min(1).max(60).meta({ examples: ["change_24h"] }),
        asset_id: AssetName,
      }),
      query: z.object({
        interval: z.enum(INTERVALS).optional().describe(
          "Candles to compute on; without it days, or what fits the period",
        ),
        asof: AsofParam,
        benchmark: AssetName.optional().describe("What a beta or correlation is measured against"),
        method: z.string().min(1).max(40).optional().describe("Of a score: its method"),
      }),
      response: Explanation,
      refusals: [404, 409],
      async handle({ params: { asset_id, figure }, query }) {
        const gauge = gaugeFigureOf(figure);
        const explanation = gauges && gauge
          ? await explainGaugeFigure(gauge, { market, gauges, asset: asset_id })
          : scoring && canExplainScore(figure)
          ? await scoring.scores.explain(asset_id, figure, query)
          : risk.canExplain(figure)
          ? await risk.explain(asset_id, figure, query)
          : await market.explainQuote(asset_id, figure, { interval: query.interval });
        // Gauges are no part of the market, whose version would keep an old reading.
        const version = gauge ? undefined : await market.getVersion();
        return ok(explanationToWire(explanation), { now: clock.now(), version });
      },
    }),
  ];
}

function explanationToWire(explanation: ExplanationModel): z.output<typeof Explanation> {
  const { asset, provenance, inputs, rows, ...rest } = explanation;
  return {
    ...rest,
    asset_id: asset.assetId,
    inputs: inputs.map((input) => ({
      ...input,
      asof: input.asof === null ? null : formatUtcMs(input.asof),
    })),
    provenance: provenance && {
      ...provenanceToWire(provenance),
      source: provenance.source,
      asof: formatUtcMs(provenance.asof),
      resolution: provenance.resolution,
    },
    rows: rows.map((row) => ({
      t: row.openTime,
      o: row.open,
      h: row.high,
      l: row.low,
      c: row.close,
      v: row.volume,
      v_usd: row.volumeUsd,
      market_cap_usd: row.marketCapUsd,
      state: row.state,
    })),
  };
}
