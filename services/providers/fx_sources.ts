import type { FxSource } from "../portfolio/fx/fx_ports.ts";
import { ExchangerateHostSource } from "./exchangerate_host/client.ts";
import { FrankfurterSource } from "./frankfurter/client.ts";
import type { ProviderGates } from "./gate/provider_gates.ts";

/** Sources of exchange rates, each behind its gate. */
export interface FxSources {
  /** Rates of the moment; `null` without a key. */
  readonly intraday: FxSource | null;
  /** Reference rates of each day. */
  readonly eod: FxSource;
}

export function connectFx(
  gates: ProviderGates,
  { hasIntradayKey }: { readonly hasIntradayKey: boolean },
): FxSources {
  return {
    intraday: hasIntradayKey
      ? new ExchangerateHostSource({ http: gates.http("exchangerate_host") })
      : null,
    eod: new FrankfurterSource({ http: gates.http("frankfurter") }),
  };
}
