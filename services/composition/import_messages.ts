import { AppError, type ErrorCode, type ErrorDetails, errorMessage } from "../kernel/errors.ts";
import type { UtcMs } from "../kernel/time.ts";
import type {
  LedgerImportProgress,
  LedgerImportReport,
  LedgerImportRequest,
  ToldLine,
} from "../portfolio/mod.ts";

/** An import as a message can hold it. */
export type ImportOfThread = Omit<LedgerImportRequest, "bytes" | "signal" | "onProgress">;

/** What the thread of an import is told. */
export type ToImportThread =
  | {
    readonly kind: "start";
    /** The database's address, with its password; `null` for the one in `dataDir`. */
    readonly url: string | null;
    readonly dataDir: string;
    /** The time by the process's clock. */
    readonly now: UtcMs;
    readonly request: ImportOfThread;
  }
  /** The next bytes of the file; `null` at its end. */
  | { readonly kind: "bytes"; readonly bytes: Uint8Array | null }
  | { readonly kind: "stop" };

/** What it tells. */
export type FromImportThread =
  /** It waits for bytes. */
  | { readonly kind: "pull" }
  | { readonly kind: "progress"; readonly progress: LedgerImportProgress }
  | { readonly kind: "done"; readonly report: LedgerImportReport }
  | { readonly kind: "failed"; readonly failure: ThreadFailure }
  | ToldLine;

/** An error as a message can hold it: a class does not survive the way. */
export interface ThreadFailure {
  readonly message: string;
  /** Of an `AppError` alone. */
  readonly code: ErrorCode | null;
  readonly details: ErrorDetails | null;
}

export function toFailure(error: unknown): ThreadFailure {
  return error instanceof AppError
    ? { message: error.message, code: error.code, details: error.details ?? null }
    : { message: errorMessage(error), code: null, details: null };
}

export function fromFailure({ message, code, details }: ThreadFailure): Error {
  if (code === null) return new Error(message);
  return new AppError(code, message, details === null ? {} : { details });
}
