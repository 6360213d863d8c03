import { z } from "zod";
import { ProviderError } from "../../kernel/errors.ts";
import { type FxRate, isCurrencyCode } from "../../portfolio/fx/fx_rate.ts";
import { readAnswer, SecondsSchema } from "../answers.ts";

export const EXCHANGERATE_HOST = "exchangerate_host";

const Refusal = z.object({
  success: z.literal(false),
  error: z.object({
    code: z.number().optional(),
    type: z.string().optional(),
    info: z.string().optional(),
  }),
});

const Live = z.object({
  success: z.literal(true),
  timestamp: SecondsSchema,
  source: z.string().refine(isCurrencyCode, "expected a currency"),
  /** Pairs such as `USDEUR`; `null` where there is no rate now. */
  quotes: z.record(z.string().regex(/^[A-Z]{6}$/), z.number().positive().nullable()),
});

/**
 * `/live`: rates of its moment. A refusal comes as HTTP 200 with `success: false`: a wrong key
 * (101), a month's calls used up (104), a plan without it (105); all of them are for another
 * source to answer. A pair of other currencies than the source's is not understood.
 */
export function parseLive(body: unknown): readonly FxRate[] {
  const { data: refusal } = Refusal.safeParse(body);
  if (refusal) {
    const { code, type, info } = refusal.error;
    const reason = type ?? info ?? "no reason given";
    throw new ProviderError(
      EXCHANGERATE_HOST,
      "next_provider",
      `Cannot read rates: ${code === undefined ? reason : `${reason} (${code})`}`,
    );
  }
  const { source: base, timestamp: at, quotes } = readAnswer(body, {
    what: { provider: EXCHANGERATE_HOST, name: "rates" },
    schema: Live,
  });
  return Object.entries(quotes).flatMap(([pair, rate]): readonly FxRate[] => {
    if (!pair.startsWith(base)) {
      const message = `Cannot read rates: ${pair} is no rate of ${base}`;
      throw new ProviderError(EXCHANGERATE_HOST, "failover_with_penalty", message);
    }
    const quote = pair.slice(base.length);
    if (rate === null || quote === base) return [];
    return [{ base, quote, kind: "intraday", source: EXCHANGERATE_HOST, at, rate }];
  });
}
