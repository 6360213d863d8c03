import { createHash, timingSafeEqual } from "node:crypto";
import { AppError } from "../../../services/kernel/errors.ts";
import type { Secret } from "../../../services/kernel/secret.ts";

const HEADER = "x-admin-key";

/**
 * Refuses a request without the operator's key in `X-Admin-Key`: 401 without one, 403 with a wrong
 * one or where none is set, which `onWrong` is told. Takes as long whatever is wrong with it.
 */
export async function checkAdminKey(
  headers: Headers,
  { key, onWrong }: {
    readonly key: Secret | null;
    readonly onWrong: (reason: string) => Promise<void>;
  },
): Promise<void> {
  const given = headers.get(HEADER);
  if (given === null || given === "") {
    throw new AppError("UNAUTHENTICATED", "Cannot act as operator: expected a key in X-Admin-Key");
  }
  if (key !== null && timingSafeEqual(digest(given), digest(key.reveal()))) return;
  const reason = key === null
    ? "Cannot act as operator: ADMIN_API_KEY is not set"
    : "Cannot act as operator: the key in X-Admin-Key is wrong";
  await onWrong(reason);
  throw new AppError("FORBIDDEN", reason);
}

/** Digests are of one length, which a comparison in constant time needs. */
function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
