import type {
  AliasRow,
  AssetId,
  AssetRow,
  ChainRow,
  ContractRow,
  Lifecycle,
  ProviderIdRow,
  Registry,
} from "@/services/market/assets.ts";
import { registryChecksum } from "@/services/market/assets_checksum.ts";

const ACTIVE: Lifecycle = {
  introduced_in: "1.0.0",
  deprecated_in: null,
  deprecation_status: "active",
  superseded_by: null,
};

/** The lifecycle of a row that was superseded in 1.0.0. */
export function supersededBy(next: string): Lifecycle {
  return {
    introduced_in: "1.0.0",
    deprecated_in: "1.0.0",
    deprecation_status: "superseded",
    superseded_by: next,
  };
}

export function assetRow(id: string, fields: Partial<AssetRow> = {}): AssetRow {
  return {
    id: id as AssetId,
    symbol: id.toUpperCase().slice(0, 20),
    name: id,
    decimals: 18,
    native_chain_id: null,
    themes: ["layer-1"],
    ...ACTIVE,
    ...fields,
  };
}

export function chainRow(id: string, fields: Partial<ChainRow> = {}): ChainRow {
  return { id, name: id, address_format: "text", eip155_id: null, ...ACTIVE, ...fields };
}

export function contractRow(assetId: string, fields: Partial<ContractRow> = {}): ContractRow {
  return {
    asset_id: assetId as AssetId,
    chain_id: "ethereum",
    address: "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    decimals: 18,
    ...ACTIVE,
    ...fields,
  };
}

export function providerIdRow(
  assetId: string,
  fields: Partial<ProviderIdRow> = {},
): ProviderIdRow {
  return {
    asset_id: assetId as AssetId,
    provider: "binance",
    provider_id: assetId.toUpperCase(),
    ...ACTIVE,
    ...fields,
  };
}

export function aliasRow(alias: string, assetId: string): AliasRow {
  return { alias, asset_id: assetId as AssetId, ...ACTIVE };
}

/** A registry with the rows given and a right checksum; the rest is one theme and two chains. */
export function sampleRegistry(tables: Partial<Registry> = {}): Registry {
  const registry = {
    version: "1.0.0",
    checksum: "",
    themes: [{ id: "layer-1", name: "Layer 1" }],
    chains: [
      chainRow("bitcoin"),
      chainRow("ethereum", { address_format: "evm", eip155_id: 1 }),
    ],
    assets: [assetRow("bitcoin", { symbol: "BTC", decimals: 8, native_chain_id: "bitcoin" })],
    asset_contracts: [],
    asset_provider_ids: [],
    asset_aliases: [],
    ...tables,
  };
  return { ...registry, checksum: registryChecksum(registry) };
}
