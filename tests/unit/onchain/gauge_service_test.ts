import { fetchGauges } from "@/jobs/fetch_gauges.ts";
import { pruneGauges } from "@/jobs/prune_gauges.ts";
import { ProviderError } from "@/services/kernel/errors.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";
import { GaugeService } from "@/services/onchain/mod.ts";
import { GAUGE_EXAMPLES } from "@/services/providers/onchain/mod.ts";
import { SqlGaugeStore } from "@/services/storage/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { MemoryBus } from "@/services/platform/bus/memory_bus.ts";
import { GAUGE_TOPIC } from "@/services/onchain/mod.ts";
import { JobKit } from "@/tests/unit/jobs/job_kit.ts";
import { FakeGas, GAUGE_START, sampleGas } from "./gauge_sample.ts";

const OFF = { reason: "TOKENLYSIS_NETWORK is off", setting: "set TOKENLYSIS_NETWORK=on" };

async function place({ hasExamples = true, isGasOn = true } = {}) {
  const clock = new FakeClock(GAUGE_START);
  const database = await openTestDatabase({ clock });
  const store = new SqlGaugeStore(database);
  const log = new RecordingLog();
  const source = new FakeGas(() => clock.now());
  const bus = new MemoryBus(log);
  const told: string[] = [];
  bus.subscribe(GAUGE_TOPIC, (name) => void told.push(name));
  const gauges = new GaugeService({
    ...{ store, bus, clock, log },
    sources: { eth_gas: isGasOn ? source : OFF, btc_mempool: OFF },
    examples: hasExamples ? GAUGE_EXAMPLES : null,
  });
  return {
    ...{ clock, store, log, source, gauges, told },
    [Symbol.asyncDispose]: () => database.close(),
  };
}

Deno.test("GaugeService says why a gauge without a source is off, and what turns it on", async () => {
  await using at = await place();
  assertEquals(await at.gauges.view("btc_mempool", 7), { enabled: false, ...OFF });
});

Deno.test("GaugeService has nothing before the first reading", async () => {
  await using at = await place();
  assertEquals(await at.gauges.view("eth_gas", 1), {
    ...{ enabled: true, source: "etherscan", latest: null, isStale: false, tried: null },
    history: { resolution: "1m", points: [], hours: [] },
  });
});

Deno.test("GaugeService keeps the last good reading while its source is down, with the reason", async () => {
  await using at = await place();
  assertEquals(await at.gauges.readAll(), { eth_gas: null });
  const first = sampleGas(GAUGE_START, { fast: 37 });
  at.source.problem = new ProviderError("etherscan", "never", "Invalid API Key");
  for (let minute = 1; minute <= 6; minute++) {
    at.clock.advance(MINUTE_MS);
    assertEquals(await at.gauges.readAll(), { eth_gas: "Invalid API Key" });
    const view = await at.gauges.view("eth_gas", 1);
    assert(view.enabled);
    assertEquals(view.latest, first);
    // Five minutes are five readings that were missed.
    assertEquals(view.isStale, minute > 5);
    assertEquals(view.tried, { at: at.clock.now(), problem: "Invalid API Key" });
  }
  assertEquals(at.log.lines.every(({ level }) => level === "warn"), true);
  at.source.problem = null;
  await at.gauges.readAll();
  const view = await at.gauges.view("eth_gas", 1);
  assertEquals(view.enabled && [view.isStale, view.tried?.problem], [false, null]);
  // Of what was read and stored alone.
  assertEquals(at.told, ["eth_gas", "eth_gas"]);
});

Deno.test("GaugeService shows a day by the minute and more by the hour", async () => {
  await using at = await place();
  for (let minute = 0; minute < 120; minute++) {
    await at.gauges.readAll();
    at.clock.advance(MINUTE_MS);
  }
  const day = await at.gauges.view("eth_gas", 1);
  assert(day.enabled);
  assertEquals([day.history.resolution, day.history.points.length], ["1m", 120]);
  const week = await at.gauges.view("eth_gas", 7);
  assert(week.enabled);
  assertEquals(week.history.resolution, "1h");
  // The readings of the first hour are 37 to 96 gwei, those of the second 97 to 156.
  assertEquals(week.history.points.map(({ values }) => values.fast), [66.5, 126.5]);
  const [first] = week.history.hours;
  assertEquals(first?.readings, 60);
  assertEquals(first?.spreads.fast, { mean: 66.5, least: 37, most: 96 });
});

