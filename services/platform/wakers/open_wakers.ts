import type { Log } from "../../ports/mod.ts";
import type { Notices } from "../../ports/notices.ts";
import type { Waker } from "../../ports/wakers.ts";
import { openKvWaker } from "./kv.ts";
import { openNotifyWaker } from "./notify.ts";

/** How this process and others on the same database tell each other of jobs; none is no harm. */
export async function openWakers({ notices, kvPath, log }: {
  readonly notices: Notices | null;
  /** File of the KV queue, which is used where the database carries no notices. */
  readonly kvPath: string;
  readonly log: Log;
}): Promise<readonly Waker[]> {
  if (notices) return [await openNotifyWaker(notices, log)];
  const waker = await openKvWaker({ path: kvPath, log });
  return waker ? [waker] : [];
}
