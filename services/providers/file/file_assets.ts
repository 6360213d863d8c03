import { AppError } from "../../kernel/errors.ts";
import type { Asset } from "../../market/assets.ts";
import { parseFileName, parsePair } from "./file_name.ts";

/** Finds an asset by any of its names; throws `AppError` where there is not exactly one. */
export interface AssetResolver {
  resolve(text: string): Asset;
}

/** Whose candles a file holds by its name, or why that is not known. */
export type FileAsset =
  | { readonly kind: "asset"; readonly asset: Asset; readonly hasDollarQuote: boolean }
  | { readonly kind: "unknown"; readonly reason: string };

/** The asset that a file's name tells: a pair in it (`BTCUSDT`) before a bare name (`BTC`). */
export function identifyFile(path: string, assets: AssetResolver): FileAsset {
  const { symbols } = parseFileName(path);
  const found = symbols.flatMap((symbol) => {
    const asset = tryResolve(symbol, assets);
    return asset === null ? [] : [{ asset, pair: pairOf(symbol, asset) }];
  });
  const best = found.find(({ pair }) => pair !== null) ?? found[0];
  if (best === undefined) {
    return { kind: "unknown", reason: "its name tells no asset of the registry: give --asset" };
  }
  const { asset, pair } = best;
  if (pair !== null && !pair.isDollar) {
    return { kind: "unknown", reason: `its prices are in ${pair.quote}, not in dollars` };
  }
  return { kind: "asset", asset, hasDollarQuote: pair !== null };
}

/** The pair that a text names; `null` where the text is the asset's own name (`TUSD`). */
function pairOf(text: string, asset: Asset): ReturnType<typeof parsePair> {
  const upper = text.toUpperCase();
  const isOwnName = [asset.symbol, asset.name, asset.id].some((name) =>
    name.toUpperCase() === upper
  );
  return isOwnName ? null : parsePair(text);
}

function tryResolve(text: string, assets: AssetResolver): Asset | null {
  try {
    return assets.resolve(text);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
