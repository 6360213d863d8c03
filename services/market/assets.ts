declare const assetId: unique symbol;

/** A stable lower-case slug, CoinGecko's where it has one: `bitcoin`, `ripple`, `avalanche-2`. */
export type AssetId = string & { readonly [assetId]: true };

/** The form of every id in the registry. */
export const SLUG = /^[a-z0-9]+(?:[-_.][a-z0-9]+)*$/;

/** `active`: in use. `superseded`: its units moved to another asset. `deprecated`: wound down. */
export const DEPRECATION_STATUSES = ["active", "superseded", "deprecated"] as const;
export type DeprecationStatus = typeof DEPRECATION_STATUSES[number];

/** When a row came into the registry and, if it did, when and why it went out of use. */
export interface Lifecycle {
  /** Registry version that first held the row. */
  readonly introduced_in: string;
  /** Registry version that deprecated the row; `null` while it is active. */
  readonly deprecated_in: string | null;
  readonly deprecation_status: DeprecationStatus;
  /** Id of the asset or chain, or the address, provider id or alias, that took the row's place. */
  readonly superseded_by: string | null;
}

/** How a chain writes addresses: EIP-55, 32 bytes in base 58 (Solana), or its own way. */
export const ADDRESS_FORMATS = ["evm", "base58", "text"] as const;
export type AddressFormat = typeof ADDRESS_FORMATS[number];

/** A ledger; ids are CoinGecko's asset platforms where it has one. */
export interface ChainRow extends Lifecycle {
  readonly id: string;
  readonly name: string;
  readonly address_format: AddressFormat;
  /** Chain number of EIP-155; `null` off the EVM. */
  readonly eip155_id: number | null;
}

export interface AssetRow extends Lifecycle {
  readonly id: AssetId;
  readonly symbol: string;
  readonly name: string;
  /** Digits of the smallest unit on the asset's own chain; `null` where none was checked. */
  readonly decimals: number | null;
  /** The chain whose own coin this is; `null` for tokens. */
  readonly native_chain_id: string | null;
  readonly themes: readonly string[];
}

export interface ContractRow extends Lifecycle {
  readonly asset_id: AssetId;
  readonly chain_id: string;
  /** EIP-55 on EVM chains. */
  readonly address: string;
  /** Digits of the smallest unit of this contract; `null` where no list gave them. */
  readonly decimals: number | null;
}

export const ASSET_PROVIDERS = ["binance", "coinbase", "coingecko", "coinmarketcap"] as const;
export type AssetProvider = typeof ASSET_PROVIDERS[number];

export interface ProviderIdRow extends Lifecycle {
  readonly asset_id: AssetId;
  readonly provider: AssetProvider;
  /** Exchanges: the base of their pairs (`BTC` of `BTCUSDT`). CoinMarketCap: its symbol. */
  readonly provider_id: string;
}

export interface AliasRow extends Lifecycle {
  readonly alias: string;
  readonly asset_id: AssetId;
}

export interface ThemeRow {
  readonly id: string;
  readonly name: string;
}

/**
 * The registry as it stands in `registry/assets.json` and in the database, column for column. Its
 * rows keep the file's snake_case, since nothing but the registry's own machinery reads them.
 */
export interface Registry {
  /** Semver of the content. */
  readonly version: string;
  /** sha-256, hexadecimal, over the canonical JSON of all other fields. */
  readonly checksum: string;
  readonly themes: readonly ThemeRow[];
  readonly chains: readonly ChainRow[];
  readonly assets: readonly AssetRow[];
  readonly asset_contracts: readonly ContractRow[];
  readonly asset_provider_ids: readonly ProviderIdRow[];
  readonly asset_aliases: readonly AliasRow[];
}

/** An asset as the rest of the product sees it. */
export interface Asset {
  readonly id: AssetId;
  readonly symbol: string;
  readonly name: string;
  readonly decimals: number | null;
  readonly nativeChainId: string | null;
  readonly themes: readonly string[];
  readonly deprecationStatus: DeprecationStatus;
  readonly supersededBy: AssetId | null;
  /** The provider's id of the asset, where it has one that is in use. */
  readonly providerIds: Readonly<Partial<Record<AssetProvider, string>>>;
}
