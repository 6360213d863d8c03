import { AppError } from "../../../services/kernel/errors.ts";

/**
 * Refuses what a browser sends for a page of another site, so that no such page can press our
 * controls. Programs that are no browsers send neither header and are let through.
 */
export function checkSameSite({ headers, url }: Request): void {
  const site = headers.get("sec-fetch-site");
  const isForeign = site === "cross-site" || site === "same-site" || isForeignOrigin(headers, url);
  if (isForeign) throw new AppError("FORBIDDEN", "Cannot do this for a page of another site");
}

function isForeignOrigin(headers: Headers, url: string): boolean {
  const origin = headers.get("origin");
  if (origin === null) return false;
  return URL.parse(origin)?.host !== (headers.get("host") ?? new URL(url).host);
}
