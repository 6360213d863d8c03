import { PacedChangeFeed } from "@/services/platform/paced_change_feed.ts";
import { assertEquals } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";

function countingFeed() {
  const listeners = new Set<() => void>();
  const feed = {
    asked: 0,
    version: 1,
    current() {
      this.asked++;
      return this.version;
    },
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: () => listeners.forEach((listener) => listener()),
  };
  return feed;
}

Deno.test("PacedChangeFeed asks its store once in five milliseconds", () => {
  const clock = new FakeClock();
  const feed = countingFeed();
  const paced = new PacedChangeFeed(feed, clock);
  assertEquals([paced.current(), paced.current(), feed.asked], [1, 1, 1]);
  feed.version = 2;
  assertEquals(paced.current(), 1);
  clock.advance(4);
  assertEquals(paced.current(), 1);
  clock.advance(1);
  assertEquals([paced.current(), feed.asked], [2, 2]);
});

Deno.test("PacedChangeFeed knows at once what the store tells it", () => {
  const feed = countingFeed();
  const paced = new PacedChangeFeed(feed, new FakeClock());
  let told = 0;
  const stop = paced.subscribe(() => told++);
  assertEquals(paced.current(), 1);
  feed.version = 2;
  feed.tell();
  assertEquals([paced.current(), told], [2, 1]);
  stop();
  feed.tell();
  assertEquals(told, 1);
});
