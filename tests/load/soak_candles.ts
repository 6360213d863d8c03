import { z } from "zod";
import type { LocalExchange } from "@/tests/exchange/local_exchange.ts";
import type { TradedCandle } from "@/tests/exchange/traded_candles.ts";
import { MARKETS } from "./soak_checks.ts";

export const BUCKET_MS = 5 * 60_000;
/** Floats added up in another order differ in their last digits. */
const TOLERANCE = 1e-9;

const Candle = z.object({
  t: z.number(),
  o: z.number(),
  h: z.number(),
  l: z.number(),
  c: z.number(),
  v: z.number(),
  state: z.enum(["provisional", "final", "healed"]),
});
type Candle = z.infer<typeof Candle>;

/** What candles say against the exchange's trades. */
export interface CandleReport {
  readonly compared: number;
  readonly healed: number;
  /** Buckets that are missing or not closed yet: right for a while, and wrong in the end. */
  readonly open: readonly string[];
  /** Buckets that are called closed and are not what was traded: wrong at any time. */
  readonly wrong: readonly string[];
}

/** Compares every bucket from `from` on that ended until `to`, of every market. */
export async function compareCandles(
  url: string,
  { exchange, from, to }: { exchange: LocalExchange; from: number; to: number },
): Promise<CandleReport> {
  const report = { compared: 0, healed: 0, open: [] as string[], wrong: [] as string[] };
  const last = to - BUCKET_MS;
  if (last < from) return report;
  for (const { venue, market, asset } of MARKETS) {
    const query = `interval=5m&source=${venue}&start=${from}&end=${last}&limit=1000`;
    const told = await readCandles(`${url}/assets/${asset}/candles?${query}`);
    const byTime = new Map(told.map((candle) => [candle.t, candle]));
    const nameOf = (openTime: number) => `${venue} ${market} ${new Date(openTime).toISOString()}`;
    for (const truth of exchange.candles.list(market, { stepMs: BUCKET_MS, from, to: last })) {
      const candle = byTime.get(truth.openTime);
      byTime.delete(truth.openTime);
      const name = nameOf(truth.openTime);
      report.compared++;
      if (candle?.state === "healed") report.healed++;
      if (candle === undefined) report.open.push(`${name} is missing`);
      else if (candle.state === "provisional") report.open.push(`${name} is still provisional`);
      else report.wrong.push(...differences(candle, truth).map((what) => `${name}, ${what}`));
    }
    for (const openTime of byTime.keys()) {
      report.wrong.push(`${nameOf(openTime)} was never traded`);
    }
  }
  return report;
}

/** None where the source has not told of any yet. */
async function readCandles(address: string): Promise<readonly Candle[]> {
  const response = await fetch(address);
  const text = await response.text();
  if (response.status === 404) return [];
  if (!response.ok) throw new Error(`${address} answers ${response.status}: ${text}`);
  return z.array(Candle).parse(JSON.parse(text));
}

function differences(told: Candle, truth: TradedCandle): readonly string[] {
  const pairs = [
    ["open", told.o, truth.open],
    ["high", told.h, truth.high],
    ["low", told.l, truth.low],
    ["close", told.c, truth.close],
    ["volume", told.v, truth.volume],
  ] as const;
  return pairs.filter(([, ours, theirs]) => !(Math.abs(ours - theirs) <= TOLERANCE * theirs))
    .map(([what, ours, theirs]) => `${told.state}: ${what} ${ours}, traded ${theirs}`);
}
