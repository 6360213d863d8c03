import { utcMsOf } from "@/services/kernel/time.ts";

const ROOT = new URL("../../shared/data/", import.meta.url);

/** A time by which all of the reference data was known. */
export const SHARED_UNTIL = utcMsOf(Date.UTC(2026, 10, 1));

/**
 * The URL of a file of the reference data that lies beside the checkout, or `null` where that
 * folder is missing: such tests are then ignored, and the test command says so.
 */
export function sharedData(path: string): URL | null {
  const url = new URL(path, ROOT);
  try {
    Deno.statSync(url);
    return url;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Reads a text file of the reference data, decompressing `.gz`. */
export async function readSharedText(url: URL): Promise<string> {
  const file = await Deno.open(url);
  const bytes = url.pathname.endsWith(".gz")
    ? file.readable.pipeThrough(new DecompressionStream("gzip"))
    : file.readable;
  return await new Response(bytes).text();
}
