import type { AssetRegistry } from "../market/mod.ts";
import { FetchHttpClient } from "../platform/fetch_http_client.ts";
import { systemRandom } from "../platform/random.ts";
import { systemTimer } from "../platform/timer.ts";
import { WebSocketClient } from "../platform/web_socket_client.ts";
import { connectOutside, EXCHANGERATE_KEY, loadProviders, type Outside } from "../providers/mod.ts";
import { ETHERSCAN_KEY } from "../providers/onchain/mod.ts";
import { SqlProviderStateStore, SqlRawIngestStore } from "../storage/mod.ts";
import { type Core, openRedis, readRegistryFile } from "./core.ts";

/** Everything that reaches outside, which nothing has started yet. */
export async function openOutside(
  { config, clock, log, database, metrics }: Core,
  registry: AssetRegistry,
): Promise<Outside> {
  const { market, isNetworkAllowed, exchangerateKey, etherscanKey } = config;
  return connectOutside({
    configs: loadProviders(await readRegistryFile("providers.json"), market),
    http: (provider) => new FetchHttpClient({ provider, isNetworkAllowed }),
    sockets: new WebSocketClient({ timer: systemTimer, isNetworkAllowed }),
    state: new SqlProviderStateStore(database, clock),
    raw: new SqlRawIngestStore(database),
    redis: openRedis(config),
    assets: registry.assets,
    venues: market.venues,
    liveAssetIds: market.liveAssets?.map((name) => registry.resolve(name).id) ?? null,
    secretQuery: {
      ...exchangerateKey && { exchangerate_host: { [EXCHANGERATE_KEY]: exchangerateKey } },
      ...etherscanKey && { etherscan: { [ETHERSCAN_KEY]: etherscanKey } },
    },
    keys: {
      coingecko: market.coingeckoKey,
      dune: config.pools.duneKey,
      flipside: config.pools.flipsideKey,
    },
    clock,
    timer: systemTimer,
    random: systemRandom,
    log,
    metrics,
  });
}
