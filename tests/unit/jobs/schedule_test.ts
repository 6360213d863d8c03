import { Scheduler } from "@/jobs/schedule.ts";
import type { Timer } from "@/services/ports/mod.ts";
import type { RepeatedJob } from "@/jobs/repeated_job.ts";
import type { Log } from "@/services/ports/mod.ts";
import { assertEquals } from "@/tests/assert.ts";

/** Fires what is planned when told to, and waits until the runs behind it have ended. */
class ManualTimer implements Timer {
  planned: { delayMs: number; callback: () => void }[] = [];

  after(delayMs: number, callback: () => void): () => void {
    const entry = { delayMs, callback };
    this.planned.push(entry);
    return () => {
      this.planned = this.planned.filter((other) => other !== entry);
    };
  }

  async fire(): Promise<void> {
    const due = this.planned;
    this.planned = [];
    for (const { callback } of due) callback();
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  }
}

function recordingLog(lines: string[]): Log {
  const log: Log = {
    debug: (message) => lines.push(`debug ${message}`),
    info: (message) => lines.push(`info ${message}`),
    warn: (message) => lines.push(`warn ${message}`),
    error: (message, fields) => lines.push(`error ${message}: ${fields?.reason}`),
    with: () => log,
  };
  return log;
}

function setUp(run: RepeatedJob["run"]) {
  const timer = new ManualTimer();
  const lines: string[] = [];
  const scheduler = new Scheduler([{ name: "count", everyMs: 60_000, run }], {
    log: recordingLog(lines),
    timer,
  });
  scheduler.start();
  return { timer, lines, scheduler };
}

Deno.test("Scheduler runs a job at once, then a period after each run", async () => {
  let runs = 0;
  const { timer, scheduler } = setUp(() => Promise.resolve({ runs: ++runs }));
  assertEquals(timer.planned.map(({ delayMs }) => delayMs), [0]);
  await timer.fire();
  assertEquals(timer.planned.map(({ delayMs }) => delayMs), [60_000]);
  await timer.fire();
  assertEquals(runs, 2);
  assertEquals(timer.planned.length, 1);
  await scheduler.stop();
});

Deno.test("Scheduler does not start a job again while it runs", async () => {
  const end = Promise.withResolvers<void>();
  const { timer, scheduler } = setUp(async () => {
    await end.promise;
    return {};
  });
  await timer.fire();
  assertEquals(timer.planned.length, 0);
  end.resolve();
  await timer.fire();
  assertEquals(timer.planned.length, 1);
  await scheduler.stop();
});

Deno.test("Scheduler logs a failed run and goes on", async () => {
  const { timer, lines, scheduler } = setUp(() => Promise.reject(new Error("no disk")));
  await timer.fire();
  assertEquals(lines, ["error Job failed, next run as planned: no disk"]);
  assertEquals(timer.planned.length, 1);
  await scheduler.stop();
});

Deno.test("Scheduler.stop() aborts the run in hand, waits for it and plans nothing", async () => {
  let aborted = false;
  const { timer, lines, scheduler } = setUp((signal) =>
    new Promise((resolve) =>
      signal.addEventListener("abort", () => {
        aborted = true;
        resolve({});
      })
    )
  );
  await timer.fire();
  await scheduler.stop();
  assertEquals(aborted, true);
  assertEquals(timer.planned.length, 0);
  assertEquals(lines, ["debug Job finished"]);
});
