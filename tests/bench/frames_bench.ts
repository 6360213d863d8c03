// deno-lint-ignore-file no-console
/**
 * Reads trade frames by the venues' protocols, checks included, against JSON.parse alone on the
 * same frames. Rounds are interleaved; medians are compared.
 */
import { readBinanceFrame } from "@/services/providers/binance/stream_protocol.ts";
import { readCoinbaseFrame } from "@/services/providers/coinbase/stream_protocol.ts";
import type { VenueMessage } from "@/services/providers/exchange/protocol.ts";

const FRAMES = 200_000;
/** Times that of JSON.parse. */
const MAX_RATIO = 2;
/** Ten times the ticks a second that ingest must take. */
const MIN_PER_SECOND = 500_000;
const START_MS = Date.UTC(2026, 0, 1);
const isQuick = Deno.args.includes("--quick");

function binanceFrame(index: number): string {
  const at = START_MS + index * 7;
  const price = (60_000 + index % 997 / 100).toFixed(8);
  return `{"stream":"btcusdt@trade","data":{"e":"trade","E":${at + 1},"s":"BTCUSDT",` +
    `"t":${1_147_021_583 + index},"p":"${price}","q":"0.00${index % 900 + 100}000","T":${at},` +
    `"m":${index % 2 === 0},"M":true}}`;
}

function coinbaseFrame(index: number): string {
  const at = new Date(START_MS + index * 7).toISOString().replace("Z", "089Z");
  const price = (60_000 + index % 997 / 100).toFixed(2);
  return `{"type":"match","trade_id":${280_232 + index},` +
    `"maker_order_id":"2a0da34e-61f7-4c36-88e5-c9dd15927b16",` +
    `"taker_order_id":"3c82abaa-c01e-4608-be59-6a1e69742891","side":"sell",` +
    `"size":"0.00${index % 900 + 100}","price":"${price}","product_id":"BTC-USD",` +
    `"sequence":${177_100_030 + index},"time":"${at}"}`;
}

function readTrades(frames: readonly string[], read: (frame: string) => VenueMessage): number {
  let trades = 0;
  for (const frame of frames) {
    const message = read(frame);
    if (message.kind === "trades") trades += message.trades.length;
  }
  return trades;
}

function parseAlone(frames: readonly string[]): number {
  let objects = 0;
  for (const frame of frames) {
    if (typeof JSON.parse(frame) === "object") objects++;
  }
  return objects;
}

function timed(run: () => number): number {
  const start = performance.now();
  const count = run();
  if (count !== FRAMES) throw new Error(`Expected ${FRAMES} trades, got ${count}`);
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Prints one venue's figures; whether they meet the goals. */
function measure(
  venue: string,
  { frameAt, read }: {
    frameAt: (index: number) => string;
    read: (frame: string) => VenueMessage;
  },
): boolean {
  const frames = Array.from({ length: FRAMES }, (_, index) => frameAt(index));
  const ours: number[] = [];
  const alone: number[] = [];
  for (let round = 0; round < (isQuick ? 2 : 9); round++) {
    ours.push(timed(() => readTrades(frames, read)));
    alone.push(timed(() => parseAlone(frames)));
  }
  const perSecond = FRAMES / median(ours) * 1000;
  const ratio = median(ours) / median(alone);
  console.log(
    `${venue.padEnd(9)} ${Math.round(perSecond).toLocaleString("en")} frames/s ` +
      `(goal: at least ${MIN_PER_SECOND.toLocaleString("en")}), JSON.parse alone ` +
      `${Math.round(FRAMES / median(alone) * 1000).toLocaleString("en")}: ` +
      `${ratio.toFixed(2)} times its time (goal: at most ${MAX_RATIO})`,
  );
  return ratio <= MAX_RATIO && perSecond >= MIN_PER_SECOND;
}

const met = [
  measure("binance", { frameAt: binanceFrame, read: readBinanceFrame }),
  measure("coinbase", { frameAt: coinbaseFrame, read: readCoinbaseFrame }),
];
if (met.includes(false) && !isQuick) Deno.exit(1);
