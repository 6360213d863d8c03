import { AppError } from "../../kernel/errors.ts";
import type { Uuid } from "../../kernel/ids.ts";
import type { UtcMs } from "../../kernel/time.ts";
import type { Clock } from "../../ports/mod.ts";
import type { AssetNames } from "../imports/asset_names.ts";
import { isName, MAX_NAME } from "../imports/cells.ts";
import { type ImportBytes, MAX_IMPORT_BYTES, openImportBytes } from "../imports/import_bytes.ts";
import type { Mapping } from "../imports/mapping.ts";
import { shown } from "../imports/row_fault.ts";
import {
  MAX_IMPORT_ROWS,
  openTransactionFile,
  type ReadItem,
  type TransactionFile,
} from "../imports/transaction_file.ts";
import { EntryNamer } from "./entry_namer.ts";
import {
  ImportTally,
  type ListedChange,
  type ListedEntry,
  type ListedRow,
} from "./import_tally.ts";
import type {
  EntryGroup,
  ImportEnd,
  LedgerScope,
  LedgerStore,
  LedgerSums,
  LedgerWriter,
} from "./ledger_ports.ts";

export interface LedgerImportRequest {
  readonly scope: LedgerScope;
  readonly fileName: string;
  /** The file's bytes, plain or gzip. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** The user's own mapping, which alone is then used. */
  readonly mapping?: Mapping | null;
  /** The format's name, for a file whose header fits several; `null` takes the one that fits. */
  readonly format?: string | null;
  /** The account of rows that name none. */
  readonly account?: string | null;
  /** Writes nothing, and tells what would be. */
  readonly isPreview?: boolean;
  /** Keeps the good rows of a file that has bad ones too. */
  readonly isPartial?: boolean;
  /** Worth a thread of its own. */
  readonly isLarge?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LedgerImportProgress) => void;
}

export interface LedgerImportProgress {
  readonly rows: number;
  readonly readBytes: number;
}

/** What became of a file. `read` is always the sum of the four counts after it. */
export interface LedgerImportReport extends LedgerSums {
  readonly state: ImportEnd;
  /** `null` of a preview. */
  readonly importId: Uuid | null;
  readonly fileName: string;
  readonly format: string;
  readonly layout: string;
  /** Accepted rows that are new, and those that change one of the ledger. */
  readonly inserted: number;
  readonly updated: number;
  /** The first of the changes, of the rejected and of the ignored rows; the counts have all. */
  readonly changes: readonly ListedChange[];
  readonly rejected: readonly ListedRow[];
  readonly skipped: readonly ListedRow[];
  /** The first of the entries that were not rejected, as they are read. */
  readonly first: readonly ListedEntry[];
  /** The earliest instant at which the ledger changed; `null` if it did not. */
  readonly changedFrom: UtcMs | null;
  readonly ledgerVersion: number;
}

/** Imports files, here or in a thread. */
export interface LedgerImporter {
  /** The formats that a file may be told to have. */
  readonly formats: readonly { readonly format: string; readonly label: string }[];
  importFile(request: LedgerImportRequest): Promise<LedgerImportReport>;
}

/** Imports files of transactions into ledgers, each as a whole or not at all. */
export class LedgerImportService implements LedgerImporter {
  readonly #store: LedgerStore;
  readonly #names: AssetNames;
  readonly #mappings: readonly Mapping[];
  readonly #clock: Clock;
  readonly #limits: { readonly maxRows: number; readonly maxBytes: number };
  readonly #rest: () => Promise<void>;

  /** `rest` lets other work run between the parts of a file. */
  constructor({ store, names, mappings, clock, limits = {}, rest = () => Promise.resolve() }: {
    store: LedgerStore;
    names: AssetNames;
    /** The first that fits a header best reads it. */
    mappings: readonly Mapping[];
    clock: Clock;
    limits?: { readonly maxRows?: number; readonly maxBytes?: number };
    rest?: () => Promise<void>;
  }) {
    this.#store = store;
    this.#names = names;
    this.#mappings = mappings;
    this.#clock = clock;
    this.#rest = rest;
    this.#limits = { maxRows: MAX_IMPORT_ROWS, maxBytes: MAX_IMPORT_BYTES, ...limits };
  }

  get formats(): LedgerImporter["formats"] {
    return this.#mappings.map(({ format, label }) => ({ format, label }));
  }

