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
export function isCompressible({ body }: Reply): boolean {
  return body.length >= MIN_CHARACTERS;
}

/** The plain form of a long answer. */
export function varying(reply: Reply): Reply {
  return { ...reply, headers: { ...reply.headers, vary: "accept-encoding" } };
}

/** The compressed form of a long answer, made off the event loop. */
export async function compressed(reply: Reply): Promise<Reply> {
  const body = new Uint8Array(await gzipAsync(reply.body, { level: LEVEL }));
  return { ...reply, body, headers: { ...reply.headers, "content-encoding": "gzip" } };
}
