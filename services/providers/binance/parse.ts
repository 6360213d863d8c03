import { z } from "zod";
import type { UtcMs } from "../../kernel/time.ts";
import { DecimalSchema, MillisSchema, readAnswer, readRows } from "../answers.ts";
import type { CandleRow, ReadRow } from "../candle_rows.ts";

/** The last price of a market. */
export interface BinanceTicker {
  readonly market: string;
  /** 0 where the market never traded. */
  readonly price: number;
  /** The end of the window that the ticker covers. */
  readonly asof: UtcMs;
}

/** Open time, prices, volume, close time, volume in the quote; what follows is of no concern. */
const KlineSchema = z.tuple([
  MillisSchema,
  DecimalSchema,
  DecimalSchema,
  DecimalSchema,
  DecimalSchema,
  DecimalSchema,
  z.unknown(),
  DecimalSchema,
], z.unknown()).transform((
  [openTime, open, high, low, close, volume, , volumeUsd],
): CandleRow => ({ openTime, open, high, low, close, volume, volumeUsd }));

const TickerSchema = z.object({
  symbol: z.string(),
  lastPrice: DecimalSchema,
  closeTime: MillisSchema,
}).transform(({ symbol, lastPrice, closeTime }): BinanceTicker => ({
  market: symbol,
  price: lastPrice,
  asof: closeTime,
}));

const TickersSchema = z.union([z.array(TickerSchema), TickerSchema.transform((one) => [one])]);

/** The rows of `/api/v3/klines`. */
export function parseKlines(body: unknown): readonly ReadRow[] {
  return readRows(body, { what: { provider: "binance", name: "klines" }, schema: KlineSchema });
}

/** `/api/v3/ticker/24hr`, of one market or of several. */
export function parseTickers(body: unknown): readonly BinanceTicker[] {
  return readAnswer(body, {
    what: { provider: "binance", name: "24h tickers" },
    schema: TickersSchema,
  });
}

/** Whether the answer states that there is no such market. */
export function isUnknownMarket(
  { status, body }: { readonly status: number; readonly body: unknown },
): boolean {
  return status === 400 && z.object({ code: z.literal(-1121) }).safeParse(body).success;
}
