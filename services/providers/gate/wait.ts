import type { Timer } from "../../ports/mod.ts";

/** Resolves after `delayMs`; rejects with the signal's reason if that aborts first. */
export function wait(
  delayMs: number,
  { timer, signal }: { readonly timer: Timer; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = timer.after(delayMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
