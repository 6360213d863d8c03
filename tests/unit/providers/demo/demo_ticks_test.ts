import type { FeedEvent, Tick } from "@/services/market/mod.ts";
import { DemoProvider } from "@/services/providers/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";

Deno.test("DemoProvider ticks every asset within two seconds, at the price of its path", async () => {
  const clock = new FakeClock();
  const timer = new FakeTimer(clock);
  const provider = new DemoProvider({ clock, timer });
  const stop = new AbortController();
  const events: FeedEvent[] = [];
  const listening = (async () => {
    for await (const event of provider.ticks(provider.assetIds, stop.signal)) events.push(event);
  })();
  await timer.advance(2_000);
  const ticks = events.flatMap((event): readonly Tick[] =>
    event.kind === "ticks" ? event.ticks : []
  );
  assertEquals(new Set(ticks.map(({ assetId }) => assetId)), new Set(provider.assetIds));
  assert(ticks.every(({ source, quantity }) => source === "demo" && quantity === 0));
  const last = ticks.at(-1);
  assert(last && last.at <= clock.now() && last.at > clock.now() - 1_000);
  assertEquals(events[0]?.kind, "status");
  stop.abort();
  await listening;
  assertEquals(timer.delays, []);
});

Deno.test("DemoProvider ends at once for assets that it does not know", async () => {
  const clock = new FakeClock();
  const provider = new DemoProvider({ clock, timer: new FakeTimer(clock) });
  const kinds: string[] = [];
  for await (const event of provider.ticks([], new AbortController().signal)) {
    kinds.push(event.kind);
  }
  assertEquals(kinds, ["status"]);
});
