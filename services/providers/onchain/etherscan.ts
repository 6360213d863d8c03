import { z } from "zod";
import { ProviderError } from "../../kernel/errors.ts";
import type { GasGauge, GaugeSource } from "../../onchain/gauges.ts";
import { DecimalSchema, readAnswer } from "../answers.ts";
import type { ProviderHttp } from "../provider_http.ts";

const NAME = "etherscan";
const PATH = "/v2/api?chainid=1&module=gastracker&action=gasoracle";
/** What the key is called in the address, which takes it nowhere else. */
export const ETHERSCAN_KEY = "apikey";

/** Refusals come with HTTP 200 and a sentence. */
const Refusal = z.object({ status: z.literal("0"), message: z.string(), result: z.string() });
/** No block has ever cost near as much. */
const Gwei = DecimalSchema.refine((gwei) => gwei >= 0 && gwei <= 1e6, "expected 0 to 1000000 gwei");
const Oracle = z.object({
  result: z.object({
    LastBlock: DecimalSchema.refine((block) => Number.isSafeInteger(block) && block > 0, {
      message: "expected a block number",
    }),
    SafeGasPrice: Gwei,
    ProposeGasPrice: Gwei,
    FastGasPrice: Gwei,
    suggestBaseFee: Gwei.nullish(),
  }),
});

type Reading = Omit<GasGauge, "asof">;

/** Etherscan's gas oracle. The gate adds the key. */
export class EtherscanGas implements GaugeSource<"eth_gas"> {
  readonly name = "eth_gas";
  readonly provider = NAME;
  readonly #http: ProviderHttp;

  constructor({ http }: { readonly http: ProviderHttp }) {
    this.#http = http;
  }

  async fetch(signal?: AbortSignal): Promise<GasGauge> {
    const { value, fetchedAt } = await this.#http.fetchJson({
      path: PATH,
      key: "gasoracle",
      parse: parseGasOracle,
      ...(signal && { signal }),
    });
    if (value === null) throw new ProviderError(NAME, "never", "Cannot read gas: no answer");
    return { ...value, asof: fetchedAt };
  }
}

/** Reads the oracle's answer; a refusal that says so in its text is thrown with its words. */
export function parseGasOracle(body: unknown): Reading {
  const refused = Refusal.safeParse(body);
  if (refused.success) {
    throw new ProviderError(NAME, "never", `Cannot call ${NAME}: ${refused.data.result}`);
  }
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
