import { type GaugeOff, GaugeService } from "../onchain/mod.ts";
import { EtherscanGas, GAUGE_EXAMPLES, MempoolSpace } from "../providers/onchain/mod.ts";
import type { Outside } from "../providers/mod.ts";
import { SqlGaugeStore } from "../storage/mod.ts";
import type { Core } from "./core.ts";
import type { MarketParts } from "./market_parts.ts";

const NO_NETWORK: GaugeOff = {
  reason: "TOKENLYSIS_NETWORK is off",
  setting: "set TOKENLYSIS_NETWORK=on and restart",
};
const NO_KEY: GaugeOff = {
  reason: "ETHERSCAN_API_KEY is not set",
  setting: "set ETHERSCAN_API_KEY, a free key of etherscan.io, and restart",
};

/** Gauges of chains; without a key, or without the network, the reason stands in for a source. */
export function openGauges(
  { config, clock, database, log }: Core,
  { gates, bus }: Outside & Pick<MarketParts, "bus">,
): GaugeService {
  const off = config.isNetworkAllowed ? null : NO_NETWORK;
  const hasKey = config.etherscanKey !== null;
  return new GaugeService({
    store: new SqlGaugeStore(database),
    sources: {
      eth_gas: off ?? (hasKey ? new EtherscanGas({ http: gates.http("etherscan") }) : NO_KEY),
      btc_mempool: off ?? new MempoolSpace({ http: gates.http("mempool") }),
    },
    // As with pools: nothing is made up where the demo is off.
    examples: config.demo === "off" ? null : GAUGE_EXAMPLES,
    ...{ bus, clock, log },
  });
}
