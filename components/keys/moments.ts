import { formatAgo, formatLocal, formatUtc } from "../format/time.ts";

/**
 * Rewrites the instants under `root` for the reader: an age under an hour, else the local time
 * with its offset. The hover keeps the instant in UTC.
 */
export function localizeMoments(root: ParentNode, now: number): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[data-moment]")) {
    const at = Date.parse(element.dateTime);
    if (Number.isNaN(at)) continue;
    const shown = formatAgo(at, now) ?? formatLocal(at, -new Date(at).getTimezoneOffset());
    if (element.textContent === shown) continue;
    element.textContent = shown;
    element.title = formatUtc(at);
  }
}
