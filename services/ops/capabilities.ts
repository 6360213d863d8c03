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
}

/** What this installation can do; what it can't is named with the reason. */
export function capabilitiesOf(
  { isNetworkAllowed, hasKv, hasCron, demoMode }: Surroundings,
): Capabilities {
  return {
    candles: ENABLED,
    indicators: ENABLED,
    demo: demoMode === "off" ? no("TOKENLYSIS_DEMO is off") : ENABLED,
    network: isNetworkAllowed ? ENABLED : no("TOKENLYSIS_NETWORK is off"),
    kv: hasKv ? ENABLED : no("Deno KV is not available in this runtime"),
    cron: hasCron ? ENABLED : no("Deno.cron is not available in this runtime"),
    live_prices: no(NO_PROVIDER),
    news: no(NO_PROVIDER),
    eth_gas: no(NO_PROVIDER),
    mempool: no(NO_PROVIDER),
  };
}

const ENABLED: Capability = { enabled: true, reason: null };
const NO_PROVIDER = "No provider of it is part of this version";

function no(reason: string): Capability {
  return { enabled: false, reason };
}
