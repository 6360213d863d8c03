import type { Clock } from "../ports/mod.ts";
import type { Markets } from "./markets.ts";
import type { ProviderHttp } from "./provider_http.ts";
import type { TickSource } from "./tick_source.ts";

/** What the provider of an exchange's markets is made of. */
export interface ExchangeParts {
  readonly http: ProviderHttp;
  readonly markets: Markets;
  readonly clock: Clock;
  /** The exchange's live trades. */
  readonly stream: TickSource;
}
