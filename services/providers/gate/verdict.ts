import { z } from "zod";
import type { CallOutcome } from "../../kernel/breaker.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { HttpReply } from "../../ports/mod.ts";
import type { ProviderRequest } from "../provider_http.ts";
import type { CallEnd } from "./gate_metrics.ts";

/** Refusals that stand until somebody acts: wrong key, blocked, not served in this place. */
const REFUSED: ReadonlySet<number> = new Set([401, 403, 451]);
/** Too many calls; 418 is how Binance says that it has had enough of an address. */
const TOO_MANY: ReadonlySet<number> = new Set([429, 418]);
const REQUEST_TIMEOUT = 408;
/** Characters of a provider's own words. */
const MAX_WORDS = 200;

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
  { url, secrets = [], isAbsence }: {
    readonly url: URL;
    /** Blotted out of what the provider says. */
    readonly secrets?: readonly Secret[];
  } & Pick<ProviderRequest<unknown>, "isAbsence">,
): Exchange {
  const body = readBody(reply.body);
  const end = endOf(reply.status, body);
  if (end === "client_error" && isAbsence?.({ status: reply.status, body })) {
    return { end: "absent", problem: null, reply, body };
  }
  const problem = problemOf(reply, { url, end });
  const said = problem === null ? null : wordsOf(body, secrets);
  return { end, problem: said === null ? problem : `${problem}: ${said}`, reply, body };
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

/** The reason in a body of JSON, under the names that providers give it. */
const Reason = z.object({
  error: z.union([z.string(), z.object({ message: z.string() }).transform((it) => it.message)])
    .optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  msg: z.string().optional().catch(undefined),
});

/** What a provider says of its refusal, in one short line; `null` where it says nothing. */
function wordsOf(body: unknown, secrets: readonly Secret[]): string | null {
  const { data } = Reason.safeParse(body);
  const said = data?.error ?? data?.message ?? data?.msg ?? "";
  const open = secrets.reduce((text, secret) => text.replaceAll(secret.reveal(), "…"), said);
  const line = open.replace(/\s+/g, " ").trim();
  return line === "" ? null : line.slice(0, MAX_WORDS);
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
