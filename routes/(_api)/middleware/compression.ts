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

/** The answer, compressed off the event loop where it is long enough and the client takes it. */
export async function compressed(reply: Reply, isAccepted: boolean): Promise<Reply> {
  if (typeof reply.body !== "string" || reply.body.length < MIN_CHARACTERS) return reply;
  const headers = { ...reply.headers, vary: "accept-encoding" };
  if (!isAccepted) return { ...reply, headers };
  const body = new Uint8Array(await gzipAsync(reply.body, { level: LEVEL }));
  return { ...reply, body, headers: { ...headers, "content-encoding": "gzip" } };
}
