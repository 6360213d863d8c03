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
}

/** What this installation can do; what it can't is named with the reason. */
export function capabilitiesOf(surroundings: Surroundings): Capabilities {
  const { isNetworkAllowed, hasKv, hasCron, demoMode } = surroundings;
  return {
    candles: ENABLED,
    indicators: ENABLED,
    demo: demoMode === "off" ? no("TOKENLYSIS_DEMO is off") : ENABLED,
    network: isNetworkAllowed ? ENABLED : no("TOKENLYSIS_NETWORK is off"),
    kv: hasKv ? ENABLED : no("Deno KV is not available in this runtime"),
    cron: hasCron ? ENABLED : no("Deno.cron is not available in this runtime"),
    live_prices: livePrices(surroundings),
    news: no(NO_PROVIDER),
    eth_gas: no(NO_PROVIDER),
    mempool: no(NO_PROVIDER),
  };
}

const ENABLED: Capability = { enabled: true, reason: null };
const NO_PROVIDER = "No provider of it is part of this version";

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
