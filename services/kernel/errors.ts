/** What went wrong, in the words that clients see. Routes alone map a code to a status. */
export type ErrorCode =
  | "BAD_REQUEST"
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "RESOURCE_NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "CONFLICT"
  | "PAYLOAD_TOO_LARGE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "VALIDATION_FAILED"
  | "RATE_LIMITED"
  | "UNAVAILABLE";

/** Facts for the client beside the message: candidates, offending fields, seconds to wait. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** A refusal that is part of the product: the caller did, or asked for, what can't be done. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    { details, cause }: { details?: ErrorDetails; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.details = details;
  }
}

/** What a caller should do after an outside source failed. */
export type RetryClass = "never" | "next_provider" | "failover_with_penalty";

/** An outside source failed or answered what can't be read. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly provider: string;
  readonly retryClass: RetryClass;

  constructor(
    provider: string,
    retryClass: RetryClass,
    message: string,
    { cause }: { cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.provider = provider;
    this.retryClass = retryClass;
  }
}

/** The process can't start or a script can't run: one sentence that says what to do. */
export class StartupError extends Error {
  override readonly name: string = "StartupError";
  readonly exitCode: number;

  constructor(
    message: string,
    { exitCode = 1, cause }: { exitCode?: number; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}

/** The text of anything thrown, for a log line or a message. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
