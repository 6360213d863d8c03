import { capabilitiesOf, type HealthProbe, HealthService } from "@/services/ops/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";

function sample(probes: readonly HealthProbe[]) {
  const clock = new FakeClock();
  const health = new HealthService({ clock, versions: { a: "1" }, probes, capabilities: {} });
  return { clock, health };
}

Deno.test("getReadiness() names the parts that fail and why", async () => {
  const { health } = sample([
    { name: "database", check: () => Promise.resolve() },
    { name: "queue", check: () => Promise.reject(new Error("no lease")) },
  ]);
  assertEquals(await health.getReadiness(), {
    isReady: false,
    checks: [{ name: "database", problem: null }, { name: "queue", problem: "no lease" }],
  });
  assertEquals((await health.getHealth()).status, "degraded");
});

Deno.test("getReadiness() looks once for all who ask within half a second", async () => {
  let looks = 0;
  const check = () => {
    looks++;
    return Promise.resolve();
  };
  const { clock, health } = sample([{ name: "database", check }]);
  await Promise.all([health.getReadiness(), health.getReadiness(), health.getHealth()]);
  assertEquals(looks, 1);
  clock.advance(500);
  await health.getReadiness();
  assertEquals(looks, 2);
});

Deno.test("getHealth() counts seconds since the start", async () => {
  const { clock, health } = sample([]);
  clock.advance(1_500);
  assertEquals(await health.getHealth(), { status: "ok", versions: { a: "1" }, uptime: 1.5 });
});

Deno.test("capabilitiesOf() gives a reason for everything that is off", () => {
  const all = {
    isNetworkAllowed: true,
    hasKv: true,
    hasCron: true,
    demoMode: "auto",
    venues: ["binance"],
    hasEtherscanKey: true,
    poolsFallback: null,
  } as const;
  const none = {
    isNetworkAllowed: false,
    hasKv: false,
    hasCron: false,
    demoMode: "off",
    venues: [],
    hasEtherscanKey: false,
    poolsFallback: "DUNE_API_KEY is not set",
  } as const;
  for (const surroundings of [all, none]) {
    for (const [name, { enabled, reason }] of Object.entries(capabilitiesOf(surroundings))) {
      assert(enabled === (reason === null), name);
    }
  }
  const names = [
    ...["network", "kv", "cron", "demo", "live_prices"],
    ...["pools", "eth_gas", "mempool"],
  ];
  for (const name of names) {
    assertEquals([capabilitiesOf(all)[name]?.enabled, capabilitiesOf(none)[name]?.enabled], [
      true,
      false,
    ]);
  }
});

Deno.test("capabilitiesOf() has live prices of venues, or of the demo market", () => {
  const can = (changes: Partial<Parameters<typeof capabilitiesOf>[0]>) =>
    capabilitiesOf({
      isNetworkAllowed: true,
      hasKv: true,
      hasCron: true,
      demoMode: "auto",
      venues: ["binance"],
      hasEtherscanKey: false,
      poolsFallback: null,
      ...changes,
    }).live_prices?.reason;
  assertEquals(can({}), null);
  assertEquals(can({ venues: [] }), "TOKENLYSIS_MARKET_VENUES names none");
  assertEquals(can({ isNetworkAllowed: false }), null);
  assertEquals(
    can({ isNetworkAllowed: false, demoMode: "off" }),
    "TOKENLYSIS_NETWORK and TOKENLYSIS_DEMO are off",
  );
});

Deno.test("capabilitiesOf() names the key that gas prices wait for, and none for the mempool", () => {
  const { eth_gas, mempool } = capabilitiesOf({
    isNetworkAllowed: true,
    hasKv: true,
    hasCron: true,
    demoMode: "auto",
    venues: [],
    hasEtherscanKey: false,
    poolsFallback: null,
  });
  assertEquals(eth_gas, { enabled: false, reason: "ETHERSCAN_API_KEY is not set" });
  assertEquals(mempool, { enabled: true, reason: null });
});
