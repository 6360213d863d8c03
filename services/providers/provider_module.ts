import type { MarketProvider } from "../market/ports.ts";
import type { Clock } from "../ports/mod.ts";
import type { VenueProtocol } from "./exchange/protocol.ts";
import type { Markets } from "./markets.ts";
import type { ProviderHttp } from "./provider_http.ts";
import type { TickSource } from "./tick_source.ts";

/** What a provider of an outside source is built from. */
export interface ProviderDeps {
  readonly http: ProviderHttp;
  readonly markets: Markets;
  readonly clock: Clock;
  /** Streams the trades; providers without ticks never ask it. */
  readonly stream: TickSource;
}

/** Everything that the composition root needs to know of a provider, so that adding one is a line. */
export interface ProviderModule<P extends MarketProvider = MarketProvider> {
  /** How the source names the dollar market of the asset that it calls `id`. */
  readonly marketName: (id: string) => string;
  /** The header that takes a key, which the gate adds; `null` where none is taken. */
  readonly keyHeader: string | null;
  /** The protocol of its stream; `null` where it has none. */
  readonly protocol: ((settings: { readonly urls: readonly string[] }) => VenueProtocol) | null;
  readonly create: (deps: ProviderDeps) => P;
}
