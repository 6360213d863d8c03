import { AssetRegistry, loadRegistry } from "../market/mod.ts";
import {
  type AssetNames,
  EXPORTERS,
  LedgerImportService,
  parseMapping,
  TRANSACTIONS_V1_1,
} from "../portfolio/mod.ts";
import { Breather, SqlLedgerStore } from "../storage/mod.ts";
import { type Core, readRegistryFile } from "./core.ts";

/** What imports files, in a process or in a thread of it. */
export async function openImports(
  { database, clock }: Pick<Core, "database" | "clock">,
  names: AssetNames,
): Promise<LedgerImportService> {
  const breather = new Breather();
  return new LedgerImportService({
    store: new SqlLedgerStore(database, clock),
    names,
    mappings: await readMappings(),
    clock,
    async rest() {
      if (breather.isDue) await breather.rest();
    },
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
