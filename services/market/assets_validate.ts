import type {
  AssetRow,
  ChainRow,
  DeprecationStatus,
  Lifecycle,
  ProviderIdRow,
  Registry,
} from "./assets.ts";
import { ASSET_PROVIDERS } from "./assets.ts";
import { addressKey, addressProblem } from "./assets_address.ts";
import { registryChecksum } from "./assets_checksum.ts";
import { bumpLevel } from "./assets_diff.ts";
import type { RegistryProblem } from "./assets_schema.ts";
import { keyText, REGISTRY_TABLES, type RegistryTable } from "./assets_tables.ts";

/** Every broken rule between the rows of a registry whose shape is right; empty when it holds. */
export function findRegistryProblems(registry: Registry): RegistryProblem[] {
  return [
    ...checksumProblems(registry),
    ...duplicateKeys(registry),
    ...chainProblems(registry.chains),
    ...referenceProblems(registry),
    ...contractProblems(registry),
    ...providerIdProblems(registry.asset_provider_ids),
    ...nameProblems(registry),
    ...lifecycleProblems(registry),
    ...successorProblems(registry),
  ];
}

function checksumProblems(registry: Registry): RegistryProblem[] {
  const expected = registryChecksum(registry);
  if (registry.checksum === expected) return [];
  return [{ path: "checksum", message: `expected ${expected}` }];
}

function duplicateKeys(registry: Registry): RegistryProblem[] {
  return REGISTRY_TABLES.flatMap(({ name, key }) =>
    repeated(registry[name] as readonly object[], (row) => keyText(name, row).toLowerCase())
      .map(({ index, first }) => ({
        path: `${name}[${index}]`,
        message: `expected ${key.join(", ")} to be unique: the same as ${name}[${first}]`,
      }))
  );
}

/** The rows whose key an earlier row has; rows with the key `null` do not count. */
function repeated<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string | null,
): { index: number; first: number }[] {
  const seen = new Map<string, number>();
  return rows.flatMap((row, index) => {
    const key = keyOf(row);
    if (key === null) return [];
    const first = seen.get(key);
    if (first !== undefined) return [{ index, first }];
    seen.set(key, index);
    return [];
  });
}

function chainProblems(chains: readonly ChainRow[]): RegistryProblem[] {
  const providers: readonly string[] = ASSET_PROVIDERS;
  const wrongRows = chains.flatMap(({ id, address_format, eip155_id }, index) => [
    ...(providers.includes(id)
      ? [{ path: `chains[${index}].id`, message: "expected no provider's name" }]
      : []),
    ...((address_format === "evm") !== (eip155_id !== null)
      ? [{ path: `chains[${index}].eip155_id`, message: "expected on EVM chains, and only there" }]
      : []),
  ]);
  const active = (row: ChainRow) => row.deprecation_status === "active" ? row.eip155_id : null;
  const shared = repeated(chains, (row) => active(row)?.toString() ?? null);
  return [
    ...wrongRows,
    ...shared.map(({ index, first }) => ({
      path: `chains[${index}].eip155_id`,
      message: `expected to be unique among active chains: the same as chains[${first}]`,
    })),
  ];
}

function referenceProblems(registry: Registry): RegistryProblem[] {
  const known = {
    theme: new Set(registry.themes.map(({ id }) => id)),
    chain: new Set(registry.chains.map(({ id }) => id)),
    asset: new Set<string>(registry.assets.map(({ id }) => id)),
  };
  const missing = (kind: keyof typeof known, id: string | null, path: string) =>
    id === null || known[kind].has(id)
      ? []
      : [{ path, message: `expected a known ${kind}: "${id}" is none` }];
  return [
    ...registry.assets.flatMap(({ native_chain_id, themes }, index) => [
      ...missing("chain", native_chain_id, `assets[${index}].native_chain_id`),
      ...themes.flatMap((theme) => missing("theme", theme, `assets[${index}].themes`)),
      ...(new Set(themes).size < themes.length
        ? [{ path: `assets[${index}].themes`, message: "expected each theme once" }]
        : []),
    ]),
    ...registry.asset_contracts.flatMap(({ asset_id, chain_id }, index) => [
      ...missing("asset", asset_id, `asset_contracts[${index}].asset_id`),
      ...missing("chain", chain_id, `asset_contracts[${index}].chain_id`),
    ]),
    ...registry.asset_provider_ids.flatMap(({ asset_id }, index) =>
      missing("asset", asset_id, `asset_provider_ids[${index}].asset_id`)
    ),
    ...registry.asset_aliases.flatMap(({ asset_id }, index) =>
      missing("asset", asset_id, `asset_aliases[${index}].asset_id`)
    ),
  ];
}

function contractProblems({ chains, asset_contracts }: Registry): RegistryProblem[] {
  const formats = new Map(chains.map(({ id, address_format }) => [id, address_format]));
  return asset_contracts.flatMap(({ chain_id, address }, index) => {
    const format = formats.get(chain_id);
    const message = format ? addressProblem(address, format) : null;
    return message === null ? [] : [{ path: `asset_contracts[${index}].address`, message }];
  });
}

