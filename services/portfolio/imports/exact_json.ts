import { refusal } from "./import_bytes.ts";

/** Letters of a JSON file, which is read as a whole. */
export const MAX_TEXT_OF_JSON = 64 * 1024 ** 2;

export type JsonObject = Readonly<Record<string, unknown>>;

/** As the standard has it; its third argument is not yet in TypeScript's library. */
type ReviverWithSource = (key: string, value: unknown, context: { source?: string }) => unknown;

/** Parses JSON with its numbers as the text that they stand in, so that no digit is lost. */
export function parseExactJson(text: string): unknown {
  const revive: ReviverWithSource = (_key, value, { source }) =>
    typeof value === "number" ? source ?? String(value) : value;
  try {
    return JSON.parse(text, revive as (key: string, value: unknown) => unknown);
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof RangeError)) throw error;
    throw refusal("is damaged JSON: export it again", error);
  }
}
