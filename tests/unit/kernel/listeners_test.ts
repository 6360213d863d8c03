import { Listeners } from "@/services/kernel/listeners.ts";
import { assertEquals } from "@/tests/assert.ts";

Deno.test("Listeners tells everybody in order, though one throws", () => {
  const errors: unknown[] = [];
  const heard: string[] = [];
  const listeners = new Listeners<string>((error) => errors.push(error));
  listeners.add((message) => heard.push(`one ${message}`));
  listeners.add(() => {
    throw new TypeError("broken");
  });
  const stop = listeners.add((message) => heard.push(`three ${message}`));
  listeners.tell("a");
  stop();
  listeners.tell("b");
  assertEquals(heard, ["one a", "three a", "one b"]);
  assertEquals(errors.map(String), ["TypeError: broken", "TypeError: broken"]);
});

Deno.test("Listeners takes a function added twice for two, and forgets all when cleared", () => {
  let heard = 0;
  const hear = () => void heard++;
  const listeners = new Listeners(() => {});
  const stop = listeners.add(hear);
  listeners.add(hear);
  listeners.tell();
  stop();
  stop();
  assertEquals([heard, listeners.size], [2, 1]);
  listeners.clear();
  listeners.tell();
  assertEquals(heard, 2);
});

Deno.test("Listeners tells who comes while it tells the next time", () => {
  const heard: string[] = [];
  const listeners = new Listeners<string>(() => {});
  listeners.add((message) => {
    if (message === "a") listeners.add((later) => heard.push(later));
  });
  listeners.tell("a");
  listeners.tell("b");
  assertEquals(heard, ["b"]);
});
