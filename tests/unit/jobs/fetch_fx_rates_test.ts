import { fetchFxRates } from "@/jobs/fetch_fx_rates.ts";
import { ProviderError } from "@/services/kernel/errors.ts";
import { isoDayOf, parseUtcMs, type UtcMs } from "@/services/kernel/time.ts";
import { eodInstantOf, type FxRate, type FxSource } from "@/services/portfolio/mod.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { MemoryFxStore } from "@/tests/fakes/memory_fx_store.ts";
import { jobContext } from "./job_context.ts";

const CODES = ["USD", "GBP", "JPY", "CHF", "CAD", "AUD"];

function instant(text: string): UtcMs {
  const at = parseUtcMs(text);
  assert(at !== null, text);
  return at;
}

/** A source that gives these rates or fails, and keeps how often it was asked. */
class FakeSource implements FxSource {
  readonly name: string;
  readonly asked: string[] = [];
  failure: Error | null = null;
  rates: readonly FxRate[] = [];

  constructor(name: string) {
    this.name = name;
  }

  fetchRates({ since }: { since: UtcMs }): Promise<readonly FxRate[]> {
    this.asked.push(isoDayOf(since));
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(this.rates);
  }
}

function eodOf(day: string): readonly FxRate[] {
  const at = eodInstantOf(day);
  assert(at !== null);
  return CODES.map((quote) => ({
    base: "EUR",
    quote,
    kind: "eod",
    source: "frankfurter",
    at,
    rate: 2,
  }));
}

function kit(now: string, { stored = [] as readonly FxRate[] } = {}) {
  const intraday = new FakeSource("exchangerate_host");
  const eod = new FakeSource("frankfurter");
  const store = new MemoryFxStore(stored);
  const job = fetchFxRates({ intraday, eod, store, clock: new FakeClock(instant(now)) });
  return { intraday, eod, store, job };
}

const dues: { name: string; now: string; stored: string; isDue: boolean }[] = [
  {
    name: "before the day's hour",
    now: "2026-04-10T15:59:00Z",
    stored: "2026-04-09",
    isDue: false,
  },
  { name: "from 16:00 UTC on", now: "2026-04-10T16:00:00Z", stored: "2026-04-09", isDue: true },
  { name: "once it is there", now: "2026-04-10T20:00:00Z", stored: "2026-04-10", isDue: false },
  { name: "on Saturday", now: "2026-04-11T20:00:00Z", stored: "2026-04-10", isDue: false },
  { name: "on Sunday", now: "2026-04-12T20:00:00Z", stored: "2026-04-10", isDue: false },
  {
    name: "on Sunday without Friday's",
    now: "2026-04-12T20:00:00Z",
    stored: "2026-04-09",
    isDue: true,
  },
  { name: "on Monday morning", now: "2026-04-13T09:00:00Z", stored: "2026-04-10", isDue: false },
  { name: "on Monday evening", now: "2026-04-13T17:00:00Z", stored: "2026-04-10", isDue: true },
];
for (const { name, now, stored, isDue } of dues) {
  Deno.test(`fetch_fx_rates ${isDue ? "asks" : "does not ask"} for the day's rates ${name}`, async () => {
    const { job, eod, intraday } = kit(now, { stored: eodOf(stored) });
    await job.run(jobContext(null));
    assertEquals([eod.asked.length, intraday.asked.length], [isDue ? 1 : 0, 1]);
  });
}

Deno.test("fetch_fx_rates keeps what each source gives, days of two weeks back among them", async () => {
  const { job, eod, intraday, store } = kit("2026-04-10T17:00:00Z");
  const at = instant("2026-04-10T16:59:00Z");
  const euro = {
    base: "USD",
    quote: "EUR",
    kind: "intraday",
    source: "exchangerate_host",
  } as const;
  intraday.rates = [{ ...euro, at, rate: 0.85 }];
  eod.rates = eodOf("2026-04-10");
  const sum = { updated: 0, problem: null };
  assertEquals(await job.run(jobContext(null)), [
    { source: "exchangerate_host", fetched: 1, inserted: 1, ...sum },
    { source: "frankfurter", fetched: 6, inserted: 6, ...sum },
  ]);
  assertEquals([store.rates.length, eod.asked], [7, ["2026-03-27"]]);
});

Deno.test("fetch_fx_rates goes on with one source where the other is away, and says so", async () => {
  const { job, eod, intraday, store } = kit("2026-04-10T17:00:00Z");
  intraday.failure = new ProviderError("exchangerate_host", "next_provider", "Cannot read rates");
  eod.rates = eodOf("2026-04-10");
  const [first, second] = await job.run(jobContext(null)) as { problem: string | null }[];
  assertEquals([first?.problem, second?.problem], ["Cannot read rates", null]);
  assertEquals(store.rates.length, 6);
  intraday.failure = new Error("a fault of ours");
  await assertRejects(() => job.run(jobContext(null)), { pattern: /fault of ours/ });
});

Deno.test("fetch_fx_rates works without a key for rates of the moment", async () => {
  const { eod, store } = kit("2026-04-10T17:00:00Z");
  const clock = new FakeClock(instant("2026-04-10T17:00:00Z"));
  const job = fetchFxRates({ intraday: null, eod, store, clock });
  assertEquals((await job.run(jobContext(null)) as unknown[]).length, 1);
});
