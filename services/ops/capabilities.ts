/** Whether something can be used here, and why not. */
export type Capability =
  | { readonly enabled: true; readonly reason: null }
  | { readonly enabled: false; readonly reason: string };

export type Capabilities = Readonly<Record<string, Capability>>;

/** What the composition root knows of settings and surroundings. */
export interface Surroundings {
  readonly isNetworkAllowed: boolean;
  /** Whether `Deno.openKv` is there. */
  readonly hasKv: boolean;
  /** Whether `Deno.cron` is there. */
  readonly hasCron: boolean;
  readonly demoMode: "auto" | "on" | "off";
  /** Venues whose prices are heard. */
  readonly venues: readonly string[];
  /** Whether there is a key for gas prices. */
  readonly hasEtherscanKey: boolean;
  /** Why pools do not come from the provider that was asked for; `null` where they do. */
  readonly poolsFallback: string | null;
}

/** What this installation can do; what it can't is named with the reason. */
export function capabilitiesOf(surroundings: Surroundings): Capabilities {
  const { isNetworkAllowed, hasKv, hasCron, demoMode, poolsFallback } = surroundings;
  const network = isNetworkAllowed ? ENABLED : no("TOKENLYSIS_NETWORK is off");
  return {
    candles: ENABLED,
    indicators: ENABLED,
    demo: demoMode === "off" ? no("TOKENLYSIS_DEMO is off") : ENABLED,
    network,
    kv: hasKv ? ENABLED : no("Deno KV is not available in this runtime"),
    cron: hasCron ? ENABLED : no("Deno.cron is not available in this runtime"),
    live_prices: livePrices(surroundings),
    news: no("No provider of it is part of this version"),
    pools: poolsFallback === null ? ENABLED : no(poolsFallback),
    eth_gas: isNetworkAllowed && !surroundings.hasEtherscanKey
      ? no("ETHERSCAN_API_KEY is not set")
      : network,
    mempool: network,
  };
}

const ENABLED: Capability = { enabled: true, reason: null };

/** Without the network the demo market is the one that is live. */
function livePrices({ isNetworkAllowed, demoMode, venues }: Surroundings): Capability {
  if (!isNetworkAllowed) {
    return demoMode === "off" ? no("TOKENLYSIS_NETWORK and TOKENLYSIS_DEMO are off") : ENABLED;
  }
  return venues.length === 0 ? no("TOKENLYSIS_MARKET_VENUES names none") : ENABLED;
}

function no(reason: string): Capability {
  return { enabled: false, reason };
}
