import { AppError } from "../../../services/kernel/errors.ts";

/**
 * Refuses what a browser sends for a page of another site, so that no such page can press our
 * controls. Programs that are no browsers send neither header and are let through.
 */
export function checkSameSite(request: Request): void {
  const site = request.headers.get("sec-fetch-site");
  const isForeign = site === "cross-site" || site === "same-site" || isOfForeignOrigin(request);
  if (isForeign) throw new AppError("FORBIDDEN", "Cannot do this for a page of another site");
}

/** Whether a browser sends it for a page of another host; WebSockets know no other protection. */
export function isOfForeignOrigin({ headers, url }: Request): boolean {
  const origin = headers.get("origin");
  if (origin === null) return false;
  return URL.parse(origin)?.host !== (headers.get("host") ?? new URL(url).host);
}
