import { z } from "zod";
import { ProviderError } from "../kernel/errors.ts";
import { utcMsOf } from "../kernel/time.ts";
import type { CandleRow, ReadRow } from "./candle_rows.ts";
import { decimalOf, MAX_AT_MS } from "./frame_fields.ts";

/** Whose answer it is and what it answers, for messages. */
interface Answer {
  readonly provider: string;
  readonly name: string;
}

/** An instant in epoch milliseconds. */
export const MillisSchema = z.int().nonnegative().max(MAX_AT_MS).transform(utcMsOf);
/** An instant in epoch seconds. */
export const SecondsSchema = z.int().nonnegative().max(MAX_AT_MS / 1000)
  .transform((seconds) => utcMsOf(seconds * 1000));
/** A number that is written as text. */
export const DecimalSchema = z.string().transform(decimalOf)
  .refine(Number.isFinite, "expected a decimal number");

/**
 * The rows of an answer, each read by the schema. Throws `ProviderError` where the answer is no
 * list at all; a row that is not as expected stays in it as a bad one.
 */
export function readRows(
  body: unknown,
  { what, schema }: { what: Answer; schema: z.ZodType<CandleRow> },
): readonly ReadRow[] {
  if (!Array.isArray(body)) throw unreadable(what, "expected a list");
  return body.map((raw: unknown): ReadRow => {
    const { data: candle, error } = schema.safeParse(raw);
    if (candle) return { kind: "candle", candle, raw };
    return { kind: "bad", reason: issueOf(error), raw };
  });
}

/** Reads a whole answer by the schema. Throws `ProviderError` with the first thing amiss. */
export function readAnswer<T>(
  body: unknown,
  { what, schema }: { what: Answer; schema: z.ZodType<T> },
): T {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  throw unreadable(what, issueOf(error));
}

function unreadable({ provider, name }: Answer, reason: string) {
  return new ProviderError(provider, "failover_with_penalty", `Cannot read ${name}: ${reason}`);
}

/** `2.price: Invalid input: expected string, received number`. */
function issueOf(error: z.ZodError): string {
  const [issue] = error.issues;
  if (!issue) return "not as expected";
  return issue.path.length > 0 ? `${issue.path.join(".")}: ${issue.message}` : issue.message;
}
