import type { AssetId } from "@/services/market/assets.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import { SystemClock } from "@/services/platform/clock.ts";
import { systemTimer } from "@/services/platform/timer.ts";
import { WebSocketClient } from "@/services/platform/web_socket_client.ts";
import { binanceProtocol } from "@/services/providers/binance/stream_protocol.ts";
import { coinbaseProtocol } from "@/services/providers/coinbase/stream_protocol.ts";
import { ExchangeStream } from "@/services/providers/exchange/exchange_stream.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { LocalExchange } from "@/tests/exchange/local_exchange.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { sharedData } from "@/tests/shared_data.ts";
import { marketsFrom } from "@/tests/unit/providers/market_kit.ts";
import { receivedFrames } from "@/tests/unit/providers/recorded_frames.ts";

/** The limit only ends what never comes. */
const DEADLINE_MS = 180_000;

interface Recorded {
  readonly market: string;
  readonly id: number;
  readonly price: number;
  readonly quantity: number;
  readonly at: number;
}

/** What a recorded frame says of a trade, read without any code of ours. */
type ReadTrade = (frame: string) => Recorded | null;

function readMatch(frame: string): Recorded | null {
  const { type, product_id: market, trade_id: id, price, size, time } = JSON.parse(frame);
  if (type !== "match") return null;
  return { market, id, price: Number(price), quantity: Number(size), at: Date.parse(time) };
}

function readAggregate(frame: string): Recorded | null {
  const { data } = JSON.parse(frame);
  if (data?.e !== "aggTrade") return null;
  const { s: market, a: id, p: price, q: quantity, T: at } = data;
  return { market, id, price: Number(price), quantity: Number(quantity), at };
}

const byMarket = (trades: readonly Recorded[]) =>
  trades.toSorted((a, b) => a.market < b.market ? -1 : a.market > b.market ? 1 : a.id - b.id);

const recordings: readonly {
  readonly file: string;
  readonly venue: "binance" | "coinbase";
  readonly read: ReadTrade;
}[] = [
  { file: "ws/coinbase_exchange_2021-04-17.jsonl.gz", venue: "coinbase", read: readMatch },
  {
    file: "ws/binance_futures_combined_2021-07-22.jsonl.gz",
    venue: "binance",
    read: readAggregate,
  },
];

for (const { file, venue, read } of recordings) {
  const url = sharedData(file);
  Deno.test({
    name: `ExchangeStream gives exactly the trades of ${file}`,
    ignore: url === null,
    async fn() {
      assert(url !== null);
      const frames = await receivedFrames(url);
      const expected = frames.flatMap((frame) => read(frame) ?? []);
      const names = [...new Set(expected.map(({ market }) => market))].slice(0, 50);
      const wanted = byMarket(expected.filter(({ market }) => names.includes(market)));
      assert(wanted.length > 0);
      assertEquals(await streamed(frames, { venue, names, count: wanted.length }), wanted);
    },
  });
}

/** The trades that a stream gives where an exchange says these frames. */
async function streamed(
  frames: readonly string[],
  { venue, names, count }: { venue: "binance" | "coinbase"; names: string[]; count: number },
): Promise<readonly Recorded[]> {
  await using exchange = await LocalExchange.start({ now: () => utcMsOf(0) });
  const urls = [exchange.urls[venue]];
  const stream = new ExchangeStream({
    protocol: venue === "binance" ? binanceProtocol({ urls }) : coinbaseProtocol({ urls }),
    sockets: new WebSocketClient({ timer: systemTimer, isNetworkAllowed: true }),
    // Each market stands for an asset of its own name.
    markets: marketsFrom(Object.fromEntries(names.map((name) => [name, name]))),
    clock: new SystemClock(),
    timer: systemTimer,
    random: () => 0,
    log: new RecordingLog(),
  });
  const done = new AbortController();
  const stop = systemTimer.after(DEADLINE_MS, () => done.abort());
  const trades: Recorded[] = [];
  void exchange.when(() => exchange.subscribed.size === names.length)
    .then(() => exchange.say(...frames));
  for await (const event of stream.ticks(names.map((name) => name as AssetId), done.signal)) {
    if (event.kind !== "ticks") continue;
    for (const { assetId, tradeId, priceUsd, quantity, at } of event.ticks) {
      trades.push({ market: assetId, id: tradeId, price: priceUsd, quantity, at });
    }
    if (trades.length >= count) break;
  }
  stop();
  await exchange.when(() => exchange.counts.open === 0);
  return byMarket(trades);
}
