import { AppError } from "../../services/kernel/errors.ts";
import type { Explanation, MarketService } from "../../services/market/mod.ts";
import {
  explainGauge,
  gaugeAssetOf,
  type GaugeExplanation,
  type GaugeFigure,
  type GaugeService,
} from "../../services/onchain/mod.ts";

interface Deps {
  readonly market: MarketService;
  readonly gauges: GaugeService;
}

/**
 * A figure of a chain's gauge taken apart, under any name of the asset. Throws
 * `RESOURCE_NOT_FOUND` for an asset whose chain the gauge is not of.
 */
export async function explainGaugeFigure(
  figure: GaugeFigure,
  { market, gauges, asset: name }: Deps & { readonly asset: string },
): Promise<Explanation> {
  const asset = market.resolve(name);
  const expected = gaugeAssetOf(figure.gauge);
  if (asset.id !== expected) {
    throw new AppError(
      "RESOURCE_NOT_FOUND",
      `Cannot explain it of ${asset.id}: it is ${expected}'s`,
    );
  }
  const { source, asof, ...explained } = await explain(figure, gauges);
  return {
    ...explained,
    asset: { assetId: asset.id, name: asset.name, symbol: asset.symbol, themes: [] },
    inputs: explained.inputs.map((input) => ({ ...input, asof, source, resolution: "1m" })),
    provenance: source === null || asof === null ? null : {
      ...{ source, asof, resolution: "1m", derivedFrom: null, isDemo: source === "demo" },
    },
    rows: [],
  };
}

/** From the newest reading, or from the example where the page shows that. */
async function explain(figure: GaugeFigure, gauges: GaugeService): Promise<GaugeExplanation> {
  if (figure.gauge === "eth_gas") {
    const view = gauges.example(figure.gauge, 0) ?? await gauges.view(figure.gauge, 0);
    return explainGauge(figure, view);
  }
  const view = gauges.example(figure.gauge, 0) ?? await gauges.view(figure.gauge, 0);
  return explainGauge(figure, view);
}
