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

async function request(
  path: string,
  { accept, signal, method = "GET" }: {
    accept: string;
    signal?: AbortSignal | undefined;
    method?: "GET" | "POST";
  },
): Promise<Response> {
  // Not `AbortSignal.any`: browsers that we build for do not all have it.
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), TIMEOUT_MS);
  signal?.addEventListener("abort", () => limit.abort(), { once: true });
  let response: Response;
  try {
    response = await fetch(path, { method, headers: { accept }, signal: limit.signal });
  } catch (cause) {
    // Who aborts a request knows it; everybody else is told what failed.
    signal?.throwIfAborted();
    throw new ClientError("The server could not be reached", { cause });
  } finally {
    clearTimeout(timer);
  }
  if (response.ok) return response;
  throw new ClientError(await refusalOf(response), {
    requestId: response.headers.get("x-request-id"),
  });
}

/** The server's own words for a refusal, if it has any. */
async function refusalOf(response: Response): Promise<string> {
  const fallback = `The server answered ${response.status}`;
  if (!response.headers.get("content-type")?.includes("json")) return fallback;
  try {
    const message = field(field(await response.json(), "error"), "message");
    return typeof message === "string" ? message : fallback;
  } catch {
    return fallback;
  }
}

/** One field of an answer that nobody has checked yet. */
export function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** The data of an answer in the product's envelope. */
export async function fetchData(path: string, signal?: AbortSignal): Promise<unknown> {
  const response = await request(path, { accept: "application/json", signal });
  return field(await response.json(), "data");
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
  const response = await request(`/api${pathname}${search}`, { accept: "application/json" });
  return JSON.stringify(await response.json(), null, 2);
}

/** Carries out an act of an operator; throws `ClientError` with the server's words if refused. */
export async function postAct(path: string): Promise<void> {
  const response = await request(path, { accept: "application/json", method: "POST" });
  await response.body?.cancel();
}

/** Asks for work to be done; the data of the answer. Throws `ClientError` if refused. */
export async function postData(path: string): Promise<unknown> {
  const response = await request(path, { accept: "application/json", method: "POST" });
  return field(await response.json(), "data");
}

/** A page of this site, to take a part of it. */
export async function fetchPage(href: string): Promise<Document> {
  const response = await request(href, { accept: "text/html" });
  return new DOMParser().parseFromString(await response.text(), "text/html");
}
