import { AppError } from "../kernel/errors.ts";
import {
  type Asset,
  type AssetId,
  type AssetProvider,
  type AssetRow,
  type Lifecycle,
  type Registry,
  type ThemeRow,
} from "./assets.ts";
import { addressKey } from "./assets_address.ts";
import { nearestNames } from "./assets_nearest.ts";

/** Currencies and coins that exchanges quote in; of two that fit, the longer one counts. */
const PAIR_QUOTES = [
  ...["FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USDP", "USD", "DAI"],
  ...["EUR", "GBP", "JPY", "TRY", "BRL", "AUD", "BTC", "ETH", "BNB"],
].sort((a, b) => b.length - a.length);

/** Longer texts name no asset and are not searched for similar ones. */
const MAX_TEXT_LENGTH = 128;
const MAX_SUGGESTIONS = 5;

/** One of the assets that a text may mean. */
export interface AssetCandidate {
  readonly id: AssetId;
  readonly symbol: string;
  readonly name: string;
}

/** The kinds of names, in the order in which `resolve` asks them. */
const NAME_KINDS = ["symbol", "alias", "name", "provider_id"] as const;
type NameKind = typeof NAME_KINDS[number];

/** Finds assets by every name they have. Built once from a registry, then only read. */
export class AssetRegistry {
  readonly version: string;
  readonly themes: readonly ThemeRow[];
  /** In the registry's order: roughly by weight. */
  readonly assets: readonly Asset[];
  readonly #byId: ReadonlyMap<string, Asset>;
  readonly #names: Readonly<Record<NameKind, NameIndex>>;
  /** Addresses, alone and behind their chain. */
  readonly #addresses = new NameIndex(qualifiedAddressKey);
  /** Provider's ids behind their provider. */
  readonly #providerIds = new NameIndex();

  constructor(registry: Registry) {
    this.version = registry.version;
    this.themes = registry.themes;
    const providerIds = activeProviderIds(registry);
    this.assets = registry.assets.map((row) => toAsset(row, providerIds.get(row.id) ?? {}));
    this.#byId = new Map(this.assets.map((asset) => [asset.id, asset]));
    this.#names = {
      symbol: new NameIndex(),
      alias: new NameIndex(),
      name: new NameIndex(),
      provider_id: new NameIndex(),
    };
    for (const row of registry.assets) {
      this.#names.symbol.add(row.symbol, row.id, row);
      this.#names.name.add(row.name, row.id, row);
    }
    for (const row of registry.asset_aliases) this.#names.alias.add(row.alias, row.asset_id, row);
    for (const row of registry.asset_provider_ids) {
      this.#names.provider_id.add(row.provider_id, row.asset_id, row);
      this.#providerIds.add(`${row.provider}:${row.provider_id}`, row.asset_id, row);
    }
    for (const row of registry.asset_contracts) {
      this.#addresses.add(row.address, row.asset_id, row);
      this.#addresses.add(`${row.chain_id}:${row.address}`, row.asset_id, row);
    }
  }

  /** The asset of that id, or `null`. Other names are for `resolve`. */
  find(id: string): Asset | null {
    return this.#byId.get(id) ?? null;
  }

  /** The asset that a provider knows by this id, now or in the past; `null` if there is none. */
  findByProviderId(provider: AssetProvider, providerId: string): Asset | null {
    const found = this.#pick(this.#providerIds.get(`${provider}:${providerId}`));
    return found.length === 1 ? found[0] ?? null : null;
  }

  /**
   * The one asset that a text names: by id, contract address, symbol, alias, name, provider's id or
   * trading pair (`BTCUSDT`, `BTC-USD`), or qualified as `binance:BTC` or `ethereum:0x…`. The first
   * kind of name that knows the text decides; of several assets with that name, the only one that
   * is in use under it. With `pairs: false` a trading pair is no name of an asset.
   *
   * Throws `CONFLICT` with the candidates where a name has several, `RESOURCE_NOT_FOUND` with
   * similar names where it has none.
   */
  resolve(text: string, { pairs = true }: { readonly pairs?: boolean } = {}): Asset {
    const wanted = text.trim();
    const found = wanted.length > MAX_TEXT_LENGTH ? [] : this.#lookUp(wanted, pairs);
    const [only, ...others] = found;
    if (!only) throw this.#unknown(wanted);
    if (others.length === 0) return only;
    throw new AppError(
      "CONFLICT",
      `Asset "${wanted}" is ambiguous: expected one of ${found.map(({ id }) => id).join(", ")}`,
      { details: { text: wanted, candidates: found.map(toCandidate) } },
    );
  }

  #lookUp(text: string, pairs: boolean): readonly Asset[] {
    const byId = this.#byId.get(text.toLowerCase());
    if (byId) return [byId];
    const indexes = [this.#addresses, this.#providerIds, ...NAME_KINDS.map((k) => this.#names[k])];
    for (const index of indexes) {
      const found = this.#pick(index.get(text));
      if (found.length > 0) return found;
    }
    return pairs ? this.#lookUpPair(text.toUpperCase()) : [];
  }

  /** Exchanges name pairs after their own ids, which therefore come before symbols here. */
  #lookUpPair(pair: string): readonly Asset[] {
    for (const quote of PAIR_QUOTES) {
      if (!pair.endsWith(quote)) continue;
      const base = pair.slice(0, -quote.length).replace(/[-/_]$/, "");
      for (const provider of ["binance", "coinbase"] as const) {
        const found = this.#pick(this.#providerIds.get(`${provider}:${base}`));
        if (found.length > 0) return found;
      }
      for (const kind of ["symbol", "alias"] as const) {
        const found = this.#pick(this.#names[kind].get(base));
        if (found.length > 0) return found;
      }
    }
    return [];
  }

  /** All assets that have the name, or the only one whose name and self are both active. */
  #pick(owners: ReadonlyMap<AssetId, boolean>): readonly Asset[] {
    const found = [...owners.keys()].flatMap((id) => this.#byId.get(id) ?? []);
    const active = found.filter(({ id, deprecationStatus }) =>
      deprecationStatus === "active" && owners.get(id) === true
    );
    return active.length === 1 ? active : found;
  }

  #unknown(text: string): AppError {
    const candidates = text.length > MAX_TEXT_LENGTH
      ? []
      : nearestNames(text, this.#namesOfAll(), { limit: MAX_SUGGESTIONS })
        .flatMap((id) => this.#byId.get(id) ?? []);
    const shown = text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text;
    const hint = candidates.length > 0
      ? `did you mean ${candidates.map(({ id }) => id).join(", ")}?`
      : "expected an id, symbol, alias, provider's id, trading pair or contract address";
    return new AppError("RESOURCE_NOT_FOUND", `Asset "${shown}" is not known: ${hint}`, {
      details: { text: shown, candidates: candidates.map(toCandidate) },
    });
  }

  *#namesOfAll(): Iterable<readonly [name: string, id: AssetId]> {
    for (const { id } of this.assets) yield [id, id];
    for (const kind of NAME_KINDS) yield* this.#names[kind].entries();
  }
}

