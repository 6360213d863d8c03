import { z } from "zod";
import type { LocalExchange } from "@/tests/exchange/local_exchange.ts";
import { VENUE_NAMES, type VenueName } from "./soak_faults.ts";

const MINUTE_MS = 60_000;
/** Older prices are stale (10 s); the time of an answer is told in whole seconds. */
const MAX_FRESH_MS = 11_000;

export const MARKETS = [
  { venue: "binance", market: "BTCUSDT", asset: "bitcoin" },
  { venue: "binance", market: "ETHUSDT", asset: "ethereum" },
  { venue: "coinbase", market: "BTC-USD", asset: "bitcoin" },
  { venue: "coinbase", market: "ETH-USD", asset: "ethereum" },
] as const;

const answerOf = <T extends z.ZodType>(data: T) => z.object({ data });
const Providers = answerOf(z.array(z.object({
  name: z.string(),
  breaker: z.object({ state: z.string() }),
  frozen: z.object({ reason: z.string() }).nullable(),
})));
const Overview = answerOf(z.object({
  feeds: z.array(z.object({ venue: z.string(), state: z.string(), reason: z.string().nullable() })),
}));
const Price = answerOf(z.object({
  asof: z.iso.datetime().nullable(),
  stale: z.boolean(),
  resolution: z.string().nullable(),
  venue_prices: z.array(z.object({ venue: z.string(), at: z.iso.datetime() })),
}));
const Tasks = answerOf(z.array(z.object({ name: z.string(), error: z.string().nullable() })));

/** The JSON of an address, checked. Throws for anything but a 2xx of its shape. */
async function read<T>(url: string, schema: z.ZodType<T>): Promise<T> {
  return (await readAt(url, schema)).body;
}

/** The same, with the server's time of the answer: a busy machine may hand it on late. */
async function readAt<T>(
  url: string,
  schema: z.ZodType<T>,
): Promise<{ readonly body: T; readonly at: number }> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${text.slice(0, 200)}`);
  const at = Date.parse(response.headers.get("date") ?? "");
  return { body: schema.parse(JSON.parse(text)), at };
}

/** Sources and feeds that are not well since `stoppedAt`, each as a sentence. */
export async function findUnwell(url: string, stoppedAt: number): Promise<readonly string[]> {
  const { data: providers } = await read(`${url}/api/ops/providers`, Providers);
  const { data: { feeds } } = await read(`${url}/api/ops/overview`, Overview);
  const { data: dead } = await read(`${url}/api/ops/jobs?state=dead`, Tasks);
  return [
    ...providers.filter(({ breaker }) => breaker.state !== "closed")
      .map(({ name, breaker }) => `the breaker of ${name} is ${breaker.state}`),
    ...providers.flatMap(({ name, frozen }) =>
      frozen ? [`${name} is frozen: ${frozen.reason}`] : []
    ),
    ...VENUE_NAMES.filter((venue) => !feeds.some((feed) => feed.venue === venue))
      .map((venue) => `nothing is known of the feed of ${venue}`),
    ...feeds.filter(({ state }) => state !== "live")
      .map(({ venue, state, reason }) => `the feed of ${venue} is ${state}: ${reason}`),
    ...dead.map(({ name, error }) => `a job ${name} is dead: ${error}`),
    ...await findUnheard(url, stoppedAt),
  ];
}

/** A feed that went silent is still called live for half a minute: its prices tell. */
async function findUnheard(url: string, stoppedAt: number): Promise<readonly string[]> {
  const unheard: string[] = [];
  for (const asset of new Set(MARKETS.map((market) => market.asset))) {
    const { data } = await read(`${url}/api/market/price/${asset}`, Price);
    for (const venue of VENUE_NAMES) {
      const heard = data.venue_prices.find((price) => price.venue === venue);
      if (heard !== undefined && Date.parse(heard.at) > stoppedAt) continue;
      unheard.push(`the price of ${asset} counts nothing new of ${venue}`);
    }
  }
  return unheard;
}

/** The age of a price that is too old for what is said of it, in ms; else `null`. */
export async function findTooOld(url: string): Promise<number | null> {
  const { body: { data }, at } = await readAt(`${url}/api/market/price/bitcoin`, Price);
  const ageMs = data.asof === null ? Infinity : at - Date.parse(data.asof);
  // The close of a candle that was healed meanwhile has the measure of candles.
  return data.stale || data.resolution !== "tick" || ageMs <= MAX_FRESH_MS ? null : ageMs;
}

/** Lets a source that froze itself be called again. */
export async function thaw(url: string, venue: VenueName): Promise<void> {
  const { data } = await read(`${url}/api/ops/providers`, Providers);
  if (data.every(({ name, frozen }) => name !== venue || frozen === null)) return;
  const response = await fetch(`${url}/api/ops/providers/${venue}/thaw`, {
    method: "POST",
    headers: { origin: url, "content-type": "application/json" },
    body: "{}",
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${venue} cannot be thawed: ${response.status} ${text}`);
}

/** Whether a price told by the product lies among those traded in the ten seconds before it. */
export function isTraded(
  { coin_id, price, timestamp }: { coin_id: string; price: number; timestamp: string },
  exchange: LocalExchange,
): boolean {
  const at = Date.parse(timestamp);
  // Trades are kept by the minute.
  const range = { stepMs: MINUTE_MS, from: at - 10_000 - MINUTE_MS, to: at };
  const minutes = MARKETS.filter(({ asset }) => asset === coin_id)
    .flatMap(({ market }) => exchange.candles.list(market, range));
  const low = Math.min(...minutes.map((minute) => minute.low));
  const high = Math.max(...minutes.map((minute) => minute.high));
  return price >= low && price <= high;
}

/** Megabytes a minute by which memory grew: the slope of a line through the samples. */
export function growthOf(samples: readonly { readonly at: number; readonly mb: number }[]): number {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const atMean = mean(samples.map(({ at }) => at));
  const mbMean = mean(samples.map(({ mb }) => mb));
  const together = samples.reduce((sum, { at, mb }) => sum + (at - atMean) * (mb - mbMean), 0);
  const spread = samples.reduce((sum, { at }) => sum + (at - atMean) ** 2, 0);
  return spread === 0 ? 0 : together / spread * MINUTE_MS;
}

/** Resident megabytes of a process (Linux). */
export function residentMb(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? NaN) / 1024;
}

/** Lines of a log that tell of a mistake of ours: errors, and what no logger wrote. */
export function errorsIn(log: string): readonly string[] {
  return log.split("\n").filter((line) => {
    if (line === "" || line.startsWith("Tokenlysis listening")) return false;
    try {
      return JSON.parse(line).level === "error";
    } catch {
      return true;
    }
  });
}
