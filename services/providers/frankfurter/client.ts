import { isoDayOf } from "../../kernel/time.ts";
import type { FxSource } from "../../portfolio/fx/fx_ports.ts";
import { ECB_CURRENCY, type FxRate } from "../../portfolio/fx/fx_rate.ts";
import type { ProviderHttp } from "../provider_http.ts";
import { FRANKFURTER, parseSpan } from "./parse.ts";

/** Frankfurter: the ECB's reference rates, once a day, without a key. */
export class FrankfurterSource implements FxSource {
  readonly name = FRANKFURTER;
  readonly #http: ProviderHttp;

  constructor({ http }: { readonly http: ProviderHttp }) {
    this.#http = http;
  }

  /** All days since one, so that days that were missed come along. */
  async fetchRates(
    { currencies, since, signal }: Parameters<FxSource["fetchRates"]>[0],
  ): Promise<readonly FxRate[]> {
    const symbols = currencies.filter((code) => code !== ECB_CURRENCY).join(",");
    const day = isoDayOf(since);
    const query = new URLSearchParams({ base: ECB_CURRENCY, symbols });
    const { value } = await this.#http.fetchJson({
      path: `/v1/${day}..?${query}`,
      key: `eod/${day}/${symbols}`,
      parse: parseSpan,
      // No rate was published since then.
      isAbsence: ({ status }) => status === 404,
      ...(signal && { signal }),
    });
    return value ?? [];
  }
}
