import { AppError } from "@/services/kernel/errors.ts";
import { Secret } from "@/services/kernel/secret.ts";
import { FROZEN_BY_OPERATOR } from "@/services/ops/mod.ts";
import { CONTROL_EVERY_MS } from "@/services/providers/gate/provider_gates.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@/tests/assert.ts";
import { RecordedHttp } from "@/tests/fakes/http.ts";
import { ask, gateKit, MemoryProviderState } from "./gate_kit.ts";

const recorded = (status = 200) =>
  new RecordedHttp({ "/a": { status, body: "{}" }, "/ping": { status, body: "{}" } });

/** Two instances of the product over one database. */
async function pair() {
  const state = new MemoryProviderState();
  const first = gateKit({ state, http: recorded() });
  const second = gateKit({ state, http: recorded() });
  await Promise.all([first.gates.start(), second.gates.start()]);
  const stop = async () => {
    await Promise.all([first.gates.stop(), second.gates.stop()]);
  };
  return { state, first, second, stop };
}

Deno.test("ProviderGates freezes and thaws in every instance", async () => {
  const { first, second, stop } = await pair();
  await first.gates.freeze("venue", "maintenance");
  assertEquals(first.status().frozen?.status, FROZEN_BY_OPERATOR);
  await second.timer.advance(CONTROL_EVERY_MS);
  await assertRejects(() => second.gate.fetchJson(ask("/a")), { pattern: /maintenance/ });
  assert(await second.gates.thaw("venue"));
  assert(!await second.gates.thaw("venue"));
  await first.timer.advance(CONTROL_EVERY_MS);
  await first.gate.fetchJson(ask("/a"));
  await stop();
});

Deno.test("ProviderGates holds a breaker open until an operator closes it", async () => {
  const { first, second, stop } = await pair();
  await first.gates.setBreaker("venue", "open");
  await second.timer.advance(CONTROL_EVERY_MS);
  for (const { gate, status } of [first, second]) {
    await assertRejects(() => gate.fetchJson(ask("/a")), { pattern: /operator/ });
    assertEquals([status().breaker.state, status().breaker.isForced], ["open", true]);
  }
  await second.gates.setBreaker("venue", "closed");
  await first.timer.advance(CONTROL_EVERY_MS);
  await first.gate.fetchJson(ask("/a"));
  await stop();
});

Deno.test("ProviderGates stays frozen over a restart", async () => {
  const state = new MemoryProviderState();
  const before = gateKit({ state, http: recorded(403) });
  await before.gates.start();
  await assertRejects(() => before.gate.fetchJson(ask("/a")));
  await before.gates.stop();
  const after = gateKit({ state, http: recorded() });
  await after.gates.start();
  assertEquals(after.status().frozen, before.status().frozen);
  await after.gates.stop();
});

Deno.test("ProviderGates keeps a freeze that could not be saved, and saves it later", async () => {
  const { state, first, second, stop } = await pair();
  state.isBroken = true;
  await assertRejects(() => first.gates.freeze("venue", "maintenance"), {
    pattern: /disk is full/,
  });
  state.isBroken = false;
  state.records.set("venue", {
    provider: "venue",
    budgets: null,
    control: { frozen: null, held_open: false },
  });
  await first.timer.advance(CONTROL_EVERY_MS);
  assertEquals(first.status().frozen?.reason, "maintenance");
  await second.timer.advance(CONTROL_EVERY_MS);
  assertEquals(second.status().frozen?.reason, "maintenance");
  await stop();
});

Deno.test("ProviderGates knows its providers by name", async () => {
  const { gates } = gateKit();
  await assertRejects(() => gates.thaw("nobody"), { type: AppError, pattern: /"nobody"/ });
  assertThrows(() => gates.http("nobody"), { type: RangeError });
});

Deno.test("ProviderGates shows budgets, breaker and freeze to a scrape", async () => {
  const { gates, gate, metrics } = gateKit({ http: recorded() });
  await gates.start();
  await gate.fetchJson(ask("/a", { cost: 3 }));
  await gates.freeze("venue", "maintenance");
  await metrics.scrape();
  const value = (name: string, labels = '{provider="venue"}') =>
    metrics.values.get(`tokenlysis_provider_${name}${labels}`);
  assertEquals(value("budget_remaining", '{provider="venue",window="minute"}'), 297);
  assertEquals([value("frozen"), value("breaker_state"), value("budget_share")], [1, 0, 1]);
  await gates.stop();
});

Deno.test("ProviderGates tells of a provider whose key is missing which setting it stands in", () => {
  const config = { keySetting: "VENUE_API_KEY" };
  const secretHeaders = { "x-key": new Secret("hidden-key") };
  assertEquals(gateKit({ http: recorded() }).status().missingKey, null);
  assertEquals(gateKit({ http: recorded(), config }).status().missingKey, "VENUE_API_KEY");
  assertEquals(gateKit({ http: recorded(), config, secretHeaders }).status().missingKey, null);
});

Deno.test("ProviderGates grants a call without waiting for the database", async () => {
  const http = recorded();
  const { gates, gate, state } = gateKit({ http });
  await gates.start();
  await gate.fetchJson(ask("/a"));
  const hung = Promise.withResolvers<void>();
  state.saveBudgets = () => hung.promise;
  for (let call = 0; call < 5; call++) await gate.fetchJson(ask("/a"));
  assertEquals(http.requests.length, 6);
  hung.resolve();
  await gates.stop();
});
