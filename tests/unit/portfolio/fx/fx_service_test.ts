import { AppError } from "@/services/kernel/errors.ts";
import type { Uuid } from "@/services/kernel/ids.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, parseUtcMs, utcMsOf } from "@/services/kernel/time.ts";
import { driftBps } from "@/services/portfolio/fx/drift_guard.ts";
import type { FxRate } from "@/services/portfolio/fx/fx_rate.ts";
import { FxService, meterFx } from "@/services/portfolio/fx/fx_service.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingMetrics } from "@/tests/fakes/metrics.ts";
import { MemoryFxStore } from "@/tests/fakes/memory_fx_store.ts";

const NOW = parseUtcMs("2026-04-10T17:00:00Z") ?? utcMsOf(0);
const PORTFOLIO = "0190f3c4-0000-7000-8000-000000000001" as Uuid;

function euro(kind: FxRate["kind"], ageMs: number, rate: number): FxRate {
  const source = kind === "eod" ? "ecb" : "exchangerate_host";
  return { base: "USD", quote: "EUR", kind, source, at: utcMsOf(NOW - ageMs), rate };
}

function open(...rates: readonly FxRate[]) {
  const clock = new FakeClock(NOW);
  const store = new MemoryFxStore(rates);
  return { clock, store, fx: new FxService({ store, clock }) };
}

const DRIFTED = [euro("intraday", 3 * HOUR_MS, 0.8), euro("eod", HOUR_MS, 0.804)];

const gaps = [
  { fallback: 0.804, intraday: 0.8, bps: 50 },
  { fallback: 0.796, intraday: 0.8, bps: 50 },
  { fallback: 1.0025, intraday: 1, bps: 25 },
  { fallback: 0.8, intraday: 0.8, bps: 0 },
];
for (const { fallback, intraday, bps } of gaps) {
  Deno.test(`driftBps() of ${fallback} against ${intraday} is ${bps}`, () => {
    assertEquals(driftBps(fallback, intraday), bps);
  });
}

const states: {
  name: string;
  rates: readonly FxRate[];
  expected: readonly [
    state: string,
    flag: string | null,
    driftBps: number | null,
    rate: number | null,
  ];
}[] = [
  { name: "is unpriced without rates", rates: [], expected: ["unpriced", null, null, null] },
  {
    name: "is intraday with a rate of the last two hours, whatever the fallback says",
    rates: [euro("intraday", 2 * HOUR_MS, 0.8), euro("eod", HOUR_MS, 0.9)],
    expected: ["intraday", null, null, 0.8],
  },
  {
    name: "takes the end of day up to 25 basis points away",
    rates: [euro("intraday", 3 * HOUR_MS, 0.8), euro("eod", HOUR_MS, 0.802)],
    expected: ["eod", null, 25, 0.802],
  },
  {
    name: "is delayed beyond 25 basis points, without a rate",
    rates: [euro("intraday", 3 * HOUR_MS, 0.8), euro("eod", HOUR_MS, 0.80201)],
    expected: ["delayed", "DELAYED_FX", 25.125, null],
  },
  {
    name: "takes the end of day where there never was an intraday rate",
    rates: [euro("eod", HOUR_MS, 0.804)],
    expected: ["eod", null, null, 0.804],
  },
  {
    name: "holds nothing against an intraday rate of more than a week ago",
    rates: [euro("intraday", 7 * DAY_MS + 1, 0.4), euro("eod", HOUR_MS, 0.804)],
    expected: ["eod", null, null, 0.804],
  },
  {
    name: "is unpriced when the end of day is too old, also with an old intraday rate",
    rates: [euro("intraday", 3 * HOUR_MS, 0.8), euro("eod", 6 * DAY_MS + 1, 0.8)],
    expected: ["unpriced", null, null, null],
  },
];
for (const { name, rates, expected } of states) {
  Deno.test(`FxService.getStatus() ${name}`, async () => {
    const { state, flag, driftBps, quote } = await open(...rates).fx.getStatus("EUR");
    assertEquals([state, flag, driftBps, quote?.rate ?? null], [...expected]);
  });
}

