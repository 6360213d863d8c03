import { z } from "zod";
import {
  ECB_CURRENCY,
  eodInstantOf,
  type FxRate,
  isCurrencyCode,
} from "../../portfolio/fx/fx_rate.ts";
import { readAnswer } from "../answers.ts";

export const FRANKFURTER = "frankfurter";

const Day = z.string().transform((day, context) => {
  const at = eodInstantOf(day);
  if (at !== null) return at;
  context.addIssue({ code: "custom", message: `"${day}" is no day` });
  return z.NEVER;
});
const Code = z.string().refine(isCurrencyCode, "expected a currency");

const Span = z.object({
  // Rates of another amount or base than asked for would be wrong, and look right.
  amount: z.literal(1).nullish(),
  base: z.literal(ECB_CURRENCY).nullish(),
  rates: z.record(z.string(), z.record(Code, z.number().positive())),
});

/** `/{start}..`: the ECB's reference rates for one euro, by day. */
export function parseSpan(body: unknown): readonly FxRate[] {
  const { rates } = readAnswer(body, {
    what: { provider: FRANKFURTER, name: "rates" },
    schema: Span,
  });
  return Object.entries(rates).flatMap(([day, quotes]) => {
    const what = { provider: FRANKFURTER, name: "rates" };
    const at = readAnswer(day, { what, schema: Day });
    return Object.entries(quotes).map(([quote, rate]): FxRate => ({
      base: ECB_CURRENCY,
      quote,
      kind: "eod",
      source: FRANKFURTER,
      at,
      rate,
    }));
  });
}
