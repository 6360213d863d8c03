import { z } from "zod";
import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import { MAX_AT_MS, parseFrame } from "../frame_fields.ts";

/** One line of a recorded connection. */
export interface RecordedLine {
  /** `connect`: a socket opened; `send` and `recv`: a frame of ours and one of the exchange. */
  readonly dir: "connect" | "send" | "recv";
  readonly at: UtcMs;
  /** The address of a `connect`, the frame of the others. */
  readonly text: string;
}

const MAX_LINE_LENGTH = 16 * 1024 * 1024;
const GZIP_MAGIC = [0x1f, 0x8b] as const;

const AtSchema = z.number().nonnegative().max(MAX_AT_MS / 1000)
  .transform((seconds) => utcMsOf(Math.round(seconds * 1000)));

const LineSchema = z.discriminatedUnion("dir", [
  z.object({ dir: z.literal("connect"), ts: AtSchema, url: z.string() })
    .transform(({ dir, ts, url }): RecordedLine => ({ dir, at: ts, text: url })),
  z.object({ dir: z.enum(["send", "recv"]), ts: AtSchema, data: z.string() })
    .transform(({ dir, ts, data }): RecordedLine => ({ dir, at: ts, text: data })),
]);

/** The line of a recording `{dir, ts, url, data}`, `ts` in seconds; `null` if it is none. */
function parseLine(line: string): RecordedLine | null {
  return LineSchema.safeParse(parseFrame(line)).data ?? null;
}

/**
 * The lines of a recording, plain or gzip, told apart by its first bytes; `null` for one that
 * can't be read. Throws `RangeError` for a line above 16 MB, `TypeError` for damaged gzip.
 */
export async function* readRecording(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<RecordedLine | null> {
  let rest = "";
  for await (const text of (await unpacked(bytes)).pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE_LENGTH) {
      throw new RangeError(
        `Cannot read a recording with lines above ${MAX_LINE_LENGTH} characters`,
      );
    }
    for (const line of lines) {
      if (line.trim() !== "") yield parseLine(line);
    }
  }
  if (rest.trim() !== "") yield parseLine(rest);
}

async function unpacked(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const reader = bytes.getReader();
  const { value: first } = await reader.read();
  const isGzip = first !== undefined && GZIP_MAGIC.every((byte, at) => first[at] === byte);
  const whole = ReadableStream.from(chained(first, reader));
  return isGzip ? whole.pipeThrough(new DecompressionStream("gzip")) : whole;
}

async function* chained(
  first: Uint8Array<ArrayBuffer> | undefined,
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  try {
    for (let chunk = first; chunk !== undefined; chunk = (await reader.read()).value) yield chunk;
  } finally {
    await reader.cancel();
  }
}
