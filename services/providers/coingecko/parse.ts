import { z } from "zod";
import type { UtcMs } from "../../kernel/time.ts";
import { readAnswer, SecondsSchema } from "../answers.ts";

/** What CoinGecko says of one coin, over all markets that it watches. */
export interface CoinQuote {
  readonly coin: string;
  readonly priceUsd: number;
  readonly asof: UtcMs;
  readonly marketCapUsd: number | null;
  readonly volume24hUsd: number | null;
  /** As a fraction: 0.05 is +5 %. */
  readonly change24h: number | null;
}

/** CoinGecko writes 0 for a figure that it does not know. */
const FigureSchema = z.number().nonnegative().nullish()
  .transform((value) => value === 0 ? null : value ?? null);

const CoinSchema = z.object({
  usd: z.number().positive().nullish(),
  usd_market_cap: FigureSchema,
  usd_24h_vol: FigureSchema,
  usd_24h_change: z.number().nullish(),
  last_updated_at: SecondsSchema.nullish(),
});

/**
 * `/simple/price` in dollars. A coin without a price in dollars or without its time is left out:
 * nothing can be said of how fresh it is.
 */
export function parsePrices(body: unknown): readonly CoinQuote[] {
  const coins = readAnswer(body, {
    what: { provider: "coingecko", name: "prices" },
    schema: z.record(z.string(), CoinSchema),
  });
  return Object.entries(coins).flatMap(([coin, figures]) => {
    const { usd, last_updated_at: asof, usd_24h_change: percent } = figures;
    if (typeof usd !== "number" || typeof asof !== "number") return [];
    return {
      coin,
      priceUsd: usd,
      asof,
      marketCapUsd: figures.usd_market_cap,
      volume24hUsd: figures.usd_24h_vol,
      change24h: typeof percent === "number" ? percent / 100 : null,
    };
  });
}
