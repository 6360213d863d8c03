import type { CsvRecord } from "../../kernel/csv_reader.ts";
import type { UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import { cashIdOf } from "../cash.ts";
import { AssetFinder, type AssetNames } from "./asset_names.ts";
import { Cells, Columns, type SourceRow } from "./cells.ts";
import type { LedgerEntry } from "./entry.ts";
import type { Reading } from "./entry_draft.ts";
import { readExchange } from "./exchange_shape.ts";
import { refusal } from "./import_bytes.ts";
import type { Mapping } from "./mapping.ts";
import { joinMovements, type Movement, readMovement } from "./movement_shape.ts";
import { type FaultCode, IgnoredRow, RowFault } from "./row_fault.ts";
import { readRow } from "./row_shape.ts";
import { openTable, type Table } from "./table.ts";

export const MAX_IMPORT_ROWS = 1_000_000;

/** Rows that are read before others get their turn: some milliseconds of work. */
const RECORDS_AT_ONCE = 100;

/** Rows of one trade; a longer run of the same group is cut there. */
const MAX_GROUP = 1_000;

/** What became of rows when they were read. Every row of a file is in one of these. */
export type ReadItem =
  | {
    readonly kind: "entries";
    /** Rows that share their fate: all that these entries come from. */
    readonly rows: readonly SourceRow[];
    readonly entries: readonly LedgerEntry[];
  }
  | {
    readonly kind: "quarantined";
    readonly rows: readonly SourceRow[];
    readonly code: FaultCode;
    readonly reason: string;
    /** Ids of assets that may be meant. */
    readonly candidates: readonly string[];
  }
  | { readonly kind: "ignored"; readonly rows: readonly SourceRow[]; readonly reason: string };

export interface TransactionFileOptions {
  /** Those that the header is held against. */
  readonly mappings: readonly Mapping[];
  readonly names: AssetNames;
  /** Nothing can have happened much later. */
  readonly now: UtcMs;
  /** The account of rows that name none; without it, such rows are faults. */
  readonly account?: string | null;
  readonly maxRows?: number;
}

/** A file of transactions in any known layout. */
export interface TransactionFile {
  readonly mapping: Mapping;
  readonly layout: string;
  readonly header: readonly string[];
  /** All rows, once, in batches of any size. */
  readonly items: () => AsyncIterable<readonly ReadItem[]>;
}

/** Finds out what the file is; refuses one that no mapping knows, with the columns it has. */
export async function openTransactionFile(
  chunks: AsyncIterable<Uint8Array>,
  options: TransactionFileOptions,
): Promise<TransactionFile> {
  const table = await openTable(chunks, options.mappings);
  const { mapping, layout, header } = table;
  const reader = layout.shape === "movements"
    ? new GroupReader(table, options)
    : new RowReader(table, options);
  const { maxRows = MAX_IMPORT_ROWS } = options;
  async function* items(): AsyncGenerator<readonly ReadItem[]> {
    let rows = 0;
    for await (const records of table.records()) {
      rows += records.length;
      if (rows > maxRows) {
        throw refusal(`has more than ${maxRows} rows: split it into smaller files`);
      }
      for (let start = 0; start < records.length; start += RECORDS_AT_ONCE) {
        yield reader.read(records.slice(start, start + RECORDS_AT_ONCE));
      }
    }
    yield reader.finish();
  }
  return { mapping, layout: layout.name, header, items };
}

/** Reads rows one by one. */
class RowReader {
  readonly #columns: Columns;
  readonly #now: UtcMs;
  protected readonly reading: Reading;

  constructor({ mapping, layout, header }: Table, options: TransactionFileOptions) {
    this.#columns = new Columns(layout, header);
    this.#now = options.now;
    const assets = new AssetFinder(options.names, {
      assets: mapping.assets,
      assetSuffixes: mapping.asset_suffixes,
      assetPairs: mapping.asset_pairs,
    });
    this.reading = {
      assets,
      dollars: dollarIds(mapping.dollars, assets),
      account: options.account ?? null,
    };
  }

  read(records: readonly CsvRecord[]): readonly ReadItem[] {
    return records.map((record) => this.#readOne(record));
  }

  /** No more rows will come. */
  finish(): readonly ReadItem[] {
    return [];
  }

  #readOne(record: CsvRecord): ReadItem {
    const cells = this.cellsOf(record);
    if ("kind" in cells) return cells;
    const read = this.#columns.layout.shape === "rows" ? readRow : readExchange;
    return attempt([cells.row], () => ({
      kind: "entries",
      rows: [cells.row],
      entries: read(cells, this.reading),
    }));
  }

  /** The row's cells; or why it has none, or none yet. */
  protected cellsOf({ line, fields, text, fault }: CsvRecord): Cells | ReadItem {
    const { width, layout } = this.#columns;
    // A row that can't be taken apart is kept as one cell.
    const whole = { line, fields: [text] };
    if (fault !== null) return quarantined(whole, { code: "unreadable_row", reason: fault });
    const surplus = fields.slice(width);
    if (fields.length < width || surplus.some((cell) => cell.trim() !== "")) {
      const reason = `has ${fields.length} fields: expected ${width}`;
      return quarantined(whole, { code: "field_count", reason });
    }
    const row = { line, fields: surplus.length === 0 ? fields : fields.slice(0, width) };
    const cells = new Cells(row, { columns: this.#columns, now: this.#now });
    const { ignore_without } = layout;
    if (ignore_without !== undefined && cells.raw(ignore_without).trim() === "") {
      const reason = `is not settled: ${this.#columns.nameOf(ignore_without)} is blank`;
      return { kind: "ignored", rows: [row], reason };
    }
    return cells;
  }
}

/** Reads rows of which several that follow each other may be one trade. */
class GroupReader extends RowReader {
  #movements: Movement[] = [];
  #faults: ReadItem[] = [];
  #key = "";

  override read(records: readonly CsvRecord[]): readonly ReadItem[] {
    return records.flatMap((record) => {
      const cells = this.cellsOf(record);
      if ("kind" in cells) return [cells];
      const movement = attempt([cells.row], () => readMovement(cells, this.reading));
      if ("kind" in movement && movement.kind === "ignored") return [movement];
      const key = cells.raw("group").trim();
      const isSame = key !== "" && key === this.#key && this.#movements.length < MAX_GROUP;
      const done = isSame ? [] : this.finish();
      this.#key = key;
      if ("kind" in movement) this.#faults.push(movement);
      else this.#movements.push(movement);
      return done;
    });
  }

  override finish(): readonly ReadItem[] {
    const movements = this.#movements;
    const faults = this.#faults;
    this.#movements = [];
    this.#faults = [];
    if (movements.length === 0) return faults;
    const rows = movements.map(({ cells }) => cells.row);
    if (faults.length > 0) return [...faults, halfOf(rows, faults)];
    const joined = attempt(rows, () => joinMovements(movements, this.reading));
    if ("kind" in joined) return [joined];
    return joined.map(({ rows, entries }) =>
      entries.length > 0
        ? { kind: "entries", rows, entries }
        : { kind: "ignored", rows, reason: "moves money alone: the ledger holds assets" }
    );
  }
}

/** The good rows of a trade that has bad ones too: without those, they would tell half of it. */
function halfOf(rows: readonly SourceRow[], faults: readonly ReadItem[]): ReadItem {
  const lines = faults.flatMap((fault) => fault.rows.map(({ line }) => line));
  const reason = `belongs to the trade of line ${lines.join(", ")}, which is set aside`;
  return { kind: "quarantined", rows, code: "half_trade", reason, candidates: [] };
}

/** The outcome, or what its rows become as it failed. */
function attempt<Outcome>(
  rows: readonly SourceRow[],
  read: () => Outcome,
): Outcome | ReadItem {
  try {
    return read();
  } catch (error) {
    if (error instanceof IgnoredRow) return { kind: "ignored", rows, reason: error.message };
    if (!(error instanceof RowFault)) throw error;
    const { code, message, candidates } = error;
    return { kind: "quarantined", rows, code, reason: message, candidates };
  }
}

function quarantined(
  row: SourceRow,
  { code, reason }: { code: FaultCode; reason: string },
): ReadItem {
  return { kind: "quarantined", rows: [row], code, reason, candidates: [] };
}

/** The dollar and the coins that stand for it; coins that the registry lacks are never met. */
function dollarIds(names: readonly string[], assets: AssetFinder): ReadonlySet<AssetId> {
  const usd = cashIdOf("usd");
  const ids = names.flatMap((name) => {
    const found = attempt([], () => assets.find(name, "dollars"));
    return typeof found === "string" ? [found] : [];
  });
  return new Set(usd === null ? ids : [usd, ...ids]);
}
