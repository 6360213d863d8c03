import { z } from "zod";
import type { NormalizedPools } from "../../defi/ports.ts";
import { AppError } from "../../kernel/errors.ts";
import { DAY_MS, parseUtcMs, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import { readPoolEntry } from "./defillama_provider.ts";
import { ReadingCollector } from "./reading_collector.ts";

/** The name of the one layout in JSON. */
export const JSON_LAYOUT = "defillama_pools";

/** Entries of `/pools`, in an envelope or without it. */
const Saved = z.union([
  z.array(z.unknown()).transform((data) => ({ data, exported_at: null })),
  z.object({ data: z.array(z.unknown()), exported_at: z.string().nullish() }),
]);

/** Whether a file is JSON rather than CSV. */
export function isJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

/**
 * Reads a saved answer of DefiLlama's `/pools`. The entries do not say of when they are: either the
 * file does (`exported_at`), or its name by the day, which is known when it is over. Throws
 * `AppError` `VALIDATION_FAILED`.
 */
export function parsePoolJson(
  text: string,
  { fileName, source, now }: {
    readonly fileName: string;
    readonly source: string;
    readonly now: UtcMs;
  },
): NormalizedPools {
  const { success, data: saved } = Saved.safeParse(readJson(text, fileName));
  if (!success) throw refusal(fileName, "expected the list of pools of DefiLlama");
  const times = timesOf(fileName, saved.exported_at ?? null);
  const collector = new ReadingCollector(source, { now });
  for (const [index, entry] of saved.data.entries()) {
    collector.add(index + 1, () => readPoolEntry(entry, times));
  }
  return collector.result();
}

function timesOf(fileName: string, exportedAt: string | null) {
  if (exportedAt !== null) {
    const ts = parseUtcMs(exportedAt);
    if (ts === null) throw refusal(fileName, `exported_at "${exportedAt}" is no ISO 8601 time`);
    return { ts, knownAt: ts };
  }
  const [day = ""] = /\d{4}-\d{2}-\d{2}/.exec(fileName) ?? [];
  const ts = parseUtcMs(day);
  if (ts === null) throw refusal(fileName, "expected its day, as 2025-12-24, in its name");
  return { ts, knownAt: utcMsOf(ts + DAY_MS) };
}

function readJson(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal(fileName, "it is no complete JSON");
  }
}

function refusal(fileName: string, reason: string): AppError {
  return new AppError("VALIDATION_FAILED", `Cannot read "${fileName}": ${reason}`);
}
