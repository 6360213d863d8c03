import { AssetRegistry, loadRegistry } from "@/services/market/mod.ts";
import { TRANSACTIONS_V1_1 } from "@/services/portfolio/imports/mapping.ts";
import {
  type LedgerImportReport,
  type LedgerImportRequest,
  LedgerImportService,
} from "@/services/portfolio/ledger/import_service.ts";
import type { LedgerScope } from "@/services/portfolio/ports.ts";
import type { SqlLedgerStore } from "@/services/storage/mod.ts";
import type { TestStore } from "./stores.ts";

const REGISTRY = new URL("../../registry/assets.json", import.meta.url);
const names = new AssetRegistry(loadRegistry(Deno.readTextFileSync(REGISTRY)));

/** Where a file goes. */
export interface ImportKit extends Pick<TestStore, "clock"> {
  readonly store: SqlLedgerStore;
  readonly scope: LedgerScope;
}

/** Imports Transactions CSV v1.1, under the names of the registry. */
export async function importText(
  { store, scope, clock }: ImportKit,
  text: string,
  options: Partial<LedgerImportRequest> = {},
): Promise<LedgerImportReport> {
  const service = new LedgerImportService({ store, names, clock, mappings: [TRANSACTIONS_V1_1] });
  const bytes = ReadableStream.from([new TextEncoder().encode(text)]);
  return await service.importFile({ scope, fileName: "t.csv", bytes, ...options });
}
