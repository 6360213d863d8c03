import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** Bytes unpacked at a time: what little there is to hold where a file unpacks to far too much. */
const UNPACKED_AT_ONCE = 65_536;

/** Gzip that is cut off, damaged, or followed by something else. */
export class GzipError extends Error {}

/**
 * Unpacks gzip piece by piece, all of its members one after the other (RFC 1952, section 2.2).
 * Throws `GzipError` at what is no whole gzip, and passes on what the source throws. Chunks of the
 * source may be of any size, and must not be overwritten.
 *
 * `DecompressionStream` stops at the first member, and unpacks each chunk as a whole: one of 64 KiB
 * may come to 64 MiB.
 */
export async function* gunzipped(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let packedBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of packed) {
      packedBytes += chunk.length;
      yield chunk;
    }
  }
  const source = Readable.from(counted());
  const gunzip = createGunzip({ chunkSize: UNPACKED_AT_ONCE });
  source.on("error", (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    for await (const chunk of gunzip) yield chunk;
  } catch (error) {
    throw isOfGzip(error) ? new GzipError(error.message, { cause: error }) : error;
  } finally {
    source.destroy();
    gunzip.destroy();
  }
  // Zeros behind a member pass for padding, and may be what is left of the next one.
  if (gunzip.bytesWritten < packedBytes) throw new GzipError("more follows its end");
}

function isOfGzip(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
}
