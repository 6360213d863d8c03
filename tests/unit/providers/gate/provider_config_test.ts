import { StartupError } from "@/services/kernel/errors.ts";
import { loadProviders } from "@/services/providers/gate/provider_config.ts";
import { OUTSIDE_PROVIDERS } from "@/services/providers/mod.ts";
import { assert, assertClose, assertEquals, assertThrows } from "@/tests/assert.ts";

const REGISTRY = await Deno.readTextFile(
  new URL("../../../../registry/providers.json", import.meta.url),
);

Deno.test("registry/providers.json lists every outside source, by priority", () => {
  const names = loadProviders(REGISTRY).map(({ name }) => name);
  const markets = ["binance", "coinbase", "coingecko"];
  const others = ["defillama", "dune", "flipside", "etherscan", "mempool"];
  assertEquals(
    names.toSorted(),
    [
      ...markets,
      "exchangerate_host",
      "frankfurter",
      ...others,
    ].toSorted(),
  );
  assertEquals(markets, Object.keys(OUTSIDE_PROVIDERS).toSorted());
});

Deno.test("registry/providers.json gives CoinGecko 5/s, 30/min and 10,000 a month", () => {
  const coingecko = loadProviders(REGISTRY).find(({ name }) => name === "coingecko");
  assertEquals(coingecko?.budgets.map(({ window, limit }) => [window, limit]), [
    ["second", 5],
    ["minute", 30],
    ["month", 10_000],
  ]);
  assertClose(coingecko?.budgets[2]?.burst ?? 0, 10_000 / (31 * 24));
});

Deno.test("loadProviders() takes other addresses in the place of the registry's", () => {
  const [binance, coinbase] = loadProviders(REGISTRY, {
    restUrls: { binance: ["http://127.0.0.1:8001/"] },
    streamUrls: { binance: ["ws://127.0.0.1:8001"] },
  });
  assertEquals(binance?.restUrls, ["http://127.0.0.1:8001"]);
  assertEquals(binance?.streamUrls, ["ws://127.0.0.1:8001"]);
  assertEquals(coinbase?.restUrls, ["https://api.exchange.coinbase.com"]);
});

const broken: { name: string; text: string; problem: RegExp }[] = [
  { name: "no JSON", text: "{", problem: /expected JSON/ },
  {
    name: "an address with a query",
    text: REGISTRY.replace("https://api.binance.com", "https://api.binance.com?key=1"),
    problem: /providers\.2\.rest_urls\.0: expected an address/,
  },
  {
    name: "a burst above its limit",
    text: REGISTRY.replace('"burst": 10', '"burst": 21'),
    problem: /providers\.2\.budgets\.0: expected burst <= limit/,
  },
  {
    name: "a window twice",
    text: REGISTRY.replace(
      '"window": "minute", "limit": 1200',
      '"window": "second", "limit": 1200',
    ),
    problem: /each window once/,
  },
];
for (const { name, text, problem } of broken) {
  Deno.test(`loadProviders() refuses ${name}`, () => {
    assert(text !== REGISTRY);
    assertThrows(() => loadProviders(text), { type: StartupError, pattern: problem });
  });
}
