import { assertEquals } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";
import { SnapshotWatch, WATCH_PACE_MS } from "@/services/portfolio/snapshots/snapshot_watch.ts";

function openWatch(askForChanged: () => Promise<number>) {
  const timer = new FakeTimer(new FakeClock(0));
  const log = new RecordingLog();
  const listeners = new Set<() => void>();
  const changes = {
    current: () => 0,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const watch = new SnapshotWatch({ keeper: { askForChanged }, changes, timer, log });
  const change = () => {
    for (const listener of listeners) listener();
  };
  return { watch, timer, log, change };
}

Deno.test("SnapshotWatch looks at its start, and once for changes that come together", async () => {
  let looks = 0;
  const { watch, timer, change } = openWatch(() => Promise.resolve(looks++));
  watch.start();
  await timer.advance(0);
  assertEquals(looks, 1);
  for (let write = 0; write < 100; write++) change();
  await timer.advance(WATCH_PACE_MS - 1);
  assertEquals(looks, 1);
  await timer.advance(1);
  assertEquals(looks, 2);
  await timer.advance(10 * WATCH_PACE_MS);
  assertEquals(looks, 2);
  await watch.stop();
  change();
  assertEquals(timer.waiting, 0);
});

Deno.test("SnapshotWatch looks again at the next change where a look failed", async () => {
  let looks = 0;
  const { watch, timer, log, change } = openWatch(() => {
    looks++;
    return looks === 1 ? Promise.reject(new Error("busy")) : Promise.resolve(1);
  });
  watch.start();
  await timer.advance(0);
  change();
  await timer.advance(WATCH_PACE_MS);
  assertEquals(log.lines.map(({ level }) => level), ["warn", "info"]);
  await watch.stop();
});
