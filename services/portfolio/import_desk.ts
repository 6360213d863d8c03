import { AppError, type ErrorCode } from "../kernel/errors.ts";
import { type Uuid, UuidFactory } from "../kernel/ids.ts";
import type { JobRecord } from "../ports/jobs.ts";
import type { Clock } from "../ports/mod.ts";
import { MAX_IMPORT_BYTES, openImportBytes, tooLarge } from "./imports/import_bytes.ts";
import type {
  LedgerImportProgress,
  LedgerImportReport,
  LedgerImportRequest,
} from "./ledger/import_service.ts";
import type { LedgerService } from "./ledger_service.ts";
import type { PortfolioService } from "./portfolio_service.ts";
import type { UploadStore } from "./ports.ts";

/** A file that unpacks to no more is imported while its sender waits; a larger one by a job. */
export const DIRECT_BYTES = 2 * 1024 ** 2;

/** The database or the ledger are taken for the moment: jobs try again. */
const PASSING: readonly ErrorCode[] = ["UNAVAILABLE", "CONFLICT"];

/** What is to become of an uploaded file. */
export type ImportOrder = Omit<
  LedgerImportRequest,
  "bytes" | "isLarge" | "signal" | "onProgress"
>;

/** How far the import of a kept file is. */
export interface DeskProgress extends LedgerImportProgress {
  /** Of the file as it was sent, which `readBytes` counts too. */
  readonly sizeBytes: number;
}

/** A file that waits for its job. */
export interface UploadedImport extends ImportOrder {
  readonly uploadId: Uuid;
}

export type ImportReceipt =
  | { readonly kind: "report"; readonly report: LedgerImportReport }
  | { readonly kind: "job"; readonly job: JobRecord };

/**
 * Takes files that are uploaded. No transaction waits for a slow sender: a small file is read as a
 * whole first, a large one is kept, and imported by a job that can be watched and cancelled.
 */
export class ImportDesk {
  readonly #portfolios: PortfolioService;
  readonly #ledger: LedgerService;
  readonly #uploads: UploadStore;
  readonly #enqueue: (upload: UploadedImport) => Promise<JobRecord>;
  readonly #ids: UuidFactory;
  readonly #directBytes: number;

  constructor({ portfolios, ledger, uploads, enqueue, clock, directBytes = DIRECT_BYTES }: {
    readonly portfolios: PortfolioService;
    readonly ledger: LedgerService;
    readonly uploads: UploadStore;
    /** Asks for the job that will call `run`. */
    readonly enqueue: (upload: UploadedImport) => Promise<JobRecord>;
    readonly clock: Clock;
    readonly directBytes?: number;
  }) {
    this.#portfolios = portfolios;
    this.#ledger = ledger;
    this.#uploads = uploads;
    this.#enqueue = enqueue;
    this.#ids = new UuidFactory(() => clock.now());
    this.#directBytes = directBytes;
  }

  /** Imports a file, or keeps it for its job, whatever its size says which. */
  async receive(
    order: ImportOrder,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<ImportReceipt> {
    const file = await this.#open(order, bytes);
    if (file.isSmall) return { kind: "report", report: await this.#import(order, file) };
    const uploadId = this.#ids.next();
    await this.#uploads.keep(uploadId, limited(joined(file)));
    try {
      return { kind: "job", job: await this.#enqueue({ ...order, uploadId }) };
    } catch (error) {
      await this.#uploads.remove(uploadId);
      throw error;
    }
  }

  /** Imports a file for a sender who can't watch a job: one that would need it is refused. */
  async receiveSmall(
    order: ImportOrder,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<LedgerImportReport> {
    const file = await this.#open(order, bytes);
    if (file.isSmall) return await this.#import(order, file);
    await file.rest.return?.();
    throw new AppError(
      "PAYLOAD_TOO_LARGE",
      `Cannot import the file at once: it holds more than ${this.#directBytes} bytes: send it with ` +
        "JavaScript on, or use deno task portfolio:import",
    );
  }

  async #open(order: ImportOrder, bytes: AsyncIterable<Uint8Array>): Promise<OpenedFile> {
    // Before anything is read, so that nobody fills the disk for nothing.
    await this.#portfolios.get(order.scope);
    const rest = bytes[Symbol.asyncIterator]();
    const { head, isWhole } = await readUpTo(rest, this.#directBytes);
    return { head, rest, isSmall: isWhole && await unpacksTo(head, this.#directBytes) };
  }

  #import(order: ImportOrder, { head }: OpenedFile): Promise<LedgerImportReport> {
    return this.#ledger.importFile({ ...order, bytes: listed(head) });
  }

  /** Imports a kept file, and removes it unless a next try may succeed. */
  async run(
    { uploadId, ...order }: UploadedImport,
    { signal, onProgress }: {
      readonly signal: AbortSignal;
      readonly onProgress: (progress: DeskProgress) => void;
    },
  ): Promise<LedgerImportReport> {
    using upload = await this.#uploads.open(uploadId);
    if (upload === null) {
      throw new AppError("RESOURCE_NOT_FOUND", "The uploaded file is gone: upload it again");
    }
    try {
      const { bytes, sizeBytes } = upload;
      const report = await this.#ledger.importFile({
        ...{ ...order, bytes, signal },
        isLarge: true,
        onProgress: (progress) => onProgress({ ...progress, sizeBytes }),
      });
      await this.#uploads.remove(uploadId);
      return report;
    } catch (error) {
      if (isFinal(error)) await this.#uploads.remove(uploadId);
      throw error;
    }
  }
}

/** Whether the next try would end the same. */
function isFinal(error: unknown): boolean {
  return error instanceof AppError && !PASSING.includes(error.code);
}

/** The beginning of a file, all of it where it is small, and what comes after. */
interface OpenedFile {
  readonly head: readonly Uint8Array[];
  readonly rest: AsyncIterator<Uint8Array>;
  readonly isSmall: boolean;
}

/** Whether a file holds no more once it is unpacked. Why it can't be is left for its import to say. */
async function unpacksTo(file: readonly Uint8Array[], maxBytes: number): Promise<boolean> {
  let sizeBytes = 0;
  try {
    for await (const chunk of openImportBytes(listed(file)).chunks) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) return false;
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  return true;
}

async function readUpTo(
  incoming: AsyncIterator<Uint8Array>,
  maxBytes: number,
): Promise<{ head: readonly Uint8Array[]; isWhole: boolean }> {
  const head: Uint8Array[] = [];
  for (let sizeBytes = 0; sizeBytes <= maxBytes;) {
    const { value, done } = await incoming.next();
    if (done) return { head, isWhole: true };
    head.push(value);
    sizeBytes += value.length;
  }
  return { head, isWhole: false };
}

async function* listed(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function* joined({ head, rest }: OpenedFile): AsyncGenerator<Uint8Array> {
  try {
    yield* head;
    while (true) {
      const { value, done } = await rest.next();
      if (done) return;
      yield value;
    }
  } finally {
    await rest.return?.();
  }
}

async function* limited(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_IMPORT_BYTES) throw tooLarge(MAX_IMPORT_BYTES);
    yield chunk;
  }
}
