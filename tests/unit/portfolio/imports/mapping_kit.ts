import type { UtcMs } from "@/services/kernel/time.ts";
import { AssetRegistry, loadRegistry } from "@/services/market/mod.ts";
import { openImportBytes } from "@/services/portfolio/imports/import_bytes.ts";
import {
  EXPORTERS,
  type Mapping,
  parseMapping,
  TRANSACTIONS_V1_1,
} from "@/services/portfolio/imports/mapping.ts";
import {
  openTransactionFile,
  type ReadItem,
  type TransactionFile,
} from "@/services/portfolio/imports/transaction_file.ts";

const REGISTRY = new URL("../../../../registry/", import.meta.url);

function readJson(path: string): unknown {
  return JSON.parse(Deno.readTextFileSync(new URL(path, REGISTRY)));
}

export const names = new AssetRegistry(
  loadRegistry(Deno.readTextFileSync(new URL("assets.json", REGISTRY))),
);
export const mappings: readonly Mapping[] = [
  TRANSACTIONS_V1_1,
  ...EXPORTERS.map((name) => parseMapping(readJson(`imports/${name}.json`), name)),
];
export const NOW = Date.UTC(2026, 0, 1) as UtcMs;

/** Opens a text as a file with every mapping, or with the given ones. */
export function openText(
  text: string | Uint8Array,
  { own = mappings, account = null }: { own?: readonly Mapping[]; account?: string | null } = {},
): Promise<TransactionFile> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const { chunks } = openImportBytes(ReadableStream.from([bytes]));
  return openTransactionFile(chunks, { mappings: own, names, now: NOW, account });
}

/** What becomes of each row, one line of text per group, in the order of the file. */
export async function readShown(text: string, options = {}): Promise<readonly string[]> {
  const file = await openText(text, options);
  const items = (await Array.fromAsync(file.items())).flat();
  return items.toSorted((a, b) => firstLine(a) - firstLine(b)).map(shownItem);
}

function firstLine({ rows }: ReadItem): number {
  return Math.min(...rows.map(({ line }) => line));
}

function shownItem(item: ReadItem): string {
  const lines = item.rows.map(({ line }) => line).sort((a, b) => a - b).join("+");
  if (item.kind === "ignored") return `${lines} ignored`;
  if (item.kind === "quarantined") return `${lines} ${item.code}`;
  const entries = item.entries.map(({ action, quantity, assetId, unitPriceUsd, fee }) => {
    const price = unitPriceUsd === null ? "" : ` at ${unitPriceUsd}`;
    return `${action} ${quantity} ${assetId}${price}` +
      (fee === null ? "" : ` fee ${fee.amount} ${fee.assetId}`);
  });
  return `${lines} ${entries.join(" | ")}`;
}
