import { createHash } from "node:crypto";
import { AppError } from "../../kernel/errors.ts";
import { gunzipped, GzipError } from "../../kernel/gunzip.ts";

/** Bytes of a file, as they come and decompressed. */
export const MAX_IMPORT_BYTES = 256 * 1024 ** 2;

/** The text of a file to import, with what is known of the file so far. */
export interface ImportBytes {
  /** Without a mark of its encoding; decompressed where it is gzip. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes read of the file as stored. */
  readonly readBytes: () => number;
  /** sha-256 of the file as stored, hexadecimal. Ends the hash: ask once, at the end. */
  readonly checksum: () => string;
}

/** Reads plain or gzip text, told apart by its first bytes; refuses other kinds of files. */
export function openImportBytes(
  stored: AsyncIterable<Uint8Array>,
  { maxBytes = MAX_IMPORT_BYTES }: { maxBytes?: number } = {},
): ImportBytes {
  const hash = createHash("sha256");
  let readBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of stored) {
      readBytes += chunk.length;
      if (readBytes > maxBytes) throw tooLarge(maxBytes);
      hash.update(chunk);
      yield chunk;
    }
  }
  return {
    chunks: limited(unpacked(counted()), maxBytes),
    readBytes: () => readBytes,
    checksum: () => hash.digest("hex"),
  };
}

async function* unpacked(
  chunks: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const head = await firstBytes(chunks, 4);
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield head;
    yield* chunks;
  }
  if (startsWith(head, [0x50, 0x4b, 0x03, 0x04])) {
    throw refusal("is a ZIP archive or a workbook: unpack it, or save it as CSV");
  }
  if (!startsWith(head, [0x1f, 0x8b])) {
    yield* whole();
    return;
  }
  try {
    yield* gunzipped(whole());
  } catch (error) {
    if (!(error instanceof GzipError)) throw error;
    throw refusal("is cut off or damaged gzip: copy or download it again", error);
  }
}

/** At least so many bytes, unless there are fewer. */
async function firstBytes(
  chunks: AsyncGenerator<Uint8Array>,
  length: number,
): Promise<Uint8Array> {
  let head = new Uint8Array(0);
  while (head.length < length) {
    const { value, done } = await chunks.next();
    if (done) break;
    const joined = new Uint8Array(head.length + value.length);
    joined.set(head);
    joined.set(value, head.length);
    head = joined;
  }
  return head;
}

/** Refuses what grows too large, and text in two bytes a letter; drops the mark of UTF-8. */
async function* limited(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let isFirst = true;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    if (isFirst && (startsWith(chunk, [0xff, 0xfe]) || startsWith(chunk, [0xfe, 0xff]))) {
      throw refusal("is UTF-16 text: save it as UTF-8");
    }
    yield isFirst && startsWith(chunk, [0xef, 0xbb, 0xbf]) ? chunk.subarray(3) : chunk;
    isFirst = false;
  }
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return bytes.length >= magic.length && magic.every((byte, at) => bytes[at] === byte);
}

/** A file that is larger than any may be, with what to do about it. */
export function tooLarge(maxBytes: number): AppError {
  return new AppError(
    "PAYLOAD_TOO_LARGE",
    `Cannot import the file: it holds more than ${maxBytes} bytes: split it into smaller files`,
    { details: { max_bytes: maxBytes } },
  );
}

/** A file that can't be imported as it is, with what to do about it. */
export function refusal(reason: string, cause?: unknown): AppError {
  return new AppError("VALIDATION_FAILED", `Cannot import the file: it ${reason}`, { cause });
}
