import type { DemoGate, DemoScope } from "@/services/market/mod.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { sampleGate } from "@/tests/fakes/demo_gate.ts";
import { settle } from "@/tests/fakes/timer.ts";

function shown(gate: DemoGate): boolean | null {
  return gate.peek()?.isShown ?? null;
}

Deno.test("DemoGate knows nothing before it has looked, then follows each change", async () => {
  const { gate, write, store } = sampleGate();
  assertEquals(shown(gate), null);
  assertEquals((await gate.scope()).isShown, true);
  assertEquals(shown(gate), true);
  await write("demo");
  assertEquals(shown(gate), null);
  assertEquals([(await gate.scope()).isShown, shown(gate)], [true, true]);
  await write("binance");
  assertEquals(shown(gate), null);
  assertEquals([(await gate.scope()).isShown, shown(gate)], [false, false]);
  await store.deleteSource("binance");
  assertEquals([(await gate.scope()).isShown, shown(gate)], [true, true]);
});

Deno.test("DemoGate asks no store where the demo market is off", async () => {
  const { gate, write, store } = sampleGate({ mode: "off" });
  gate.start();
  await write("demo");
  await settle();
  assertEquals([shown(gate), (await gate.scope()).isShown, store.asked], [false, false, 0]);
  gate.stop();
});

Deno.test("DemoGate of a market asked for by name leaves out assets with real candles", async () => {
  const { gate, write, store } = sampleGate({ mode: "on" });
  let told = 0;
  gate.onNarrowed(() => told++);
  gate.start();
  const realAssets = async () => [...(await gate.scope()).realAssets].join();
  await write("demo");
  assertEquals([await realAssets(), shown(gate), told], ["", true, 0]);
  await write("binance");
  assertEquals([await realAssets(), shown(gate), told], ["bitcoin", true, 1]);
  await write("binance", "ethereum");
  assertEquals([await realAssets(), told], ["bitcoin,ethereum", 2]);
  await store.deleteSource("binance");
  assertEquals([await realAssets(), told], ["", 2]);
  gate.stop();
});

Deno.test("DemoGate tells once that the demo market is over, without being asked", async () => {
  const { gate, write, store } = sampleGate();
  let told = 0;
  gate.onNarrowed(() => told++);
  gate.start();
  await write("demo");
  await settle();
  assertEquals([shown(gate), told], [true, 0]);
  await write("binance");
  await settle();
  assertEquals([shown(gate), told], [false, 1]);
  const { asked } = store;
  await write("coinbase");
  await settle();
  assertEquals([store.asked, told], [asked, 1]);
  gate.stop();
});

Deno.test("DemoGate hears nothing once it is stopped", async () => {
  const { gate, write } = sampleGate();
  let told = 0;
  gate.onNarrowed(() => told++);
  gate.start();
  await gate.scope();
  gate.stop();
  await write("binance");
  assertEquals([(await gate.scope()).isShown, told], [false, 0]);
});

Deno.test("DemoGate does not take a state for current that changed while it was read", async () => {
  const { gate, write, store } = sampleGate();
  store.onList = () => {
    store.onList = () => null;
    return write("binance");
  };
  const early = gate.scope();
  await settle();
  assertEquals([(await early).isShown, shown(gate)], [true, null]);
  assertEquals((await gate.scope()).isShown, false);
});

Deno.test("DemoGate lets those who ask at once share one look, and no older one", async () => {
  const { gate, write, store } = sampleGate();
  const [one, two] = await Promise.all([gate.scope(), gate.scope()]);
  assertEquals([one, store.asked], [two, 1]);
  let late: Promise<DemoScope> | null = null;
  store.onList = async () => {
    store.onList = () => null;
    await write("binance");
    late = gate.scope();
  };
  await write("demo");
  await gate.scope();
  assertEquals((await (late ?? gate.scope())).isShown, false);
});

Deno.test("DemoGate stays unknown while the store is away, and says so once a change", async () => {
  const { gate, write, store, log } = sampleGate();
  gate.start();
  await write("demo");
  await settle();
  store.isAway = true;
  await write("binance");
  await settle();
  assertEquals(shown(gate), null);
  await assertRejects(() => gate.scope(), { pattern: /database away/ });
  assertEquals(log.lines.map(({ level }) => level), ["warn"]);
  store.isAway = false;
  assertEquals((await gate.scope()).isShown, false);
  gate.stop();
});
