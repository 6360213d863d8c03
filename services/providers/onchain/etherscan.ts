import { z } from "zod";
import { AppError, ProviderError } from "../../kernel/errors.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { GasGauge, GaugeSource } from "../../onchain/gauges.ts";
import { DecimalSchema, readAnswer } from "../answers.ts";
import type { ProviderHttp } from "../provider_http.ts";

const NAME = "etherscan";

/** Refusals come with HTTP 200 and a sentence. */
const Refusal = z.object({ status: z.literal("0"), message: z.string(), result: z.string() });
const Oracle = z.object({
  result: z.object({
    LastBlock: DecimalSchema,
    SafeGasPrice: DecimalSchema,
    ProposeGasPrice: DecimalSchema,
    FastGasPrice: DecimalSchema,
    suggestBaseFee: DecimalSchema.nullish(),
  }),
});

type Reading = Omit<GasGauge, "asof">;

/** Etherscan's gas oracle. */
export class EtherscanGas implements GaugeSource<"eth_gas"> {
  readonly name = "eth_gas";
  readonly #http: ProviderHttp;
  readonly #key: Secret;

  constructor({ http, key }: { readonly http: ProviderHttp; readonly key: Secret }) {
    this.#http = http;
    this.#key = key;
  }

  async fetch(signal?: AbortSignal): Promise<GasGauge> {
    const query = new URLSearchParams({
      chainid: "1",
      module: "gastracker",
      action: "gasoracle",
      apikey: this.#key.reveal(),
    });
    const { value, fetchedAt } = await this.#http.fetchJson({
      path: `/v2/api?${query}`,
      key: "gasoracle",
      parse: parseGasOracle,
      ...(signal && { signal }),
    });
    if (value === null) throw new ProviderError(NAME, "never", "Cannot read gas: no answer");
    return { ...value, asof: fetchedAt };
  }
}

/** Reads the oracle's answer; a refusal that says so in its text is thrown as what it is. */
export function parseGasOracle(body: unknown): Reading {
  const refused = Refusal.safeParse(body);
  if (refused.success) throw refusalOf(refused.data.result);
  const { result } = readAnswer(body, {
    what: { provider: NAME, name: "gas oracle" },
    schema: Oracle,
  });
  return {
    block: result.LastBlock,
    safe: result.SafeGasPrice,
    proposed: result.ProposeGasPrice,
    fast: result.FastGasPrice,
    baseFee: result.suggestBaseFee ?? null,
  };
}

function refusalOf(text: string): ProviderError | AppError {
  if (/rate limit/i.test(text)) {
    return new AppError("RATE_LIMITED", `Cannot call ${NAME}: ${text}`);
  }
  return new ProviderError(NAME, "never", `Cannot call ${NAME}: ${text}`);
}
