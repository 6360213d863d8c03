import { ProviderError } from "../services/kernel/errors.ts";
import { MINUTE_MS } from "../services/kernel/time.ts";
import type { AssetId, LivePrice, LivePriceStore } from "../services/market/mod.ts";
import { LIVE_TOPICS } from "../services/market/mod.ts";
import type { Bus } from "../services/ports/bus.ts";
import { defineJob, type Job, NO_PAYLOAD } from "./job.ts";

/** A source of prices and whole-market figures of many assets at once. */
export interface SpotSource {
  readonly name: string;
  quotes(
    assetIds: readonly AssetId[],
    signal?: AbortSignal,
  ): Promise<readonly Pick<LivePrice, "assetId" | "priceUsd" | "asof" | "market">[]>;
}

/**
 * Asks for the prices and market values of all assets. Every quarter of an hour: three calls for
 * some 200 assets are 8,640 a month, of the 10,000 that the source allows.
 */
export function fetchSpotPrices({ source, assetIds, prices, bus }: {
  readonly source: SpotSource;
  readonly assetIds: readonly AssetId[];
  readonly prices: LivePriceStore;
  readonly bus: Bus;
}): Job<null> {
  return defineJob({
    name: "fetch_spot_prices",
    payload: NO_PAYLOAD,
    schedule: { everyMs: 15 * MINUTE_MS },
    timeoutMs: 2 * MINUTE_MS,
    maxAttempts: 3,
    concurrency: 1,
    async run({ signal }) {
      const { quotes, problem } = await ask(source, { assetIds, signal });
      const fetched = quotes.map(({ assetId, priceUsd, asof, market }): LivePrice => ({
        assetId,
        priceUsd,
        asof,
        source: source.name,
        venues: [],
        excluded: [],
        market,
      }));
      await prices.recordPrices(fetched);
      if (fetched.length > 0) bus.publish(LIVE_TOPICS.prices, JSON.stringify(fetched));
      return { asked: assetIds.length, fetched: fetched.length, problem };
    },
  });
}

/** A source that is away is asked again at the next slot: no work is lost that a retry would save. */
async function ask(
  source: SpotSource,
  { assetIds, signal }: { assetIds: readonly AssetId[]; signal: AbortSignal },
) {
  try {
    return { quotes: await source.quotes(assetIds, signal), problem: null };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return { quotes: [], problem: error.message };
  }
}
