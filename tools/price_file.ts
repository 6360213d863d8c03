import { parseDecimal } from "@/services/kernel/decimal.ts";
import { CsvReader } from "@/services/kernel/csv_reader.ts";
import { StartupError } from "@/services/kernel/errors.ts";
import { DAY_MS, parseUtcMs, type UtcMs } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import type { DecimalText } from "@/services/portfolio/transaction.ts";
import { openInput } from "./portfolio_files.ts";

const COLUMNS = ["timestamp", "asset_id", "price_usd"] as const;
const MAX_PRICES = 5_000_000;

/** A price of a file with its time. */
export interface FilePrice {
  readonly at: UtcMs;
  readonly priceUsd: DecimalText;
}

/** Prices as a file names them, in dollars; nothing between them is made up. */
export class PriceFile {
  /** By asset, in order of time, one per instant. */
  readonly #prices: ReadonlyMap<AssetId, readonly FilePrice[]>;

  constructor(rows: readonly (FilePrice & { readonly assetId: AssetId })[] = []) {
    const byAsset = Map.groupBy(rows, ({ assetId }) => assetId);
    this.#prices = new Map([...byAsset].map(([assetId, own]) => {
      const byInstant = new Map(own.map(({ at, priceUsd }) => [at, { at, priceUsd }]));
      return [assetId, [...byInstant.values()].sort((a, b) => a.at - b.at)];
    }));
  }

  /** Every instant with a price, in no order. */
  instants(): readonly UtcMs[] {
    return [...this.#prices.values()].flatMap((own) => own.map(({ at }) => at));
  }

  /** The prices of an asset in order of time. */
  pricesOf(assetId: AssetId): readonly FilePrice[] {
    return this.#prices.get(assetId) ?? [];
  }

  /** The newest price at or before an instant, however old. */
  latest(assetId: AssetId, at: UtcMs): FilePrice | null {
    const own = this.pricesOf(assetId);
    return own[countUntil(own, at) - 1] ?? null;
  }

  /** The price of an instant's UTC day: the last one by then, else the first one after it. */
  ofDay(assetId: AssetId, at: UtcMs): DecimalText | null {
    const own = this.pricesOf(assetId);
    const next = countUntil(own, at);
    const isSameDay = (price: FilePrice | undefined) =>
      price !== undefined && Math.floor(price.at / DAY_MS) === Math.floor(at / DAY_MS);
    return [own[next - 1], own[next]].find(isSameDay)?.priceUsd ?? null;
  }
}

/** How many prices there are at or before an instant. */
function countUntil(prices: readonly FilePrice[], at: number): number {
  let [low, high] = [0, prices.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((prices[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Reads prices from CSV `timestamp,asset_id,price_usd`, plain or gzip, columns in any order. Of two
 * prices of one instant the later row counts. Throws `StartupError` naming the first bad line.
 */
export async function readPriceFile(
  path: string,
  assetIdOf: (name: string) => AssetId,
): Promise<PriceFile> {
  using file = await openInput(path);
  const bytes = path.endsWith(".gz")
    ? file.readable.pipeThrough(new DecompressionStream("gzip"))
    : file.readable;
  const reader = new CsvReader();
  reader.push(new Uint8Array(await new Response(bytes).arrayBuffer()));
  reader.finish();
  const header = reader.next()?.fields.map((name) => name.trim().toLowerCase()) ?? [];
  const indexes = COLUMNS.map((name) => header.indexOf(name));
  if (indexes.includes(-1)) {
    throw new StartupError(`Cannot read prices "${path}": expected columns ${COLUMNS.join(",")}`);
  }
  const rows: (FilePrice & { readonly assetId: AssetId })[] = [];
  for (let record = reader.next(); record; record = reader.next()) {
    const [time = "", name = "", price = ""] = indexes.map((i) => record.fields[i]?.trim() ?? "");
    const at = parseUtcMs(time);
    const amount = parseDecimal(price);
    if (record.fault !== null || at === null || name === "" || !amount?.gt(0)) {
      throw new StartupError(
        `Cannot read prices "${path}", line ${record.line}: expected a timestamp, an asset and a ` +
          `price above 0, got "${record.text}"`,
      );
    }
    if (rows.length === MAX_PRICES) {
      throw new StartupError(`Cannot read prices "${path}": expected at most ${MAX_PRICES} rows`);
    }
    rows.push({ at, assetId: assetIdOf(name), priceUsd: amount.toString() });
  }
  return new PriceFile(rows);
}