  /**
   * Imports a file, or previews that: the same work, which is then not kept. The same file again
   * changes nothing. A file with rejected rows is refused as a whole unless it `isPartial`; what is
   * no file of transactions throws `VALIDATION_FAILED` and leaves nothing.
   */
  async importFile(request: LedgerImportRequest): Promise<LedgerImportReport> {
    const { scope, fileName } = request;
    const bytes = openImportBytes(request.bytes, this.#limits);
    const file = await openTransactionFile(bytes.chunks, {
      mappings: this.#mappingsFor(request),
      names: this.#names,
      now: this.#clock.now(),
      account: accountOf(request),
      maxRows: this.#limits.maxRows,
    });
    const { header, layout, mapping: { format } } = file;
    const tally = new ImportTally();
    let state: ImportEnd = "preview";
    const record = await this.#store.recordImport(
      scope,
      { fileName, format, header, isPreview: request.isPreview ?? false },
      async (writer) => {
        await writeAll(writer, { file, bytes, tally, request, rest: this.#rest });
        const { sums, updated, allRejected } = tally;
        state = endOf(request, sums);
        return { end: state, checksum: bytes.checksum(), sums, updated, rejected: allRejected };
      },
    );
    return {
      state,
      importId: record.record?.importId ?? null,
      fileName,
      format,
      layout,
      ...tally.report(),
      changedFrom: record.changedFrom,
      ledgerVersion: record.ledgerVersion,
    };
  }

  #mappingsFor({ mapping, format }: LedgerImportRequest): readonly Mapping[] {
    if (mapping) return [mapping];
    if (!format) return this.#mappings;
    const chosen = this.#mappings.filter((one) => one.format === format);
    if (chosen.length > 0) return chosen;
    const known = this.#mappings.map((one) => one.format).join(", ");
    throw new AppError(
      "VALIDATION_FAILED",
      `Cannot import as format "${format}": expected one of ${known}`,
      { details: { field: "format" } },
    );
  }
}

/** The account of rows that name none, which is as good a name as a file's own would have to be. */
function accountOf({ account }: LedgerImportRequest): string | null {
  const name = account?.trim() ?? "";
  if (isName(name)) return name || null;
  throw new AppError(
    "VALIDATION_FAILED",
    `Cannot import into account ${shown(name)}: expected at most ${MAX_NAME} characters ` +
      "on one line",
    { details: { fields: [{ name: "account", message: "Not a name on one line" }] } },
  );
}

function endOf(
  { isPreview = false, isPartial = false }: LedgerImportRequest,
  { quarantined }: LedgerSums,
): ImportEnd {
  if (isPreview) return "preview";
  return quarantined > 0 && !isPartial ? "refused" : "committed";
}

/** Rows and trades given to the store at once. */
const ITEMS_AT_ONCE = 250;

async function writeAll(
  writer: LedgerWriter,
  { file, bytes, tally, request, rest }: {
    file: TransactionFile;
    bytes: ImportBytes;
    tally: ImportTally;
    request: LedgerImportRequest;
    rest: () => Promise<void>;
  },
): Promise<void> {
  const { signal, onProgress, isPartial = false } = request;
  const namer = new EntryNamer();
  let waiting: ReadItem[] = [];
  const writeWaiting = async () => {
    const items = waiting;
    waiting = [];
    await writePart(writer, { items, namer, tally });
    // Such a file is refused; the rest of it is read for what else is wrong.
    if (!isPartial && tally.quarantined > 0) writer.keepNothing();
    onProgress?.({ rows: tally.sums.read, readBytes: bytes.readBytes() });
  };
  for await (const items of file.items()) {
    signal?.throwIfAborted();
    for (const item of items) waiting.push(item);
    if (waiting.length >= ITEMS_AT_ONCE) await writeWaiting();
    await rest();
  }
  await writeWaiting();
}

async function writePart(
  writer: LedgerWriter,
  { items, namer, tally }: {
    items: readonly ReadItem[];
    namer: EntryNamer;
    tally: ImportTally;
  },
): Promise<void> {
  const groups: EntryGroup[] = [];
  const written: Extract<ReadItem, { kind: "entries" }>[] = [];
  for (const item of items) {
    if (item.kind === "entries") {
      groups.push({
        line: item.rows[0]?.line ?? 0,
        entries: item.entries.map((e) => namer.name(e)),
      });
      written.push(item);
    } else if (item.kind === "ignored") tally.addIgnored(item);
    else tally.addRejected(item);
  }
  const verdicts = await writer.write(groups);
  for (const [at, item] of written.entries()) {
    const verdict = verdicts[at];
    if (verdict) tally.addWritten(item, verdict);
  }
}
