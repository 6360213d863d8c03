import fc from "fast-check";
import { HOUR_MS, MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";
import { hourOf, summarizeHour } from "@/services/onchain/gauge_hours.ts";
import { assert, assertEquals, assertThrows } from "@/tests/assert.ts";
import { GAUGE_START, sampleGas, sampleMempool } from "./gauge_sample.ts";

const minute = (count: number) => utcMsOf(GAUGE_START + count * MINUTE_MS);

Deno.test("summarizeHour() gives mean, least and most of each figure", () => {
  const readings = [30, 40, 20].map((fast, at) => sampleGas(minute(at * 29), { fast }));
  const { hour, readings: count, spreads } = summarizeHour("eth_gas", readings);
  assertEquals([hour, count], [GAUGE_START, 3]);
  assertEquals(spreads.fast, { mean: 30, least: 20, most: 40 });
  assertEquals(spreads.safe, { mean: 34, least: 34, most: 34 });
});

Deno.test("summarizeHour() gives equal readings exactly their mean", () => {
  const readings = Array.from({ length: 46 }, (_, at) => sampleGas(minute(at), { fast: 0.1 }));
  assertEquals(summarizeHour("eth_gas", readings).spreads.fast?.mean, 0.1);
});

Deno.test("summarizeHour() leaves out readings that do not give a figure, and says if none does", () => {
  const fees = [null, 5, 7].map((baseFee, at) => sampleGas(minute(at), { baseFee }));
  assertEquals(summarizeHour("eth_gas", fees).spreads.base_fee, { mean: 6, least: 5, most: 7 });
  const silent = [sampleMempool(minute(1), { totalFee: null })];
  assertEquals(summarizeHour("btc_mempool", silent).spreads.total_fee, null);
});

Deno.test("summarizeHour() refuses no readings, and readings of two hours", () => {
  assertThrows(() => summarizeHour("eth_gas", []), { type: RangeError });
  const two = [sampleGas(minute(59)), sampleGas(minute(60))];
  assertThrows(() => summarizeHour("eth_gas", two), { type: RangeError });
});

Deno.test("summarizeHour() puts the mean between least and most, in any order of readings", () => {
  const value = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (values) => {
    const readings = values.map((fast, at) => sampleGas(minute(at), { fast }));
    const { fast } = summarizeHour("eth_gas", readings).spreads;
    assert(fast !== null);
    const slack = 1e-9 * fast.most;
    assert(fast.least <= fast.mean + slack && fast.mean <= fast.most + slack);
    assertEquals([fast.least, fast.most], [Math.min(...values), Math.max(...values)]);
  }));
});

Deno.test("hourOf() is the start of the hour", () => {
  assertEquals(hourOf(minute(59)), GAUGE_START);
  assertEquals(hourOf(minute(60)), utcMsOf(GAUGE_START + HOUR_MS));
});