function providerIdProblems(rows: readonly ProviderIdRow[]): RegistryProblem[] {
  const isActive = (row: ProviderIdRow) => row.deprecation_status === "active";
  // CoinMarketCap's ids here are symbols, which several assets may share.
  const isUnique = (row: ProviderIdRow) => isActive(row) && row.provider !== "coinmarketcap";
  const problem = (index: number, message: string) => ({
    path: `asset_provider_ids[${index}].provider_id`,
    message,
  });
  return [
    ...repeated(rows, (row) => isUnique(row) ? `${row.provider} ${row.provider_id}` : null)
      .map(({ index, first }) =>
        problem(index, `expected one active asset: asset_provider_ids[${first}] has it too`)
      ),
    ...repeated(rows, (row) => isActive(row) ? `${row.provider} ${row.asset_id}` : null)
      .map(({ index, first }) =>
        problem(index, `expected one active id per provider: see asset_provider_ids[${first}]`)
      ),
    ...rows.flatMap(({ provider, provider_id, asset_id }, index) =>
      provider === "coingecko" && provider_id !== asset_id
        ? [problem(index, `expected the asset's id "${asset_id}", which is CoinGecko's`)]
        : []
    ),
  ];
}

/** A name that another asset's stronger name hides would never be found. */
function nameProblems({ assets, asset_aliases }: Registry): RegistryProblem[] {
  const ids = new Set<string>(assets.map(({ id }) => id));
  const owners = Map.groupBy(assets, ({ symbol }) => symbol.toLowerCase());
  return [
    ...assets.flatMap(({ id, symbol }, index) => {
      const key = symbol.toLowerCase();
      return key !== id && ids.has(key)
        ? [{ path: `assets[${index}].symbol`, message: `expected no other asset's id: "${key}"` }]
        : [];
    }),
    ...asset_aliases.flatMap(({ alias, asset_id }, index) => {
      const key = alias.toLowerCase();
      const others = (owners.get(key) ?? []).filter(({ id }) => id !== asset_id);
      if (others.length === 0 && !(key !== asset_id && ids.has(key))) return [];
      const path = `asset_aliases[${index}].alias`;
      return [{ path, message: `expected no other asset's id or symbol: "${alias}" is one` }];
    }),
  ];
}

const LIFECYCLE_TABLES = REGISTRY_TABLES.map(({ name }) => name).filter((name) =>
  name !== "themes"
) as Exclude<RegistryTable, "themes">[];

function lifecycleProblems(registry: Registry): RegistryProblem[] {
  return LIFECYCLE_TABLES.flatMap((table) =>
    (registry[table] as readonly Lifecycle[]).flatMap((row, index) =>
      rowLifecycleProblems(row, registry.version).map(({ path, message }) => ({
        path: `${table}[${index}].${path}`,
        message,
      }))
    )
  );
}

function rowLifecycleProblems(row: Lifecycle, version: string): RegistryProblem[] {
  const { introduced_in, deprecated_in, superseded_by } = row;
  const status: DeprecationStatus = row.deprecation_status;
  const problems: RegistryProblem[] = [];
  if (bumpLevel(introduced_in, version) === "older") {
    problems.push({ path: "introduced_in", message: `expected at most ${version}` });
  }
  if ((status === "active") !== (deprecated_in === null)) {
    problems.push({ path: "deprecated_in", message: "expected where the row is not active" });
  }
  if (deprecated_in !== null) {
    const isBefore = bumpLevel(introduced_in, deprecated_in) === "older";
    if (isBefore || bumpLevel(deprecated_in, version) === "older") {
      problems.push({
        path: "deprecated_in",
        message: `expected a version from ${introduced_in} to ${version}`,
      });
    }
  }
  if ((status === "superseded") !== (superseded_by !== null)) {
    problems.push({ path: "superseded_by", message: "expected where the row is superseded" });
  }
  return problems;
}

function successorProblems(registry: Registry): RegistryProblem[] {
  const successors: Readonly<Record<typeof LIFECYCLE_TABLES[number], ReadonlySet<string>>> = {
    chains: new Set(registry.chains.map(({ id }) => id)),
    assets: new Set(registry.assets.map(({ id }) => id)),
    asset_contracts: new Set(registry.asset_contracts.map(({ address }) => addressKey(address))),
    asset_provider_ids: new Set(registry.asset_provider_ids.map((row) => row.provider_id)),
    asset_aliases: new Set(registry.asset_aliases.map(({ alias }) => alias)),
  };
  const unknown = LIFECYCLE_TABLES.flatMap((table) =>
    (registry[table] as readonly Lifecycle[]).flatMap(({ superseded_by: next }, index) => {
      if (next === null || successors[table].has(addressKey(next))) return [];
      const path = `${table}[${index}].superseded_by`;
      return [{ path, message: `expected another row of ${table}: "${next}" is none` }];
    })
  );
  return [...unknown, ...circularSuccessions(registry.assets)];
}

function circularSuccessions(assets: readonly AssetRow[]): RegistryProblem[] {
  const next = new Map<string, string | null>(
    assets.map(({ id, superseded_by }) => [id, superseded_by]),
  );
  return assets.flatMap(({ id }, index) => {
    const seen = new Set<string>();
    for (let at: string | null | undefined = id; at && !seen.has(at); at = next.get(at)) {
      seen.add(at);
      if (next.get(at) !== id) continue;
      const path = `assets[${index}].superseded_by`;
      return [{ path, message: "expected an asset that does not lead back here" }];
    }
    return [];
  });
}
