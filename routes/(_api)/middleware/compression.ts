import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Reply } from "../reply.ts";

/** Shorter answers fit a packet or two: compressing them costs more than it saves. */
const MIN_CHARACTERS = 2_048;

/** Fast levels take most of what JSON has to give; higher ones cost more than the route itself. */
const LEVEL = 3;

const gzipAsync = promisify(gzip);

/** Whether the client takes gzip. */
export function acceptsGzip(headers: Headers): boolean {
  const accepted = headers.get("accept-encoding");
  return accepted !== null && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:\s*,|\s*$))/.test(accepted);
}

/** Whether the answer is long enough to come in a plain and a compressed form. */
export function isCompressible(reply: Reply): reply is WholeReply {
  return isWhole(reply) && reply.body.length >= MIN_CHARACTERS;
}

/** A reply that is there as a whole, and not made while it is sent. */
export type WholeReply = Reply & { readonly body: string | Uint8Array<ArrayBuffer> };

export function isWhole(reply: Reply): reply is WholeReply {
  return !(reply.body instanceof ReadableStream);
}

/** The plain form of a long answer. */
export function varying(reply: WholeReply): WholeReply {
  return { ...reply, headers: { ...reply.headers, vary: "accept-encoding" } };
}

/** The compressed form of a long answer, made off the event loop. */
export async function compressed(reply: WholeReply): Promise<WholeReply> {
  const body = new Uint8Array(await gzipAsync(reply.body, { level: LEVEL }));
  return { ...reply, body, headers: { ...reply.headers, "content-encoding": "gzip" } };
}
