import fc from "fast-check";
import { utcMsOf } from "@/services/kernel/time.ts";
import { REORDER_MS, TradeOrder } from "@/services/providers/exchange/trade_order.ts";
import { assertEquals } from "@/tests/assert.ts";

const START = 1_000_000;

type Step =
  | readonly ["trade", id: number, at: number]
  | readonly ["told", id: number, at: number]
  | readonly ["interrupt" | "settle" | "quiet", now: number];

/** What an order says to the steps: ids that passed, and gaps as text. */
function said(steps: readonly Step[]): { readonly out: readonly string[]; repeated: number } {
  const out: string[] = [];
  const order = new TradeOrder({
    trade: ({ tradeId }) => out.push(String(tradeId)),
    missing: ({ from, to, reason }) => out.push(`${from - START}..${to - START} ${reason}`),
  }, { now: utcMsOf(START) });
  for (const [kind, first, second] of steps) {
    const at = utcMsOf(START + (second ?? first));
    if (kind === "trade") {
      order.add({ market: "BTCUSDT", price: 1, quantity: 1, tradeId: first, at }, at);
    } else if (kind === "told") order.told(first, { at, now: at });
    else if (kind === "interrupt") order.interrupt();
    else if (kind === "quiet") order.assumeMissed(at);
    else order.settle(at);
  }
  return { out, repeated: order.repeated };
}

const LATER = 50 + REORDER_MS;
const cases: readonly {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly out: readonly string[];
  readonly repeated?: number;
}[] = [
  {
    name: "passes trades in line",
    steps: [["trade", 7, 10], ["trade", 8, 20], ["trade", 9, 20]],
    out: ["7", "8", "9"],
  },
  {
    name: "passes none twice",
    steps: [["trade", 7, 10], ["trade", 7, 10], ["trade", 8, 20], ["trade", 7, 10]],
    out: ["7", "8"],
    repeated: 2,
  },
  {
    name: "puts swapped trades in line",
    steps: [["trade", 7, 10], ["trade", 9, 30], ["trade", 10, 40], ["trade", 8, 20]],
    out: ["7", "8", "9", "10"],
  },
  {
    name: "tells a hole once its trades are late",
    steps: [["trade", 4, 10], ["trade", 10, 50], ["settle", LATER]],
    out: ["4", "10..50 trade ids 5 to 9 are missing", "10"],
  },
  {
    name: "waits with a hole until its time is over",
    steps: [["trade", 4, 10], ["trade", 6, 50], ["settle", LATER - 1]],
    out: ["4"],
  },
  {
    name: "gives each hole its own time",
    steps: [
      ["trade", 4, 10],
      ["trade", 6, 50],
      ["trade", 9, 200],
      ["trade", 5, 20],
      [
        "settle",
        LATER,
      ],
      ["trade", 7, 60],
      ["trade", 8, 70],
    ],
    out: ["4", "5", "6", "7", "8", "9"],
  },
  {
    name: "names a single missing trade",
    steps: [["trade", 4, 10], ["trade", 6, 50], ["settle", LATER]],
    out: ["4", "10..50 trade id 5 is missing", "6"],
  },
  {
    name: "drops a trade that comes after it was given up",
    steps: [["trade", 4, 10], ["trade", 6, 50], ["settle", LATER], ["trade", 5, 30]],
    out: ["4", "10..50 trade id 5 is missing", "6"],
    repeated: 1,
  },
  {
    name: "tells what a heartbeat is ahead of",
    steps: [["trade", 4, 10], ["told", 6, 50], ["settle", LATER]],
    out: ["4", "10..50 trade ids 5 to 6 are missing"],
  },
  {
    name: "forgets a heartbeat that trades caught up with",
    steps: [["trade", 4, 10], ["told", 6, 50], ["trade", 5, 20], ["trade", 6, 50], [
      "settle",
      LATER,
    ]],
    out: ["4", "5", "6"],
  },
  {
    name: "takes the trade before the first as known already",
    steps: [["told", 4, 5], ["trade", 4, 5], ["trade", 5, 10]],
    out: ["5"],
    repeated: 1,
  },
  {
    name: "tells no gap where the numbers go on after a break",
    steps: [["trade", 4, 10], ["interrupt", 20], ["trade", 5, 90], ["quiet", 100]],
    out: ["4", "5"],
  },
  {
    name: "tells no gap where a heartbeat shows that nothing was missed",
    steps: [["trade", 4, 10], ["interrupt", 20], ["told", 4, 90], ["quiet", 100]],
    out: ["4"],
  },
  {
    name: "tells a break from the last trade to the first after it",
    steps: [["trade", 4, 10], ["interrupt", 20], ["trade", 9, 50], ["settle", LATER]],
    out: ["4", "10..50 disconnected, trade ids 5 to 8 are missing", "9"],
  },
  {
    name: "counts a market that stays quiet after a break as one that missed trades",
    steps: [["trade", 4, 10], ["interrupt", 20], ["quiet", 100], ["quiet", 200]],
    out: ["4", "10..100 disconnected"],
  },
  {
    name: "tells a break before the first trade from the start",
    steps: [["interrupt", 20], ["trade", 9, 50]],
    out: ["0..50 disconnected", "9"],
  },
  {
    name: "begins anew where the venue does",
    steps: [["trade", 900, 10], ["trade", 1, 90_000], ["trade", 2, 90_001]],
    out: ["900", "10..90000 the venue numbers its trades anew", "1", "2"],
  },
  {
    name: "passes trades without a number",
    steps: [["trade", 0, 10], ["trade", 0, 10], ["interrupt", 20], ["trade", 0, 40]],
    out: ["0", "0", "10..40 disconnected", "0"],
  },
];

for (const { name, steps, out, repeated = 0 } of cases) {
  Deno.test(`TradeOrder ${name}`, () => assertEquals(said(steps), { out: [...out], repeated }));
}

Deno.test("TradeOrder gives up early where too many trades wait", () => {
  const steps: Step[] = [["trade", 1, 0]];
  for (let id = 3; id <= 67; id++) steps.push(["trade", id, 10]);
  const { out } = said(steps);
  assertEquals(out.slice(0, 3), ["1", "0..10 trade id 2 is missing", "3"]);
  assertEquals(out.length, 67);
});

Deno.test("TradeOrder restores any order of a window, whatever comes twice", () => {
  const ids = Array.from({ length: 40 }, (_, at) => at + 2);
  const shuffled = fc.shuffledSubarray(ids, { minLength: 40, maxLength: 40 });
  fc.assert(fc.property(shuffled, fc.array(fc.integer({ min: 2, max: 41 })), (order, again) => {
    const steps: Step[] = [["trade", 1, 0]];
    for (const id of [...order, ...again]) steps.push(["trade", id, 10]);
    const { out, repeated } = said(steps);
    assertEquals(out, ["1", ...ids.map(String)]);
    assertEquals(repeated, again.length);
  }));
});
