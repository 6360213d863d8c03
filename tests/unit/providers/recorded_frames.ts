import { readSharedText } from "@/tests/shared_data.ts";

/** One line of a recorded connection. */
export interface RecordedLine {
  readonly dir: "connect" | "send" | "recv";
  /** Epoch seconds. */
  readonly ts: number;
  readonly url?: string;
  readonly data?: string;
}

/** The lines of a recording, in their order. */
export async function recordedLines(url: URL): Promise<readonly RecordedLine[]> {
  const text = await readSharedText(url);
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** The frames that the exchange sent. */
export async function receivedFrames(url: URL): Promise<readonly string[]> {
  return (await recordedLines(url)).flatMap(({ dir, data }) => dir === "recv" ? data ?? [] : []);
}

/** How often each key comes. */
export function countBy<T>(items: readonly T[], keyOf: (item: T) => string) {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}
