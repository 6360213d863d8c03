import { formatUtcMs, type UtcMs } from "../../services/kernel/time.ts";

/** An answer before it becomes a `Response`: what the front cache keeps of it. */
export interface Reply {
  readonly status: number;
  /** A stream is sent as it comes, once: it is neither kept nor compressed. */
  readonly body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Headers beside the standing ones; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

interface ReplyOptions {
  /** 200 if left out. */
  readonly status?: number | undefined;
  /** What tells this state of the data from others; becomes the weak ETag. */
  readonly version?: string | number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Public answers may be replayed for a second, then they are asked for again by their ETag. */
const PUBLIC = "public, max-age=1";

/** A payload of its own shape, already as text. */
export function bare(
  body: string,
  { status = 200, version, headers }: ReplyOptions = {},
): Reply {
  if (version === undefined) return { status, body, headers: headers ?? {} };
  const etag = `W/"${version}"`;
  return { status, body, headers: { etag, "cache-control": PUBLIC, ...headers } };
}

/** A file that is sent while it is made, under a name to be saved as. */
export function streamed(
  chunks: AsyncIterable<string>,
  { fileName, mediaType }: { readonly fileName: string; readonly mediaType: string },
): Reply {
  const body = ReadableStream.from(chunks).pipeThrough(new TextEncoderStream());
  return { status: 200, body, headers: fileHeaders(fileName, mediaType) };
}

/** What tells a browser to save an answer under a name. */
function fileHeaders(
  fileName: string,
  mediaType: string,
): Readonly<Record<string, string>> {
  return {
    "content-type": `${mediaType}; charset=utf-8`,
    "content-disposition": `attachment; filename="${fileName}"`,
    "cache-control": "no-store",
  };
}

interface EnvelopeOptions extends ReplyOptions {
  readonly now: UtcMs;
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
}

/** The envelope: `{"success":true,"data":…,"meta":{"timestamp":…}}`. */
export function ok(data: unknown, options: EnvelopeOptions): Reply {
  return okJson(JSON.stringify(data), options);
}

/** As `ok`, for data that is JSON text already. */
export function okJson(data: string, { now, meta, ...options }: EnvelopeOptions): Reply {
  const more = meta === undefined ? "" : `,${JSON.stringify(meta).slice(1, -1)}`;
  const metaJson = `{"timestamp":"${timestampOf(now)}"${more}}`;
  return bare(`{"success":true,"data":${data},"meta":${metaJson}}`, options);
}

let lastTimestamp = { at: NaN, text: "" };

/** Answers of one millisecond share their time's text, which costs as much as a route. */
function timestampOf(now: UtcMs): string {
  if (now !== lastTimestamp.at) lastTimestamp = { at: now, text: formatUtcMs(now) };
  return lastTimestamp.text;
}

/** The cursor of the page after this one. A full page may be the last: the next is then empty. */
export function nextCursor(
  page: readonly { readonly id: string }[],
  limit: number,
): string | null {
  return page.length === limit ? page.at(-1)?.id ?? null : null;
}

/** The `Link` header that leads to the next page: this URL with some parameters replaced. */
export function nextLink(
  url: string,
  replaced: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const next = new URL(url);
  for (const [name, value] of Object.entries(replaced)) next.searchParams.set(name, value);
  // A reference without host holds behind any proxy.
  return { link: `<${next.pathname}${next.search}>; rel="next"` };
}
