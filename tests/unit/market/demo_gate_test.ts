import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { sampleGate } from "@/tests/fakes/demo_gate.ts";
import { settle } from "@/tests/fakes/timer.ts";

Deno.test("DemoGate knows nothing before it has looked, then follows each change", async () => {
  const { gate, write, store } = sampleGate();
  assertEquals(gate.peek(), null);
  assertEquals(await gate.isOpen(), true);
  assertEquals(gate.peek(), true);
  await write("demo");
  assertEquals(gate.peek(), null);
  assertEquals([await gate.isOpen(), gate.peek()], [true, true]);
  await write("binance");
  assertEquals(gate.peek(), null);
  assertEquals([await gate.isOpen(), gate.peek()], [false, false]);
  await store.deleteSource("binance");
  assertEquals([await gate.isOpen(), gate.peek()], [true, true]);
});

for (const [mode, isOpen] of [["on", true], ["off", false]] as const) {
  Deno.test(`DemoGate asks no store where the setting is ${mode}`, async () => {
    const { gate, write, store } = sampleGate({ mode });
    gate.start();
    await write("binance");
    await settle();
    assertEquals([gate.peek(), await gate.isOpen(), store.asked], [isOpen, isOpen, 0]);
    gate.stop();
  });
}

Deno.test("DemoGate tells once that the demo market is over, without being asked", async () => {
  const { gate, write, store } = sampleGate();
  let told = 0;
  gate.onShut(() => told++);
  gate.start();
  await write("demo");
  await settle();
  assertEquals([gate.peek(), told], [true, 0]);
  await write("binance");
  await settle();
  assertEquals([gate.peek(), told], [false, 1]);
  const { asked } = store;
  await write("coinbase");
  await settle();
  assertEquals([store.asked, told], [asked, 1]);
  gate.stop();
});

Deno.test("DemoGate hears nothing once it is stopped", async () => {
  const { gate, write } = sampleGate();
  let told = 0;
  gate.onShut(() => told++);
  gate.start();
  await gate.isOpen();
  gate.stop();
  await write("binance");
  assertEquals([await gate.isOpen(), told], [false, 0]);
});

Deno.test("DemoGate does not take a state for current that changed while it was read", async () => {
  const { gate, write, store } = sampleGate();
  store.onList = () => {
    store.onList = () => null;
    return write("binance");
  };
  const early = gate.isOpen();
  await settle();
  assertEquals([await early, gate.peek()], [true, null]);
  assertEquals(await gate.isOpen(), false);
});

Deno.test("DemoGate lets those who ask at once share one look, and no older one", async () => {
  const { gate, write, store } = sampleGate();
  assertEquals(await Promise.all([gate.isOpen(), gate.isOpen()]), [true, true]);
  assertEquals(store.asked, 1);
  let late: Promise<boolean> | null = null;
  store.onList = async () => {
    store.onList = () => null;
    await write("binance");
    late = gate.isOpen();
  };
  await write("demo");
  await gate.isOpen();
  assertEquals(await late, false);
});

Deno.test("DemoGate stays unknown while the store is away, and says so once a change", async () => {
  const { gate, write, store, log } = sampleGate();
  gate.start();
  await write("demo");
  await settle();
  store.isAway = true;
  await write("binance");
  await settle();
  assertEquals(gate.peek(), null);
  await assertRejects(() => gate.isOpen(), { pattern: /database away/ });
  assertEquals(log.lines.map(({ level }) => level), ["warn"]);
  store.isAway = false;
  assertEquals(await gate.isOpen(), false);
  gate.stop();
});