Deno.test("GaugeService shows 90 days at most, and prunes what is older", async () => {
  await using at = await place();
  for (const days of [91, 89, 0]) {
    await at.store.record("eth_gas", sampleGas(utcMsOf(GAUGE_START - days * DAY_MS)));
  }
  const view = await at.gauges.view("eth_gas", 365);
  assertEquals(view.enabled && view.history.points.length, 2);
  // A reading and its hour.
  assertEquals([await at.gauges.prune(), await at.gauges.prune()], [2, 0]);
  assertEquals((await at.store.list("eth_gas", utcMsOf(0))).length, 2);
});

Deno.test("fetch_gauges reads each minute, also after a failure; prune_gauges each night", async () => {
  await using at = await place();
  const jobs = [fetchGauges(at), pruneGauges(at)];
  await using kit = await JobKit.open({ jobs });
  const signal = AbortSignal.timeout(60_000);
  assertEquals(await kit.system.runNow("fetch_gauges", { signal }), { eth_gas: null });
  at.source.problem = new ProviderError("etherscan", "never", "HTTP 500");
  at.clock.advance(MINUTE_MS);
  assertEquals(await kit.system.runNow("fetch_gauges", { signal }), { eth_gas: "HTTP 500" });
  assertEquals(jobs.map(({ schedule }) => schedule), [
    { everyMs: MINUTE_MS },
    { cron: "50 3 * * *" },
  ]);
  at.clock.advance(90 * DAY_MS);
  assertEquals(await kit.system.runNow("prune_gauges", { signal }), { deleted: 1 });
  at.clock.advance(HOUR_MS);
  assertEquals(await kit.system.runNow("prune_gauges", { signal }), { deleted: 1 });
});

Deno.test("GaugeService makes examples while no gauge is read, the same each time", async () => {
  await using at = await place({ isGasOn: false });
  const example = at.gauges.example("btc_mempool", 1);
  assert(example?.enabled);
  assertEquals(example.source, "demo");
  assertEquals([example.history.resolution, example.history.points.length], ["1m", 1_440]);
  assertEquals(at.gauges.example("btc_mempool", 1), example);
  assertEquals(example.history.points.at(-1)?.values.size, example.latest?.size);
  assertEquals(at.gauges.example("eth_gas", 90)?.enabled, true);
});

Deno.test("GaugeService makes nothing up beside a real gauge, nor where it is not wanted", async () => {
  for (const options of [{}, { isGasOn: false, hasExamples: false }]) {
    await using at = await place(options);
    assertEquals(at.gauges.example("btc_mempool", 1), null);
    assertEquals(at.gauges.example("eth_gas", 1), null);
  }
});

Deno.test("examples of gauges are ordered as real ones are, at any time", () => {
  for (let hour = 0; hour < 24 * 40; hour++) {
    const at = utcMsOf(GAUGE_START + hour * HOUR_MS);
    const { safe, proposed, fast, baseFee } = GAUGE_EXAMPLES.eth_gas(at);
    const gas = [0, baseFee ?? NaN, safe, proposed, fast, 100];
    assertEquals(gas, gas.toSorted((a, b) => a - b));
    const { fees, projected, vsize, bands } = GAUGE_EXAMPLES.btc_mempool(at);
    const paid = [0, fees.minimum, fees.economy, fees.hour, fees.halfHour, fees.fastest, 500];
    assertEquals(paid, paid.toSorted((a, b) => a - b));
    const medians = projected.map(({ medianFee }) => medianFee);
    assertEquals(medians, medians.toSorted((a, b) => b - a));
    const banded = bands.reduce((sum, band) => sum + band.vsize, 0);
    assert(Math.abs(banded - vsize) < 1, `${banded} of ${vsize}`);
  }
});
