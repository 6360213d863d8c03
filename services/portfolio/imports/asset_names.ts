import { AppError } from "../../kernel/errors.ts";
import type { Asset, AssetCandidate, AssetId } from "../../market/mod.ts";
import { cashIdOf, isCash } from "../cash.ts";
import { IgnoredRow, RowFault, shown } from "./row_fault.ts";

/** What finds assets by any of their names; the asset registry does. */
export interface AssetNames {
  /** Throws `CONFLICT` or `RESOURCE_NOT_FOUND` with `candidates` among its details. */
  resolve(text: string, options: { readonly pairs: boolean }): Pick<Asset, "id">;
}

/** Names that are kept; a file has far fewer. */
const MAX_KNOWN = 10_000;

/** How an exporter writes the names of assets. */
export interface NameRules {
  /** Names of its own, and what everybody else calls the same. */
  readonly assets: Readonly<Record<string, string>>;
  /** Ends that say where it is held, such as `.S`. */
  readonly assetSuffixes: readonly string[];
  /** Whether an asset may be named by a pair of it with money, as `BTCUSD`. */
  readonly assetPairs: boolean;
}

/** Finds the assets that the rows of one file name, each name once. */
export class AssetFinder {
  readonly #names: AssetNames;
  readonly #rules: NameRules;
  readonly #known = new Map<string, AssetId>();

  constructor(names: AssetNames, rules: NameRules) {
    this.#names = names;
    this.#rules = rules;
  }

  /** The asset, or money as an asset; throws `RowFault` with candidates for any other name. */
  find(text: string, column: string): AssetId {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const id = this.#resolve(text, column);
    if (this.#known.size < MAX_KNOWN) this.#known.set(text, id);
    return id;
  }

  /** The same, for what is held. A row of money is ignored. */
  findHeld(text: string, column: string): AssetId {
    const id = this.find(text, column);
    if (!isCash(id)) return id;
    throw new IgnoredRow(`${column} ${shown(text)} is money: the ledger holds assets alone`);
  }

  #resolve(text: string, column: string): AssetId {
    const name = this.#commonName(text);
    const cash = cashIdOf(name);
    if (cash !== null) return cash;
    try {
      return this.#names.resolve(name, { pairs: this.#rules.assetPairs }).id;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const candidates = candidatesOf(error);
      const isAmbiguous = error.code === "CONFLICT";
      const hint = candidates.length === 0
        ? "expected an asset's id, symbol or name"
        : `${isAmbiguous ? "expected one of" : "did you mean"} ${candidates.join(", ")}`;
      throw new RowFault(
        isAmbiguous ? "ambiguous_asset" : "unknown_asset",
        `${column} ${shown(text)} is ${isAmbiguous ? "ambiguous" : "not known"}: ${hint}`,
        candidates,
      );
    }
  }

  #commonName(text: string): string {
    const { assets, assetSuffixes } = this.#rules;
    const own = Object.hasOwn(assets, text) ? assets[text] : undefined;
    if (own !== undefined) return own;
    const suffix = assetSuffixes.find((one) => text.endsWith(one) && text.length > one.length);
    return suffix === undefined ? text : this.#commonName(text.slice(0, -suffix.length));
  }
}

function candidatesOf({ details }: AppError): readonly string[] {
  const candidates = details?.["candidates"] as readonly AssetCandidate[] | undefined;
  return candidates?.map(({ id }) => id) ?? [];
}
