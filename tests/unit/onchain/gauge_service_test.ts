import { DAY_MS, MINUTE_MS, type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import type { GasGauge, GaugeName, Gauges, GaugeStore } from "@/services/onchain/gauges.ts";
import { GaugeService } from "@/services/onchain/mod.ts";
import { assertEquals } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";

/** Keeps the readings of gas prices in memory. */
class MemoryGauges implements GaugeStore {
  kept: GasGauge[] = [];

  record<Name extends GaugeName>(_name: Name, reading: Gauges[Name]): Promise<void> {
    if ("block" in reading) this.kept.push(reading);
    return Promise.resolve();
  }

  list<Name extends GaugeName>(_name: Name, since: UtcMs): Promise<readonly Gauges[Name][]> {
    return Promise.resolve(this.kept.filter(({ asof }) => asof >= since) as Gauges[Name][]);
  }

  prune(before: UtcMs): Promise<number> {
    const all = this.kept.length;
    this.kept = this.kept.filter(({ asof }) => asof >= before);
    return Promise.resolve(all - this.kept.length);
  }
}

function sample() {
  const clock = new FakeClock(Date.UTC(2026, 5, 1));
  const timer = new FakeTimer(clock);
  const store = new MemoryGauges();
  const log = new RecordingLog();
  const source = { isDown: false, reads: 0 };
  const gas = (asof = clock.now()): GasGauge => ({
    ...{ asof, block: 1, safe: 1, proposed: 2, fast: 3, baseFee: null },
  });
  const gauges = new GaugeService({
    store,
    sources: {
      eth_gas: {
        name: "eth_gas",
        fetch() {
          source.reads++;
          return source.isDown ? Promise.reject(new Error("down")) : Promise.resolve(gas());
        },
      },
      btc_mempool: "TOKENLYSIS_NETWORK is off",
    },
    ...{ clock, timer, log },
  });
  return { clock, timer, store, log, source, gas, gauges };
}

Deno.test("GaugeService says why a gauge without a source is off", async () => {
  const { gauges } = sample();
  const reason = "TOKENLYSIS_NETWORK is off";
  assertEquals(await gauges.view("btc_mempool", 7), { enabled: false, reason });
});

Deno.test("GaugeService reads each minute until it is stopped", async () => {
  const { gauges, timer, source } = sample();
  gauges.start();
  await timer.advance(2 * MINUTE_MS);
  assertEquals(source.reads, 3);
  await gauges.stop();
  await timer.advance(2 * MINUTE_MS);
  assertEquals([source.reads, timer.waiting], [3, 0]);
});

Deno.test("GaugeService keeps the last reading while its source is down, and says so", async () => {
  const { gauges, clock, source, gas, log } = sample();
  await gauges.readAll();
  const first = gas();
  clock.advance(MINUTE_MS);
  source.isDown = true;
  await gauges.readAll();
  assertEquals(await gauges.view("eth_gas", 1), {
    enabled: true,
    latest: first,
    history: [first],
  });
  assertEquals(log.lines.map(({ level }) => level), ["warn"]);
});

Deno.test("GaugeService shows and keeps 90 days at most", async () => {
  const { gauges, clock, store, gas, timer } = sample();
  store.kept = [91, 89].map((days) => gas(utcMsOf(clock.now() - days * DAY_MS)));
  const view = await gauges.view("eth_gas", 365);
  assertEquals(view.enabled && view.history.length, 1);
  gauges.start();
  await timer.advance(0);
  await gauges.stop();
  assertEquals(store.kept.length, 2);
});
