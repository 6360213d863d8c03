import { CombinedChangeFeed } from "@/services/platform/combined_change_feed.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

Deno.test("CombinedChangeFeed gives another number when either part changes", () => {
  let stored = 5;
  let memory = 0;
  let told = 0;
  const listeners = new Set<() => void>();
  const feed = new CombinedChangeFeed({
    current: () => stored,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  }, { version: () => memory });
  const stop = feed.subscribe(() => told++);
  const first = feed.current();
  memory++;
  const second = feed.current();
  stored++;
  for (const listener of listeners) listener();
  assert(second > first && feed.current() > second);
  assertEquals(told, 1);
  stop();
  assertEquals(listeners.size, 0);
});
