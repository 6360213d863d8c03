/** An asset as the palette lists it. */
export interface AssetHit {
  readonly assetId: string;
  readonly name: string;
  readonly symbol: string;
}

/** The server refused, could not be reached or answered what can't be read. */
export class ClientError extends Error {
  override readonly name = "ClientError";
}

const TIMEOUT_MS = 10_000;

async function request(path: string, accept: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      headers: { accept },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (cause) {
    throw new ClientError("The server could not be reached", { cause });
  }
  if (!response.ok) throw new ClientError(`The server answered ${response.status}`);
  return response;
}

function isAssetRow(row: unknown): row is { asset_id: string; name: string; symbol: string } {
  return typeof row === "object" && row !== null && "asset_id" in row && "name" in row &&
    "symbol" in row && typeof row.asset_id === "string" && typeof row.name === "string" &&
    typeof row.symbol === "string";
}

/** Every asset of the registry, for search by name and symbol. */
export async function fetchAssets(): Promise<AssetHit[]> {
  const response = await request("/api/assets?limit=500", "application/json");
  const body: unknown = await response.json();
  if (typeof body !== "object" || body === null || !("data" in body) || !Array.isArray(body.data)) {
    throw new ClientError("Cannot read the list of assets");
  }
  return body.data.filter(isAssetRow).map((row) => ({
    assetId: row.asset_id,
    name: row.name,
    symbol: row.symbol,
  }));
}

/** The explanation of a figure as the API gives it, for copying. */
export async function fetchExplanationJson(figure: string, assetId: string): Promise<string> {
  const path = `/api/explain/${encodeURIComponent(figure)}/${encodeURIComponent(assetId)}`;
  const response = await request(path, "application/json");
  return JSON.stringify(await response.json(), null, 2);
}

/** A page of this site, to take a part of it. */
export async function fetchPage(href: string): Promise<Document> {
  const response = await request(href, "text/html");
  return new DOMParser().parseFromString(await response.text(), "text/html");
}
