import { z } from "zod";
import { parseUtcMs, type UtcMs } from "../../kernel/time.ts";
import { DecimalSchema, readAnswer, readRows, SecondsSchema } from "../answers.ts";
import type { CandleRow, ReadRow } from "../candle_rows.ts";

/** The last trade of a product. */
export interface CoinbaseTicker {
  readonly price: number;
  readonly asof: UtcMs;
}

const Amount = z.number();

/** Coinbase puts the low before the high, and both before the open. */
const CandleSchema = z.tuple([SecondsSchema, Amount, Amount, Amount, Amount, Amount], z.unknown())
  .transform(([openTime, low, high, open, close, volume]): CandleRow => ({
    openTime,
    open,
    high,
    low,
    close,
    volume,
    volumeUsd: NaN,
  }));

const InstantSchema = z.string().transform((text, context) => {
  const at = parseUtcMs(text);
  if (at !== null) return at;
  context.addIssue({ code: "custom", message: "expected an ISO 8601 instant" });
  return z.NEVER;
});

const TickerSchema = z.object({ price: DecimalSchema, time: InstantSchema })
  .transform(({ price, time }): CoinbaseTicker => ({ price, asof: time }));

/** The rows of `/products/{id}/candles`, newest first as they come. */
export function parseCandles(body: unknown): readonly ReadRow[] {
  return readRows(body, { what: { provider: "coinbase", name: "candles" }, schema: CandleSchema });
}

/** `/products/{id}/ticker`. */
export function parseTicker(body: unknown): CoinbaseTicker {
  return readAnswer(body, { what: { provider: "coinbase", name: "ticker" }, schema: TickerSchema });
}

/** Whether the answer states that there is no such product. */
export function isUnknownProduct({ status }: { readonly status: number }): boolean {
  return status === 404;
}