Deno.test("FxService.useEodOnce() lets the end of day be used for 30 minutes and no longer", async () => {
  const { fx, clock } = open(...DRIFTED);
  const { state, flag, quote, permittedUntil } = await fx.useEodOnce("EUR", { actor: "owner" });
  assertEquals([state, flag, quote?.rate, permittedUntil], [
    "permitted",
    "DELAYED_FX",
    0.804,
    utcMsOf(NOW + 30 * MINUTE_MS),
  ]);
  clock.advance(30 * MINUTE_MS - 1);
  assertEquals((await fx.getStatus("EUR")).state, "permitted");
  clock.advance(1);
  assertEquals((await fx.getStatus("EUR")).state, "delayed");
});

Deno.test("FxService.useEodOnce() is refused where nothing is held", async () => {
  const cases = [
    { rates: [euro("intraday", 0, 0.8)], pattern: /an intraday rate is there/ },
    { rates: [], pattern: /no end-of-day rate/ },
  ];
  for (const { rates, pattern } of cases) {
    const { fx } = open(...rates);
    const run = () => fx.useEodOnce("EUR", { actor: "owner" });
    const error = await assertRejects<AppError>(run, { type: AppError, pattern });
    assertEquals(error.code, "CONFLICT");
  }
  const { fx } = open(...DRIFTED);
  await fx.useEodOnce("EUR", { actor: "owner" });
  await assertRejects(() => fx.useEodOnce("EUR", { actor: "owner" }), {
    pattern: /allowed already/,
  });
  await assertRejects(() => fx.getStatus("XYZ"), { pattern: /"XYZ"/ });
});

Deno.test("FxService.settleNav() holds the last good value until intraday is back", async () => {
  const { fx, clock, store } = open(euro("intraday", HOUR_MS, 0.8), euro("eod", HOUR_MS, 0.804));
  const live = {
    portfolioId: PORTFOLIO,
    currency: "EUR",
    nav: "800.000000000000000001",
    asof: NOW,
  };
  assertEquals(await fx.keepGoodNav(live), true);
  const { nav, isHeld } = await fx.settleNav(live);
  assertEquals([nav, isHeld], [live.nav, false]);

  clock.advance(2 * HOUR_MS);
  const later = { ...live, nav: "804", asof: clock.now() };
  assertEquals(await fx.keepGoodNav(later), false);
  const held = await fx.settleNav(later);
  assertEquals([held.nav, held.asof, held.isHeld, held.status.flag], [
    live.nav,
    NOW,
    true,
    "DELAYED_FX",
  ]);

  await fx.useEodOnce("EUR", { actor: "owner" });
  const permitted = await fx.settleNav(later);
  assertEquals([permitted.nav, permitted.isHeld, permitted.status.flag], [
    "804",
    false,
    "DELAYED_FX",
  ]);
  assertEquals(await fx.keepGoodNav(later), false, "a permitted value is shown, not kept");

  clock.advance(HOUR_MS);
  await store.recordRates([{ ...euro("intraday", 0, 0.81), at: clock.now() }]);
  const back = await fx.settleNav({ ...later, nav: "810" });
  assertEquals([back.nav, back.isHeld, back.status.flag], ["810", false, null]);
});

Deno.test("FxService.settleNav() has no value to hold where none was ever good", async () => {
  const { fx } = open(...DRIFTED);
  const live = { portfolioId: PORTFOLIO, currency: "EUR", nav: "804", asof: NOW };
  const { nav, asof, isHeld } = await fx.settleNav(live);
  assert(isHeld);
  assertEquals([nav, asof], [null, null]);
});

Deno.test("meterFx() tells the drift of each currency, and which are held for it", async () => {
  const { fx } = open(...DRIFTED);
  const metrics = new RecordingMetrics();
  meterFx(metrics, fx);
  await metrics.scrape();
  const told = [...metrics.values].filter(([key]) => /EUR|GBP/.test(key));
  // There is no rate of the pound, so that nobody knows how far it is off.
  assertEquals(told.map(([, value]) => value), [50, 1, NaN, 0]);
});
