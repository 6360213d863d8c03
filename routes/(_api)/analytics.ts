import { z } from "zod";
import type { AnalyticsService, IndicatorSeries } from "../../services/analytics/mod.ts";
import { INDICATOR_SYNTAX, MAX_INDICATORS, MAX_PERIOD } from "../../services/analytics/mod.ts";
import type { Clock } from "../../services/ports/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { AssetName, commaList, RANGE_SHAPE, readRange, wholeNumber } from "./params.ts";
import { provenanceToWire } from "./provenance_wire.ts";
import { nextLink, ok, type Reply } from "./reply.ts";
import { Indicators } from "./schemas.ts";

const tag = "Analytics";
const CoinParams = z.object({ coin_id: AssetName });

export function analyticsEndpoints(
  { analytics, clock }: { readonly analytics: AnalyticsService; readonly clock: Clock },
): readonly Endpoint[] {
  return [
    endpoint({
      path: "/api/analytics/indicators/{coin_id}",
      tag,
      summary: "Indicators aligned with the candles' t",
      description: `Names: ${INDICATOR_SYNTAX.join(", ")}. Bars before the range warm them up; ` +
        "null where history or an unbroken window is lacking. A missing candle resets a window.",
      params: CoinParams,
      query: z.object({
        names: commaList({ max: MAX_INDICATORS, of: "indicators" }).meta({
          description: `1 to ${MAX_INDICATORS} indicators, separated by commas`,
          examples: ["sma:20,ema:50,rsi:14,macd:12-26-9,bb:20-2,atr:14"],
        }),
        ...RANGE_SHAPE,
      }),
      response: Indicators,
      refusals: [404, 409],
      async handle({ params, query: { names, start, end, ...query }, url }) {
        const range = readRange({ start, end });
        const asked = { names, ...query, ...range };
        return reply(await analytics.getIndicators(params.coin_id, asked), url);
      },
    }),
    endpoint({
      path: "/api/analytics/moving-average/{coin_id}",
      tag,
      summary: "One moving average of the closes",
      params: CoinParams,
      query: z.object({
        type: z.enum(["sma", "ema"]).default("sma"),
        period: wholeNumber({ min: 1, max: MAX_PERIOD, fallback: 20 }).describe(
          "Bars in the window",
        ),
        ...RANGE_SHAPE,
      }),
      response: Indicators.extend({
        type: z.enum(["sma", "ema"]),
        period: z.number().int(),
        values: z.array(z.number().nullable()),
      }).meta({ id: "MovingAverage" }),
      refusals: [404, 409],
      async handle({ params, query: { type, period, start, end, ...query }, url }) {
        const range = readRange({ start, end });
        const asked = { names: [`${type}:${period}`], ...query, ...range };
        const computed = await analytics.getIndicators(params.coin_id, asked);
        const values = computed.series[`${type}:${period}`] ?? [];
        return reply(computed, url, { type, period, values });
      },
    }),
  ];

  function reply(computed: IndicatorSeries, url: string, extra: object = {}): Reply {
    const { assetId, interval, t, series, missing, provenance, nextFrom, version } = computed;
    const data = {
      asset_id: assetId,
      ...extra,
      interval,
      t: [...t],
      series,
      missing,
      ...provenanceToWire(provenance),
    };
    const headers = nextFrom === null ? {} : nextLink(url, { start: String(nextFrom) });
    return ok(data, { now: clock.now(), version, headers });
  }
}
