import { z } from "zod";
import { StartupError } from "@/services/kernel/errors.ts";
import { type CliIo, readStdin } from "./cli.ts";

/** The most that a script reads at once: room for three series of a million points. */
const MAX_INPUT_BYTES = 256 * 1024 * 1024;

/** The most points of one series. */
export const MAX_POINTS = 5_000_000;

/** A series in which `null` is a missing point. */
export const NullableSeries = z.array(z.number().nullable()).max(MAX_POINTS);

/** Reads standard input as JSON of the shape of `schema`; refuses anything else in one sentence. */
export async function readJsonInput<Schema extends z.ZodType>(
  io: CliIo,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const text = await readStdin(io, { maxBytes: MAX_INPUT_BYTES });
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.length ? ` at ${issue.path.join(".")}` : "";
  throw new StartupError(`Cannot read the input${place}: ${issue?.message ?? "wrong shape"}`);
}

function parseJson(text: string): unknown {
  if (text.trim() === "") {
    throw new StartupError("Cannot read the input: expected a JSON object on standard input");
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StartupError("Cannot read the input: expected valid JSON", { cause: error });
  }
}
