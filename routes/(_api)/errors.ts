import { AppError, type ErrorCode, type ErrorDetails } from "../../services/kernel/errors.ts";
import { SECURITY_HEADERS } from "./middleware/security_headers.ts";
import type { Reply } from "./reply.ts";

/** The only place where a code becomes a status. */
const STATUS_BY_CODE: Readonly<Record<ErrorCode, number>> = {
  BAD_REQUEST: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RESOURCE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  VALIDATION_FAILED: 422,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
};

/** Seconds after which an unavailable or limited request is worth repeating, if none are named. */
const DEFAULT_RETRY_AFTER_S = 1;

/** The body of every error, whatever the prefix of its route. */
export interface ErrorBody {
  readonly success: false;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details?: ErrorDetails;
  };
}

/** The HTTP status of a refusal. */
export function statusOfCode(code: ErrorCode): number {
  return STATUS_BY_CODE[code];
}

/** The answer to a refusal. */
export function refusal({ code, message, details }: AppError): Reply {
  const error = { code, message, ...details && { details } };
  return { status: statusOfCode(code), body: toText(error), headers: headersFor(code, details) };
}

/** The answer to a refusal that comes before any route: ready to send, and kept by nobody. */
export function refusalResponse(error: AppError): Response {
  const { status, body, headers } = refusal(error);
  return new Response(body, {
    status,
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
      ...Object.fromEntries(SECURITY_HEADERS),
      ...headers,
    },
  });
}

/** The answer to our own mistake: nothing of it leaves the process but the id to look it up by. */
export function internalError(requestId: string): Reply {
  const message = "Something went wrong on our side";
  const error = { code: "INTERNAL_ERROR", message, details: { request_id: requestId } };
  return { status: 500, body: toText(error), headers: {} };
}

function toText(error: ErrorBody["error"]): string {
  return JSON.stringify({ success: false, error } satisfies ErrorBody);
}

function headersFor(code: ErrorCode, details: ErrorDetails | undefined): Record<string, string> {
  if (code === "METHOD_NOT_ALLOWED") return { allow: String(details?.allow ?? "GET") };
  if (code !== "RATE_LIMITED" && code !== "UNAVAILABLE") return {};
  const seconds = details?.retry_after_s;
  return { "retry-after": String(typeof seconds === "number" ? seconds : DEFAULT_RETRY_AFTER_S) };
}
