import type { CallOutcome } from "../../kernel/breaker.ts";
import type { HttpReply } from "../../ports/mod.ts";
import type { ProviderRequest } from "../provider_http.ts";
import type { CallEnd } from "./gate_metrics.ts";

/** Refusals that stand until somebody acts: wrong key, blocked, not served in this place. */
const REFUSED: ReadonlySet<number> = new Set([401, 403, 451]);
/** Too many calls; 418 is how Binance says that it has had enough of an address. */
const TOO_MANY: ReadonlySet<number> = new Set([429, 418]);
const REQUEST_TIMEOUT = 408;

/** How one call to a provider ended. */
export interface Exchange {
  readonly end: CallEnd;
  /** Why it failed; `null` where it did not. */
  readonly problem: string | null;
  readonly reply: HttpReply | null;
  /** The answer's JSON; `undefined` where it is none. */
  readonly body: unknown;
}

/** Sorts an answer before its content is looked at in detail. */
export function judgeReply(
  reply: HttpReply,
  { url, isAbsence }: { readonly url: URL } & Pick<ProviderRequest<unknown>, "isAbsence">,
): Exchange {
  const body = readBody(reply.body);
  const end = endOf(reply.status, body);
  if (end === "client_error" && isAbsence?.({ status: reply.status, body })) {
    return { end: "absent", problem: null, reply, body };
  }
  return { end, problem: problemOf(reply, { url, end }), reply, body };
}

/** The breaker's view of it: refusals and our own mistakes are no outage. */
export function breakerOutcome(end: CallEnd): CallOutcome {
  switch (end) {
    case "ok":
    case "absent":
    case "client_error":
      return "success";
    case "rate_limited":
    case "server_error":
    case "unreachable":
    case "unreadable":
      return "failure";
    case "refused":
    case "aborted":
      return "released";
  }
}

/** The address without its query. */
export function nameOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

function readBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function endOf(status: number, body: unknown): CallEnd {
  if (status >= 200 && status < 300) return body === undefined ? "unreadable" : "ok";
  if (TOO_MANY.has(status)) return "rate_limited";
  if (REFUSED.has(status)) return "refused";
  return status >= 500 || status === REQUEST_TIMEOUT ? "server_error" : "client_error";
}

function problemOf(
  { status, body }: HttpReply,
  { url, end }: { url: URL; end: CallEnd },
): string | null {
  if (end === "ok") return null;
  if (end === "unreadable") {
    return `${nameOf(url)} answers ${body.length} characters that are no complete JSON`;
  }
  return `${nameOf(url)} answers HTTP ${status}`;
}
