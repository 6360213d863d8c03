import { type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import type { BuiltTrade } from "@/services/market/live/candle_builder.ts";
import { readSharedText, sharedData } from "@/tests/shared_data.ts";

const RECORDED = "market/trades_binance_spot/BTCUSDT_trades_2021-01-08.csv.gz";
/** Length of the made tape that stands in where the recorded one is missing. */
const MADE_TRADES = 2_000;
const MADE_FROM = Date.UTC(2021, 0, 8);

export interface Tape {
  readonly name: string;
  readonly trades: readonly BuiltTrade[];
}

/**
 * `length` trades in the order of the exchange: the recorded tape, or a made one of its kind, over
 * and over, each time later and with later numbers.
 */
export async function readTape(length: number): Promise<Tape> {
  const url = sharedData(RECORDED);
  const once = url === null ? madeTrades() : parseTape(await readSharedText(url));
  const [first, last] = [once[0], once.at(-1)];
  if (!first || !last) throw new Error("Expected a tape with trades");
  const [spanMs, spanIds] = [last.at - first.at + 1, last.tradeId - first.tradeId + 1];
  const trades = Array.from({ length }, (_, index): BuiltTrade => {
    const trade = once[index % once.length] ?? first;
    const round = Math.floor(index / once.length);
    const at = utcMsOf(trade.at + round * spanMs);
    return { ...trade, at, tradeId: trade.tradeId + round * spanIds };
  });
  const name = url === null ? "a made tape" : `${once.length.toLocaleString("en")} recorded trades`;
  return { name, trades };
}

function parseTape(text: string): readonly BuiltTrade[] {
  const [head = "", ...rows] = text.trimEnd().split("\n");
  const columns = head.split(",");
  const place = Object.fromEntries(columns.map((name, at) => [name, at]));
  return rows.map((row) => {
    const fields = row.split(",");
    const numberOf = (name: string) => Number(fields[place[name] ?? -1]);
    return {
      priceUsd: numberOf("price"),
      quantity: numberOf("quantity"),
      at: numberOf("time_ms") as UtcMs,
      tradeId: numberOf("trade_id"),
    };
  });
}

function madeTrades(): readonly BuiltTrade[] {
  return Array.from({ length: MADE_TRADES }, (_, index) => ({
    priceUsd: 39_000 + Math.round(50_000 * Math.sin(index / 97)) / 100,
    quantity: (1 + index * 7_919 % 1_000) / 1_000,
    at: MADE_FROM + index * 230 as UtcMs,
    tradeId: 1 + index,
  }));
}
