/** An asset as the palette lists it. */
export interface AssetHit {
  readonly assetId: string;
  readonly name: string;
  readonly symbol: string;
}

/** The server refused, could not be reached or answered what can't be read. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  /** Names the request in the server's log; `null` if no answer came. */
  readonly requestId: string | null;

  constructor(
    message: string,
    { cause, requestId = null }: { cause?: unknown; requestId?: string | null } = {},
  ) {
    super(message, { cause });
    this.requestId = requestId;
  }
}

const TIMEOUT_MS = 10_000;
const JSON_TYPE = "application/json";

interface Asked<T> {
  readonly accept: string;
  readonly signal?: AbortSignal | undefined;
  readonly method?: "GET" | "POST";
  /** Takes the answer, within the same limit of time. */
  readonly read: (response: Response) => Promise<T>;
}

/** What was read of the answer; throws `ClientError` for all but an abort by `signal`. */
async function request<T>(
  path: string,
  { accept, signal, method = "GET", read }: Asked<T>,
): Promise<T> {
  signal?.throwIfAborted();
  // Not `AbortSignal.any`: browsers that we build for do not all have it.
  const limit = new AbortController();
  const onAbort = () => limit.abort();
  const timer = setTimeout(onAbort, TIMEOUT_MS);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const response = await fetch(path, { method, headers: { accept }, signal: limit.signal });
    if (response.ok) return await read(response);
    throw new ClientError(await refusalOf(response), {
      requestId: response.headers.get("x-request-id"),
    });
  } catch (cause) {
    // Who aborts a request knows it; everybody else is told what failed.
    signal?.throwIfAborted();
    if (cause instanceof ClientError) throw cause;
    // Of an answer that breaks off `fetch` says the same as of one that never came.
    const isUnreadable = cause instanceof SyntaxError;
    throw new ClientError(
      isUnreadable ? "The server's answer can't be read" : "The server could not be reached",
      { cause },
    );
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** The server's own words for a refusal, if it has any. */
async function refusalOf(response: Response): Promise<string> {
  const fallback = `The server answered ${response.status}`;
  if (!response.headers.get("content-type")?.includes("json")) {
    await response.body?.cancel();
    return fallback;
  }
  try {
    const message = field(field(await response.json(), "error"), "message");
    return typeof message === "string" ? message : fallback;
  } catch {
    return fallback;
  }
}

function readJson(response: Response): Promise<unknown> {
  return response.json();
}

/** One field of an answer that nobody has checked yet. */
export function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** The data of an answer in the product's envelope. */
export async function fetchData(path: string, signal?: AbortSignal): Promise<unknown> {
  return field(await request(path, { accept: JSON_TYPE, signal, read: readJson }), "data");
}

function isAssetRow(row: unknown): row is { asset_id: string; name: string; symbol: string } {
  return typeof row === "object" && row !== null && "asset_id" in row && "name" in row &&
    "symbol" in row && typeof row.asset_id === "string" && typeof row.name === "string" &&
    typeof row.symbol === "string";
}

/** Every asset of the registry, for search by name and symbol. */
export async function fetchAssets(): Promise<AssetHit[]> {
  const rows = await fetchData("/api/assets?limit=500");
  if (!Array.isArray(rows)) throw new ClientError("Cannot read the list of assets");
  return rows.filter(isAssetRow).map((row) => ({
    assetId: row.asset_id,
    name: row.name,
    symbol: row.symbol,
  }));
}

/** The explanation at an address of a page, as the API gives it, for copying. */
export async function fetchExplanationJson(href: string): Promise<string> {
  const { pathname, search } = new URL(href, location.href);
  const json = await request(`/api${pathname}${search}`, { accept: JSON_TYPE, read: readJson });
  return JSON.stringify(json, null, 2);
}

/** Has something done; the data of the answer. Throws `ClientError` with the words of a refusal. */
export async function postData(path: string): Promise<unknown> {
  return field(
    await request(path, { accept: JSON_TYPE, method: "POST", read: readJson }),
    "data",
  );
}

/** A page of this site, to take a part of it. */
export async function fetchPage(href: string): Promise<Document> {
  const text = await request(href, { accept: "text/html", read: (response) => response.text() });
  return new DOMParser().parseFromString(text, "text/html");
}
