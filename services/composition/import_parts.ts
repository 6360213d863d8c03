import { AssetRegistry, loadRegistry } from "../market/mod.ts";
import {
  type AssetNames,
  EXPORTERS,
  LedgerImportService,
  type LedgerStore,
  parseMapping,
  TRANSACTIONS_V1_1,
} from "../portfolio/mod.ts";
import type { Clock } from "../ports/mod.ts";
import { restWhenDue } from "../storage/mod.ts";
import { readRegistryFile } from "./core.ts";

/** What imports files, in a process or in a thread of it. */
export async function openImports(
  parts: { readonly store: LedgerStore; readonly names: AssetNames; readonly clock: Clock },
): Promise<LedgerImportService> {
  return new LedgerImportService({
    ...parts,
    mappings: await readMappings(),
    rest: restWhenDue(),
  });
}

/** The names of all assets of this version. */
export async function readNames(): Promise<AssetNames> {
  return new AssetRegistry(loadRegistry(await readRegistryFile("assets.json")));
}

async function readMappings() {
  const exporters = await Promise.all(EXPORTERS.map(async (name) => {
    const path = `imports/${name}.json`;
    return parseMapping(JSON.parse(await readRegistryFile(path)), path);
  }));
  return [TRANSACTIONS_V1_1, ...exporters];
}
