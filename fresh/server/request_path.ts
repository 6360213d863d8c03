/** Paths that are the same before and after URL parsing: no escapes, dots or doubled slashes. */
const PLAIN_PATH = /^(?:\/[\w~!$&'()*+,;=:@-][\w~!$&'()*+,;=:@.-]*)*\/?$/;

/**
 * The path of a request, repeated slashes made one. Most paths need no URL parsing, which would
 * cost more than finding their route.
 */
export function requestPath(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start >= 0) {
    const query = url.indexOf("?", start);
    const end = query < 0 ? url.length : query;
    const path = url.slice(start, end);
    if (PLAIN_PATH.test(path)) return path;
  }
  return new URL(url).pathname.replace(/\/{2,}/g, "/");
}
