import { compose } from "@/main.ts";
import { loadConfig } from "@/services/config.ts";
import { assertEquals, assertMatch } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { build } from "@/tools/build.ts";

type Ask = (path: string) => Promise<Response>;
type WithProduct = (
  env: Readonly<Record<string, string>>,
  test: (ask: Ask) => Promise<void>,
) => Promise<void>;

/** Products of several settings over one database, whose demo market is made once. */
async function overOneDatabase(test: (withProduct: WithProduct) => Promise<void>): Promise<void> {
  await build({ ifStale: true });
  const clock = new FakeClock();
  await using database = await openTestDatabase({ clock });
  await test(async (env, run) => {
    const config = loadConfig({ TOKENLYSIS_MARKET_VENUES: "none", ...env });
    await using product = await compose(config, { clock, log: new RecordingLog(), database });
    await run(async (path) => await product.fetch(new Request(`http://localhost${path}`)));
  });
}

/** What stands in, and why, by the settings; nothing is started, so nobody outside is asked. */
const CASES = [
  { env: {}, provider: "defillama", fallback: null },
  { env: { DATA_PROVIDER: "mock" }, provider: "mock", fallback: null },
  { env: { DATA_PROVIDER: "file" }, provider: null, fallback: null },
  { env: { DATA_PROVIDER: "dune" }, provider: "mock", fallback: "DUNE_API_KEY is not set" },
  {
    env: { DATA_PROVIDER: "dune", DUNE_API_KEY: "key" },
    provider: "mock",
    fallback: "TOKENLYSIS_DUNE_QUERIES names no query",
  },
  {
    env: { DATA_PROVIDER: "dune", DUNE_API_KEY: "key", TOKENLYSIS_DUNE_QUERIES: "7" },
    provider: "dune",
    fallback: null,
  },
  {
    env: { DATA_PROVIDER: "flipside" },
    provider: "mock",
    fallback: "FLIPSIDE_API_KEY is not set",
  },
  {
    env: { DATA_PROVIDER: "flipside", FLIPSIDE_API_KEY: "key" },
    provider: "mock",
    fallback: "TOKENLYSIS_FLIPSIDE_SQL is not set",
  },
  {
    env: {
      ...{ DATA_PROVIDER: "flipside", FLIPSIDE_API_KEY: "key" },
      TOKENLYSIS_FLIPSIDE_SQL: "select 1",
    },
    provider: "flipside",
    fallback: null,
  },
  {
    env: { DATA_PROVIDER: "dune", TOKENLYSIS_DEMO: "off" },
    provider: null,
    fallback: "DUNE_API_KEY is not set",
  },
  {
    env: { TOKENLYSIS_NETWORK: "off" },
    provider: "mock",
    fallback: "TOKENLYSIS_NETWORK is off",
  },
];

Deno.test("pools come from whom the settings name, or who stands in, and it is told why", async (t) => {
  await overOneDatabase(async (withProduct) => {
    for (const { env, provider, fallback } of CASES) {
      const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`).join(" ");
      await t.step(`${provider} with ${settings || "no settings"}`, async () => {
        await withProduct(env, async (ask) => {
          const { meta: { fetcher } } = await (await ask("/api/pools")).json();
          assertEquals([fetcher.provider, fetcher.fallback], [provider, fallback]);
          const { pools } = await (await ask("/capabilities")).json();
          assertEquals([pools.enabled, pools.reason], [fallback === null, fallback]);
        });
      });
    }
    await t.step("and so does the page", async () => {
      await withProduct({ DATA_PROVIDER: "dune" }, async (ask) => {
        const page = await (await ask("/pools")).text();
        assertMatch(page, /dune[^<]* can't run: DUNE_API_KEY is not set\. Made-up pools stand in/);
      });
    });
  });
});

const GAUGE_CASES = [
  { env: {}, gas: "ETHERSCAN_API_KEY is not set", mempool: null },
  { env: { ETHERSCAN_API_KEY: "key" }, gas: null, mempool: null },
  {
    env: { TOKENLYSIS_NETWORK: "off", ETHERSCAN_API_KEY: "key" },
    gas: "TOKENLYSIS_NETWORK is off",
    mempool: "TOKENLYSIS_NETWORK is off",
  },
];

Deno.test("capabilities say which gauges are read, as their routes do", async () => {
  await overOneDatabase(async (withProduct) => {
    for (const { env, gas, mempool } of GAUGE_CASES) {
      await withProduct(env, async (ask) => {
        const capabilities = await (await ask("/capabilities")).json();
        assertEquals([capabilities.eth_gas.reason, capabilities.mempool.reason], [gas, mempool]);
        for (const [path, reason] of [["eth/gas", gas], ["btc/mempool", mempool]]) {
          const answer = await (await ask(`/onchain/${path}`)).json();
          assertEquals([answer.enabled, answer.reason ?? null], [reason === null, reason]);
        }
      });
    }
  });
});