/** Names to assets; whatever the case of the letters, unless another key is given. */
class NameIndex {
  /** For each name its assets, and whether the name is one in use. */
  readonly #owners = new Map<string, Map<AssetId, boolean>>();
  readonly #keyOf: (name: string) => string;

  constructor(keyOf = (name: string) => name.toLowerCase()) {
    this.#keyOf = keyOf;
  }

  add(name: string, id: AssetId, { deprecation_status }: Lifecycle): void {
    const key = this.#keyOf(name);
    const owners = this.#owners.get(key) ?? new Map<AssetId, boolean>();
    owners.set(id, owners.get(id) === true || deprecation_status === "active");
    this.#owners.set(key, owners);
  }

  get(name: string): ReadonlyMap<AssetId, boolean> {
    return this.#owners.get(this.#keyOf(name)) ?? NO_OWNERS;
  }

  *entries(): Iterable<readonly [name: string, id: AssetId]> {
    for (const [name, owners] of this.#owners) {
      for (const id of owners.keys()) yield [name, id];
    }
  }
}

const NO_OWNERS: ReadonlyMap<AssetId, boolean> = new Map();

/** Only EVM addresses count whatever their case; a chain in front always does. */
function qualifiedAddressKey(text: string): string {
  const colon = text.lastIndexOf(":");
  return text.slice(0, colon + 1).toLowerCase() + addressKey(text.slice(colon + 1));
}

function activeProviderIds({ asset_provider_ids }: Registry) {
  const byAsset = new Map<AssetId, Partial<Record<AssetProvider, string>>>();
  for (const { asset_id, provider, provider_id, deprecation_status } of asset_provider_ids) {
    if (deprecation_status !== "active") continue;
    byAsset.set(asset_id, { ...byAsset.get(asset_id), [provider]: provider_id });
  }
  return byAsset;
}

function toAsset(row: AssetRow, providerIds: Asset["providerIds"]): Asset {
  return {
    id: row.id,
    symbol: row.symbol,
    name: row.name,
    decimals: row.decimals,
    nativeChainId: row.native_chain_id,
    themes: row.themes,
    deprecationStatus: row.deprecation_status,
    // Validated: an asset is superseded by an asset.
    supersededBy: row.superseded_by as AssetId | null,
    providerIds,
  };
}

function toCandidate({ id, symbol, name }: Asset): AssetCandidate {
  return { id, symbol, name };
}
