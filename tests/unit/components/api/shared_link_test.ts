import type { LiveSink, LiveWants } from "@/components/api/live_hub.ts";
import {
  type PageMessage,
  WORKER_TIMEOUT_MS,
  type WorkerMessage,
} from "@/components/api/live_messages.ts";
import { SharedLink, type WorkerEnd } from "@/components/api/shared_link.ts";
import { assertEquals } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";

function wantsOf(coin: string): LiveWants {
  return {
    ...{ coins: [coin], candles: [], portfolios: [] },
    ...{ scores: false, pools: false, gauges: false },
  };
}

/** A page with a worker that says what it is told to, and a note of all that the page does. */
function openPage() {
  const notes: string[] = [];
  const note = (where: string, message: PageMessage) =>
    notes.push(
      `${where} ${message.kind}${message.kind === "want" ? ` ${message.wants.coins}` : ""}`,
    );
  const port: WorkerEnd["port"] = {
    onmessage: null,
    postMessage: (message) => note("worker", message),
    close: () => notes.push("worker closed"),
  };
  const worker: WorkerEnd = { onerror: null, port };
  const timer = new FakeTimer(new FakeClock(0));
  const openHub = () => {
    notes.push("own opened");
    return {
      want: (wants: LiveWants) => note("own", { kind: "want", wants }),
      leave: () => note("own", { kind: "leave" }),
      retry: () => note("own", { kind: "retry" }),
    };
  };
  const states: number[] = [];
  const sink = { onState: ({ since }: { since: number }) => states.push(since) };
  const link = new SharedLink(sink as unknown as LiveSink, { worker, openHub, timer });
  return {
    ...{ link, worker, states },
    say: (message: WorkerMessage) => port.onmessage?.({ data: message } as MessageEvent),
    pass: (ms: number) => timer.advance(ms),
    take: () => notes.splice(0),
  };
}

Deno.test("SharedLink stays with a worker that answers in time", async () => {
  const page = openPage();
  page.link.want(wantsOf("bitcoin"));
  page.say({ kind: "welcome" });
  await page.pass(WORKER_TIMEOUT_MS);
  page.link.retry();
  page.link.leave();
  assertEquals(page.take(), ["worker want bitcoin", "worker retry", "worker leave"]);
});

Deno.test("SharedLink has a hub of its own while the worker is silent, and then goes back", async () => {
  const page = openPage();
  page.link.want(wantsOf("bitcoin"));
  await page.pass(WORKER_TIMEOUT_MS);
  page.link.want(wantsOf("ethereum"));
  assertEquals(page.take(), [
    ...["worker want bitcoin", "worker leave", "own opened", "own want bitcoin"],
    "own want ethereum",
  ]);
  page.say({ kind: "welcome" });
  assertEquals(page.take(), ["own leave", "worker want ethereum"]);
  const state = { kind: "live", since: 7, lastAt: null, retryAt: null, skewMs: 0 } as const;
  page.say({ kind: "state", state });
  page.link.want(wantsOf("solana"));
  assertEquals([page.take(), page.states], [["worker want solana"], [7]]);
});

Deno.test("SharedLink asks a late worker for nothing where its page was left meanwhile", async () => {
  const page = openPage();
  page.link.want(wantsOf("bitcoin"));
  await page.pass(WORKER_TIMEOUT_MS);
  page.link.leave();
  page.take();
  page.say({ kind: "welcome" });
  assertEquals(page.take(), ["own leave"]);
  page.link.want(wantsOf("bitcoin"));
  assertEquals(page.take(), ["worker want bitcoin"]);
});

Deno.test("SharedLink takes a worker that fails for none, once", async () => {
  const page = openPage();
  page.link.want(wantsOf("bitcoin"));
  page.worker.onerror?.(new ErrorEvent("error"));
  page.worker.onerror?.(new ErrorEvent("error"));
  await page.pass(WORKER_TIMEOUT_MS);
  assertEquals(page.take(), [
    ...["worker want bitcoin", "worker leave", "own opened", "own want bitcoin"],
    ...["worker closed", "worker closed"],
  ]);
});
