import type { FxSource } from "../../portfolio/fx/fx_ports.ts";
import { type FxRate, PRICE_CURRENCY } from "../../portfolio/fx/fx_rate.ts";
import type { ProviderHttp } from "../provider_http.ts";
import { EXCHANGERATE_HOST, parseLive } from "./parse.ts";

/** The parameter of the address that takes the key, which the gate adds. */
export const KEY_PARAMETER = "access_key";

/** exchangerate.host: rates of the moment, against the dollar, as every plan has them. */
export class ExchangerateHostSource implements FxSource {
  readonly name = EXCHANGERATE_HOST;
  readonly #http: ProviderHttp;

  constructor({ http }: { readonly http: ProviderHttp }) {
    this.#http = http;
  }

  async fetchRates(
    { currencies, signal }: Parameters<FxSource["fetchRates"]>[0],
  ): Promise<readonly FxRate[]> {
    const quotes = currencies.filter((code) => code !== PRICE_CURRENCY);
    const query = new URLSearchParams({ source: PRICE_CURRENCY, currencies: quotes.join(",") });
    const { value } = await this.#http.fetchJson({
      path: `/live?${query}`,
      key: `live/${PRICE_CURRENCY}/${quotes.join(",")}`,
      parse: parseLive,
      ...(signal && { signal }),
    });
    return value ?? [];
  }
}
