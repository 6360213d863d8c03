import { z } from "zod";
import { ProviderError } from "../../kernel/errors.ts";
import type { GaugeSource, MempoolGauge } from "../../onchain/gauges.ts";
import { readAnswer } from "../answers.ts";
import type { ProviderHttp } from "../provider_http.ts";

const NAME = "mempool";
const Figure = z.number().nonnegative();

const Mempool = z.object({ count: Figure, vsize: Figure });
const Fees = z.object({
  fastestFee: Figure,
  halfHourFee: Figure,
  hourFee: Figure,
  economyFee: Figure,
  minimumFee: Figure,
});
const Blocks = z.array(z.object({
  nTx: Figure,
  blockVSize: Figure,
  medianFee: Figure,
  feeRange: z.array(Figure),
}));

/** What waits for a block of Bitcoin, as mempool.space sees it. */
export class MempoolSpace implements GaugeSource<"btc_mempool"> {
  readonly name = "btc_mempool";
  readonly #http: ProviderHttp;

  constructor({ http }: { readonly http: ProviderHttp }) {
    this.#http = http;
  }

  async fetch(signal?: AbortSignal): Promise<MempoolGauge> {
    const { value: pool } = await this.#ask("/api/mempool", { schema: Mempool, signal });
    const { value: fees } = await this.#ask("/api/v1/fees/recommended", { schema: Fees, signal });
    const { value: blocks, fetchedAt } = await this.#ask("/api/v1/fees/mempool-blocks", {
      schema: Blocks,
      signal,
    });
    return {
      asof: fetchedAt,
      size: pool.count,
      vsize: pool.vsize,
      fees: {
        fastest: fees.fastestFee,
        halfHour: fees.halfHourFee,
        hour: fees.hourFee,
        economy: fees.economyFee,
        minimum: fees.minimumFee,
      },
      projected: blocks.map(({ nTx, blockVSize, medianFee, feeRange }) => ({
        transactions: nTx,
        vsize: blockVSize,
        medianFee,
        feeRange,
      })),
    };
  }

  async #ask<T>(
    path: string,
    { schema, signal }: { readonly schema: z.ZodType<T>; readonly signal: AbortSignal | undefined },
  ) {
    const { value, fetchedAt } = await this.#http.fetchJson({
      path,
      key: path.slice(1),
      parse: (body) => readAnswer(body, { what: { provider: NAME, name: path }, schema }),
      ...(signal && { signal }),
    });
    if (value === null) throw new ProviderError(NAME, "never", `Cannot read ${path}: no answer`);
    return { value, fetchedAt };
  }
}
