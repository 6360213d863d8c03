import { createHash } from "node:crypto";
import { AppError } from "../../kernel/errors.ts";
import { gunzipped, GzipError } from "../../kernel/gunzip.ts";

const CHUNK_BYTES = 262_144;

/** A file's bytes, decompressed where they are gzip, with what is known of them as stored. */
export interface FileBytes {
  readonly sizeBytes: number;
  /** Bytes read from the disk so far. */
  readonly readBytes: () => number;
  /** sha-256 of the stored bytes read so far, hexadecimal. Ends the hash: ask once. */
  readonly checksum: () => string;
  /** Chunks, each of which the next one may overwrite. */
  readonly chunks: AsyncIterableIterator<Uint8Array>;
  readonly close: () => void;
}

/** Opens a file of plain or gzip text, told apart by its first bytes. */
export async function openFileBytes(
  path: string,
  { maxBytes }: { maxBytes: number },
): Promise<FileBytes> {
  const file = await openFile(path);
  const hash = createHash("sha256");
  const { size } = await file.stat();
  let readBytes = 0;
  async function* stored(makeChunk: () => Uint8Array<ArrayBuffer>) {
    for (let chunk = makeChunk();; chunk = makeChunk()) {
      const length = await file.read(chunk);
      if (length === null) return;
      readBytes += length;
      const bytes = chunk.subarray(0, length);
      hash.update(bytes);
      yield bytes;
    }
  }
  const isGzip = await startsWith(file, [0x1f, 0x8b]);
  if (await startsWith(file, [0x50, 0x4b, 0x03, 0x04])) {
    file.close();
    throw refusal(path, "is a ZIP archive: unpack it and import the CSV in it");
  }
  const reused = new Uint8Array(CHUNK_BYTES);
  const chunks = isGzip
    ? gunzip(path, stored(() => new Uint8Array(CHUNK_BYTES)))
    : stored(() => reused);
  return {
    sizeBytes: size,
    readBytes: () => readBytes,
    checksum: () => hash.digest("hex"),
    chunks: limited(path, { chunks, maxBytes }),
    close: () => file.close(),
  };
}

/** A file that cannot be read as it is, with what to do about it. */
export function refusal(path: string, reason: string, cause?: unknown): AppError {
  return new AppError("VALIDATION_FAILED", `Cannot import "${path}": it ${reason}`, { cause });
}

async function openFile(path: string): Promise<Deno.FsFile> {
  try {
    const file = await Deno.open(path);
    if ((await file.stat()).isFile) return file;
    file.close();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw refusal(path, "does not exist", error);
    if (error instanceof Deno.errors.PermissionDenied) {
      throw refusal(path, "may not be read: check its permissions", error);
    }
    throw error;
  }
  throw refusal(path, "is no file: use --dir for a folder");
}

async function startsWith(file: Deno.FsFile, magic: readonly number[]): Promise<boolean> {
  const bytes = new Uint8Array(magic.length);
  const length = await file.read(bytes);
  await file.seek(0, Deno.SeekMode.Start);
  return length === magic.length && magic.every((byte, at) => bytes[at] === byte);
}

async function* gunzip(
  path: string,
  stored: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* gunzipped(stored);
  } catch (error) {
    if (!(error instanceof GzipError)) throw error;
    throw refusal(path, "is cut off or damaged gzip: copy or download it again", error);
  }
}

async function* limited(
  path: string,
  { chunks, maxBytes }: { chunks: AsyncIterable<Uint8Array>; maxBytes: number },
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw refusal(path, `holds more than ${maxBytes} bytes of text: split it into smaller files`);
    }
    yield chunk;
  }
}
