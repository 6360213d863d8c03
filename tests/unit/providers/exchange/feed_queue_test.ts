import { utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/assets.ts";
import type { FeedEvent, FeedStatus, Tick } from "@/services/market/ports.ts";
import { FeedQueue } from "@/services/providers/exchange/feed_queue.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

const BTC = "btc" as AssetId;
const ETH = "eth" as AssetId;

function tick(assetId: AssetId, at: number): Tick {
  return { assetId, priceUsd: 1, quantity: 1, at: utcMsOf(at), source: "binance", tradeId: at };
}

function status(attempts: number): FeedStatus {
  return {
    venue: "binance",
    state: "reconnecting",
    url: "",
    since: utcMsOf(0),
    lastFrameAt: null,
    attempts,
    reason: null,
    badFrames: 0,
  };
}

/** Events as text: `ticks 1 2`, `gap btc 1..2`, `status 3`. */
function text(event: FeedEvent): string {
  switch (event.kind) {
    case "ticks":
      return `ticks ${event.ticks.map(({ at }) => at).join(" ")}`;
    case "gap":
      return `gap ${event.gap.assetIds} ${event.gap.from}..${event.gap.to} ${event.gap.reason}`;
    case "status":
      return `status ${event.status.attempts}`;
  }
}

async function all(queue: FeedQueue): Promise<readonly string[]> {
  queue.end();
  return (await Array.fromAsync(queue)).map(text);
}

Deno.test("FeedQueue gives ticks of one turn as one event, in their place", async () => {
  const queue = new FeedQueue({ venue: "binance" });
  queue.tick(tick(BTC, 1));
  queue.tick(tick(ETH, 2));
  const [from, to] = [utcMsOf(2), utcMsOf(5)];
  queue.gap({ venue: "binance", assetIds: [BTC], from, to, reason: "x" });
  queue.tick(tick(BTC, 5));
  assertEquals(await all(queue), ["ticks 1 2", "gap btc 2..5 x", "ticks 5"]);
});

Deno.test("FeedQueue gives a waiting reader all ticks of the turn", async () => {
  const queue = new FeedQueue({ venue: "binance" });
  const events = queue[Symbol.asyncIterator]();
  const first = events.next();
  await Promise.resolve();
  queue.tick(tick(BTC, 1));
  queue.tick(tick(BTC, 2));
  const { value } = await first;
  assertEquals(value && text(value), "ticks 1 2");
  await events.return(undefined);
});

Deno.test("FeedQueue puts a later status in the place of one that nobody read", async () => {
  const queue = new FeedQueue({ venue: "binance" });
  queue.status(status(1));
  queue.status(status(2));
  queue.tick(tick(BTC, 1));
  queue.status(status(3));
  assertEquals(await all(queue), ["status 2", "ticks 1", "status 3"]);
});

Deno.test("FeedQueue breaks no batch for a status that says the same again", async () => {
  const queue = new FeedQueue({ venue: "binance" });
  queue.status(status(1));
  queue.tick(tick(BTC, 1));
  queue.status({ ...status(1), lastFrameAt: utcMsOf(9) });
  queue.tick(tick(BTC, 2));
  queue.end();
  const events = await Array.fromAsync(queue);
  assertEquals(events.map(text), ["status 1", "ticks 1 2"]);
  assert(events[0]?.kind === "status" && events[0].status.lastFrameAt === 9);
});

Deno.test("FeedQueue tells what a slow reader missed, one gap per asset", async () => {
  const queue = new FeedQueue({ venue: "binance", maxTicks: 3 });
  queue.status(status(1));
  for (const at of [1, 2, 3, 4, 5, 6, 7]) queue.tick(tick(at % 2 ? BTC : ETH, at));
  assertEquals(await all(queue), [
    "gap btc 1..5 the reader was too slow",
    "gap eth 2..6 the reader was too slow",
    "status 1",
    "ticks 7",
  ]);
});

for (
  const { name, last, text: shown } of [
    { name: "a gap", last: "gap", text: "gap btc 1000..1001 x" },
    { name: "a tick", last: "tick", text: "ticks 1000" },
  ]
) {
  Deno.test(`FeedQueue stays bounded under gaps that nobody reads, then ${name}`, async () => {
    const queue = new FeedQueue({ venue: "binance" });
    const gap = (at: number) =>
      queue.gap({
        venue: "binance",
        assetIds: [BTC],
        from: utcMsOf(at),
        to: utcMsOf(at + 1),
        reason: "x",
      });
    for (let at = 0; at < 1_000; at++) gap(at);
    if (last === "gap") gap(1_000);
    else queue.tick(tick(BTC, 1_000));
    assertEquals(await all(queue), ["gap btc 0..1000 the reader was too slow", shown]);
  });
}
