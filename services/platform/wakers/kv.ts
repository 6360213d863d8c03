import { dirname } from "node:path";
import { errorMessage } from "../../kernel/errors.ts";
import { parseUuid, type Uuid } from "../../kernel/ids.ts";
import type { Log } from "../../ports/mod.ts";
import type { Waker } from "../../ports/wakers.ts";
import { ChannelWaker } from "./channel_waker.ts";

/** Tells our messages from those of others in a database that is shared. */
const KIND = "job";
/** A wake-up that fails is not worth another: the table is looked at every few seconds anyway. */
const WITHOUT_RETRIES = { backoffSchedule: [] };

/**
 * Wakes a worker by the Deno KV queue. A message carries the job's id and no more, and goes to one
 * of the processes that have the KV database at `path` (the platform's, without a path) open.
 * `null`, with a line in the log, where there is no KV: workers then find jobs by looking.
 */
export async function openKvWaker(
  { path, log }: { readonly path?: string; readonly log: Log },
): Promise<Waker | null> {
  // Left out of a runtime without the flag for it, whatever its type says.
  if (typeof Deno.openKv !== "function") {
    log.info("Deno KV is not available: workers find jobs by looking for them");
    return null;
  }
  let kv: Deno.Kv;
  try {
    if (path !== undefined) await Deno.mkdir(dirname(path), { recursive: true });
    kv = await Deno.openKv(path);
  } catch (error) {
    const fields = { path, reason: errorMessage(error) };
    log.warn("Cannot open Deno KV: workers find jobs by looking for them", fields);
    return null;
  }
  return kvWaker(kv, log);
}

function kvWaker(kv: Deno.Kv, log: Log): Waker {
  const waker: ChannelWaker = new ChannelWaker({
    name: "kv",
    async send(jobId: Uuid) {
      await kv.enqueue({ kind: KIND, id: jobId }, WITHOUT_RETRIES);
    },
    async close() {
      kv.close();
      await delivery;
    },
  }, log);
  const delivery = deliver(kv, { waker, log });
  return waker;
}

/** Passes messages on until the KV is closed. Some platforms have KV, but no queues. */
async function deliver(
  kv: Deno.Kv,
  { waker, log }: { readonly waker: ChannelWaker; readonly log: Log },
): Promise<void> {
  try {
    await kv.listenQueue((message) => {
      if (isWakeUp(message)) waker.tell();
    });
  } catch (error) {
    const fields = { reason: errorMessage(error) };
    log.warn("Deno KV delivers no messages: workers find jobs by looking for them", fields);
  }
}

function isWakeUp(message: unknown): boolean {
  if (typeof message !== "object" || message === null) return false;
  const { kind, id } = message as { readonly kind?: unknown; readonly id?: unknown };
  return kind === KIND && typeof id === "string" && parseUuid(id) !== null;
}
