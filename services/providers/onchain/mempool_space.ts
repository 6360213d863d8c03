import { z } from "zod";
import { ProviderError } from "../../kernel/errors.ts";
import { feeBands } from "../../onchain/fee_bands.ts";
import type { GaugeSource, MempoolGauge, ProjectedBlock } from "../../onchain/gauges.ts";
import { readAnswer } from "../answers.ts";
import type { ProviderHttp } from "../provider_http.ts";

const NAME = "mempool";
/** It projects eight; the last holds all the rest. */
const MAX_BLOCKS = 16;
const MAX_RATES = 32;

const Count = z.int().nonnegative();
const Figure = z.number().nonnegative();

const Mempool = z.object({
  count: Count,
  vsize: Figure,
  total_fee: Figure.nullish(),
  fee_histogram: z.array(z.tuple([Figure, Figure])).max(10_000).nullish(),
});
const Fees = z.object({
  fastestFee: Figure,
  halfHourFee: Figure,
  hourFee: Figure,
  economyFee: Figure,
  minimumFee: Figure,
});
const Blocks = z.array(z.object({
  nTx: Count,
  blockVSize: Figure,
  medianFee: Figure,
  feeRange: z.array(Figure).max(MAX_RATES),
})).max(MAX_BLOCKS);

interface Question<T> {
  readonly schema: z.ZodType<T>;
  readonly signal: AbortSignal | undefined;
  /** Whether an installation may do without it. */
  readonly isOptional?: boolean;
}

/** What waits for a block of Bitcoin, as mempool.space sees it. */
export class MempoolSpace implements GaugeSource<"btc_mempool"> {
  readonly name = "btc_mempool";
  readonly provider = NAME;
  readonly #http: ProviderHttp;

  constructor({ http }: { readonly http: ProviderHttp }) {
    this.#http = http;
  }

  async fetch(signal?: AbortSignal): Promise<MempoolGauge> {
    const { value: pool, fetchedAt } = await this.#need("/api/mempool", {
      schema: Mempool,
      signal,
    });
    const fees = await this.#fees(signal);
    const { value: blocks } = await this.#need("/api/v1/fees/mempool-blocks", {
      schema: Blocks,
      signal,
    });
    return {
      // The first of the answers: none of them is older.
      asof: fetchedAt,
      size: pool.count,
      vsize: pool.vsize,
      totalFee: pool.total_fee ?? null,
      fees: {
        fastest: fees.fastestFee,
        halfHour: fees.halfHourFee,
        hour: fees.hourFee,
        economy: fees.economyFee,
        minimum: fees.minimumFee,
      },
      bands: feeBands(pool.fee_histogram ?? []),
      projected: blocks.map(({ nTx, blockVSize, medianFee, feeRange }): ProjectedBlock => ({
        transactions: nTx,
        vsize: blockVSize,
        medianFee: rounded(medianFee),
        feeRange: feeRange.map(rounded),
      })),
    };
  }

  /** To the fraction of a satoshi where the installation tells it, else in whole ones. */
  async #fees(signal: AbortSignal | undefined): Promise<z.output<typeof Fees>> {
    const question = { schema: Fees, signal };
    const precise = await this.#ask("/api/v1/fees/precise", { ...question, isOptional: true });
    return precise.value ?? (await this.#need("/api/v1/fees/recommended", question)).value;
  }

  async #need<T>(path: string, question: Question<T>) {
    const { value, fetchedAt } = await this.#ask(path, question);
    if (value === null) throw new ProviderError(NAME, "never", `Cannot read ${path}: no answer`);
    return { value, fetchedAt };
  }

  #ask<T>(path: string, { schema, signal, isOptional = false }: Question<T>) {
    return this.#http.fetchJson({
      path,
      key: path.slice(1),
      parse: (body) => readAnswer(body, { what: { provider: NAME, name: path }, schema }),
      ...(isOptional && { isAbsence: ({ status }) => status === 404 }),
      ...(signal && { signal }),
    });
  }
}

/** A projection has no more than thousandths to it, however many digits its quotients have. */
function rounded(fee: number): number {
  return Number(fee.toFixed(3));
}
