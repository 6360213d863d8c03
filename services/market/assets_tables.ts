import type {
  AliasRow,
  AssetRow,
  ChainRow,
  ContractRow,
  ProviderIdRow,
  ThemeRow,
} from "./assets.ts";

/** The row type of each table: its fields are the table's columns, lists are JSON text there. */
export interface RegistryRows {
  readonly themes: ThemeRow;
  readonly chains: ChainRow;
  readonly assets: AssetRow;
  readonly asset_contracts: ContractRow;
  readonly asset_provider_ids: ProviderIdRow;
  readonly asset_aliases: AliasRow;
}

export type RegistryTable = keyof RegistryRows;

interface TableShape {
  readonly name: RegistryTable;
  /** The columns that name a row. */
  readonly key: readonly string[];
}

/** The tables of the registry, each after those it refers to. */
export const REGISTRY_TABLES: readonly TableShape[] = [
  { name: "themes", key: ["id"] },
  { name: "chains", key: ["id"] },
  { name: "assets", key: ["id"] },
  { name: "asset_contracts", key: ["chain_id", "address"] },
  { name: "asset_provider_ids", key: ["asset_id", "provider", "provider_id"] },
  { name: "asset_aliases", key: ["alias"] },
];

/** The columns that name a row of the table. */
export function keyColumns(table: RegistryTable): readonly string[] {
  const shape = REGISTRY_TABLES.find((candidate) => candidate.name === table);
  if (!shape) throw new RangeError(`Cannot find registry table "${table}"`);
  return shape.key;
}

/** A row's key columns joined by spaces, for maps and messages. */
export function keyText(table: RegistryTable, row: object): string {
  const fields = row as Readonly<Record<string, unknown>>;
  return keyColumns(table).map((column) => String(fields[column])).join(" ");
}
