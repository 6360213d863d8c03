import type { Uuid } from "@/services/kernel/ids.ts";
import type { UtcMs } from "@/services/kernel/time.ts";
import type { AssetNames } from "@/services/portfolio/imports/asset_names.ts";
import { rowsOf } from "@/services/portfolio/imports/entry.ts";
import { openTransactionFile } from "@/services/portfolio/imports/transaction_file.ts";
import { EntryNamer } from "@/services/portfolio/ledger/entry_namer.ts";
import type { Transaction } from "@/services/portfolio/transaction.ts";
import { UsageError } from "./cli.ts";
import { openInput, readMappings } from "./portfolio_files.ts";

/** Something that a reader of a report should know. */
export interface ReportProblem {
  /** Of the file; `null` for what no line is to blame for. */
  readonly line: number | null;
  readonly code: string;
  readonly message: string;
}

/** A file of transactions as ledger rows, with what could not be read. */
export interface LedgerFile {
  readonly format: string;
  readonly rows: readonly Transaction[];
  /** The line that each row comes from. */
  readonly lines: ReadonlyMap<Uuid, number>;
  readonly problems: readonly ReportProblem[];
}

/**
 * Reads a file of transactions without a database. A row that is there twice, by its id, counts
 * once and is told; rows that can't be read are told, and the others count.
 */
export async function readLedgerFile(
  path: string,
  { names, now, format, account }: {
    readonly names: AssetNames;
    readonly now: UtcMs;
    readonly format: string | undefined;
    readonly account: string | undefined;
  },
): Promise<LedgerFile> {
  const all = await readMappings();
  const mappings = format === undefined ? all : all.filter((mapping) => mapping.format === format);
  if (mappings.length === 0) {
    const known = all.map((mapping) => mapping.format).join(", ");
    throw new UsageError(`--format "${format}": expected one of ${known}`);
  }
  using file = await openInput(path);
  const { mapping, items } = await openTransactionFile(file.readable, {
    ...{ mappings, names, now, account: account ?? null },
  });
  const rows: Transaction[] = [];
  const lines = new Map<Uuid, number>();
  const problems: ReportProblem[] = [];
  const namer = new EntryNamer();
  for await (const batch of items()) {
    for (const item of batch) {
      const line = item.rows[0]?.line ?? null;
      if (item.kind === "quarantined") {
        problems.push({ line, code: item.code.toUpperCase(), message: item.reason });
      } else if (item.kind === "ignored") {
        problems.push({ line, code: "IGNORED", message: item.reason });
      } else {
        for (const entry of item.entries) {
          const { id } = namer.name(entry);
          const known = lines.get(id);
          if (known !== undefined) {
            problems.push({
              line,
              code: "DUPLICATE",
              message: `is the row of line ${known} again`,
            });
            continue;
          }
          for (const row of rowsOf(entry, id)) {
            rows.push(row);
            lines.set(row.id, line ?? 0);
          }
        }
      }
    }
  }
  return { format: mapping.format, rows, lines, problems };
}
