import { formatUtcMs, type UtcMs } from "../../services/kernel/time.ts";

/** An answer before it becomes a `Response`: what the front cache keeps of it. */
export interface Reply {
  readonly status: number;
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** Headers beside the standing ones; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

interface ReplyOptions {
  /** What tells this state of the data from others; becomes the weak ETag. */
  readonly version?: string | number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Public answers may be replayed for a second, then they are asked for again by their ETag. */
const PUBLIC = "public, max-age=1";

/** `200` with a payload of its own shape, already as JSON text. */
export function bare(body: string, { version, headers }: ReplyOptions = {}): Reply {
  const etag = version === undefined ? {} : { etag: `W/"${version}"`, "cache-control": PUBLIC };
  return { status: 200, body, headers: { ...etag, ...headers } };
}

/** `200` with the envelope: `{"success":true,"data":…,"meta":{"timestamp":…}}`. */
export function ok(
  data: unknown,
  { now, meta, ...options }: ReplyOptions & {
    readonly now: UtcMs;
    readonly meta?: Readonly<Record<string, unknown>> | undefined;
  },
): Reply {
  const envelope = { success: true, data, meta: { timestamp: formatUtcMs(now), ...meta } };
  return bare(JSON.stringify(envelope), options);
}

/** The `Link` header that leads to the next page: this URL with some parameters replaced. */
export function nextLink(
  url: URL,
  replaced: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const next = new URL(url);
  for (const [name, value] of Object.entries(replaced)) next.searchParams.set(name, value);
  // A reference without host holds behind any proxy.
  return { link: `<${next.pathname}${next.search}>; rel="next"` };
}
