import { join } from "node:path";
import { AppError } from "../kernel/errors.ts";
import type { Uuid } from "../kernel/ids.ts";
import { DAY_MS } from "../kernel/time.ts";
import type { Upload, UploadStore } from "../portfolio/ports.ts";
import type { Clock } from "../ports/mod.ts";

/** A file that nobody fetched for so long belongs to work that is over. */
const MAX_AGE_MS = 2 * DAY_MS;
const CHUNK_BYTES = 256 * 1024;

/** Uploads as files of one folder, for the processes of one machine. */
export class UploadFolder implements UploadStore {
  readonly #folder: string;
  readonly #clock: Clock;

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  async keep(id: Uuid, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      await this.#write(id, bytes);
    } catch (error) {
      throw keepError(error);
    }
  }

  async #write(id: Uuid, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    // Ledgers are nobody else's business.
    await Deno.mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#removeOld();
    const file = await Deno.open(this.#path(id), { write: true, createNew: true, mode: 0o600 });
    const writer = file.writable.getWriter();
    try {
      for await (const chunk of bytes) await writer.write(chunk as Uint8Array<ArrayBuffer>);
      await writer.close();
    } catch (error) {
      await writer.abort().catch(() => {});
      await this.remove(id);
      throw error;
    }
  }

  async open(id: Uuid): Promise<Upload | null> {
    try {
      const file = await Deno.open(this.#path(id));
      const { size: sizeBytes } = await file.stat();
      return { bytes: chunksOf(file), sizeBytes, [Symbol.dispose]: () => file.close() };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }

  async remove(id: Uuid): Promise<void> {
    await removeFile(this.#path(id));
  }

  async #removeOld(): Promise<void> {
    for await (const { name, isFile } of Deno.readDir(this.#folder)) {
      if (!isFile) continue;
      const path = join(this.#folder, name);
      const { mtime } = await Deno.stat(path);
      if (mtime !== null && this.#clock.now() - mtime.getTime() > MAX_AGE_MS) {
        await removeFile(path);
      }
    }
  }

  #path(id: Uuid): string {
    return join(this.#folder, id);
  }
}

/** Why a file can't be kept, by the code of what the system said. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space and send it again",
  EDQUOT: "the disk's quota is used up; free some space and send it again",
  EACCES: "the folder of uploads can't be written; make it writable for the server's user",
  EPERM: "the folder of uploads can't be written; make it writable for the server's user",
  EROFS: "the folder of uploads can't be written; make it writable for the server's user",
};

/** What kept a file from being kept, as an expected refusal where it is the disk's fault. */
function keepError(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = REASONS[code];
  if (reason === undefined) return error;
  return new AppError("UNAVAILABLE", `Cannot keep the file: ${reason}`, { cause: error });
}

async function* chunksOf(file: Deno.FsFile): AsyncGenerator<Uint8Array> {
  while (true) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const count = await file.read(chunk);
    if (count === null) return;
    yield chunk.subarray(0, count);
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
