import type { UtcMs } from "../../kernel/time.ts";
import { parseUuid, type Uuid } from "../../kernel/ids.ts";
import { type Field, type Layout, OWN_FIELDS, type Rule } from "./mapping.ts";
import { unguardFormula } from "./formula_guard.ts";
import { unpackColumns } from "./packed_columns.ts";
import { RowFault, shown } from "./row_fault.ts";
import { readInstant } from "./values.ts";

/** Letters of a name, hash or id, and of a column's name. */
export const MAX_NAME = 256;
/**
 * Letters of a row's notes, and of all that is kept beside it together: less than a cell of a file
 * may hold however it is quoted there, so that what came in by one file goes out by another.
 */
export const MAX_NOTES = 10_000;
// deno-lint-ignore no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Columns that a list of rejected rows has besides those of its file; they say nothing new. */
export const REJECT_COLUMNS = ["quarantine_line", "quarantine_reason"] as const;

/** Where the fields of a layout stand under one header. */
export class Columns {
  readonly layout: Layout;
  /** Cells of every row. */
  readonly width: number;
  readonly #index: Partial<Record<Field, number>>;
  readonly #names: Partial<Record<Field, string>>;
  readonly #kept: readonly (readonly [name: string, at: number])[];

  constructor(layout: Layout, header: readonly string[]) {
    this.layout = layout;
    this.width = header.length;
    const places = new Map(header.map((name, at) => [columnKey(name), at]));
    const index: Partial<Record<Field, number>> = {};
    const names: Partial<Record<Field, string>> = {};
    for (const [field, candidates] of Object.entries(layout.columns)) {
      for (const name of candidates) {
        const at = places.get(columnKey(name));
        if (at === undefined) continue;
        index[field as Field] = at;
        names[field as Field] = name;
        break;
      }
    }
    this.#index = index;
    this.#names = names;
    const read = new Set<number | undefined>(Object.values(index));
    const { keep } = layout;
    this.#kept = header.flatMap((name, at) => {
      const isWanted = keep === "*" ? !read.has(at) : keep.includes(name.trim());
      return isWanted && !isRejectColumn(name) ? [[keptName(name), at] as const] : [];
    });
  }

  /** The column's name in the file, for messages. */
  nameOf(field: Field): string {
    return this.#names[field] ?? field;
  }

  at(field: Field): number | undefined {
    return this.#index[field];
  }

  /** What the row says in columns that are kept beside it. */
  keptOf(fields: readonly string[]): Readonly<Record<string, string>> {
    if (this.#kept.length === 0) return NOTHING;
    // Not by assignment, which a column called __proto__ would escape.
    return Object.fromEntries(this.#kept.flatMap(([name, at]) => {
      const text = fields[at] ?? "";
      return text === "" ? [] : [[name, unguardFormula(text)]];
    }));
  }
}

/** Whether a text can be a name, hash or id: it stands on one line, and is not too long. */
export function isName(text: string): boolean {
  return text.length <= MAX_NAME && !CONTROL.test(text);
}

const NOTHING: Readonly<Record<string, string>> = {};

/** The name of a kept column, which is none of the format's own, so that it can be exported. */
function keptName(name: string): string {
  const own = unguardFormula(name.trim());
  return OWN_FIELDS.some((field) => field === columnKey(own)) ? `${own}_extra` : own;
}

/** Whether a column is one that a list of rejected rows has besides those of its file. */
export function isRejectColumn(name: string): boolean {
  return REJECT_COLUMNS.some((one) => one === name.trim());
}

/** Headers are the same whatever their case and the blanks around them. */
export function columnKey(name: string): string {
  return name.trim().toLowerCase();
}

/** A row as it stands in the file. */
export interface SourceRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/** One row under its header. */
export class Cells {
  readonly row: SourceRow;
  readonly columns: Columns;
  readonly #now: UtcMs;

  constructor(row: SourceRow, { columns, now }: { columns: Columns; now: UtcMs }) {
    this.row = row;
    this.columns = columns;
    this.#now = now;
  }

  /** What is kept beside the row: columns of their own, and those that share one. */
  get kept(): Readonly<Record<string, string>> {
    const own = this.columns.keptOf(this.row.fields);
    const shared = this.raw("notes_extra").trim();
    const kept = shared === "" ? own : { ...this.#unpack(shared), ...own };
    const letters = Object.entries(kept).flat().reduce((sum, text) => sum + text.length, 0);
    if (letters <= MAX_NOTES) return kept;
    throw new RowFault(
      "bad_text",
      `columns that are kept beside the row hold ${letters} characters with their names: ` +
        `expected at most ${MAX_NOTES}`,
    );
  }

  #unpack(shared: string): Readonly<Record<string, string>> {
    const columns = unpackColumns(shared, this.columns.nameOf("notes_extra"));
    return Object.fromEntries(columns.map(([name, text]) => [keptName(name), text]));
  }

  /** The cell as it stands, or the field's default; empty if it has neither. */
  raw(field: Field): string {
    const at = this.columns.at(field);
    const cell = at === undefined ? "" : this.row.fields[at] ?? "";
    return cell === "" ? this.columns.layout.defaults[field] ?? "" : cell;
  }

  /** A name, hash or id, without the blanks around it; `null` if there is none. */
  text(field: Field): string | null {
    const text = unguardFormula(this.raw(field).trim());
    if (text === "") return null;
    if (isName(text)) return text;
    throw new RowFault(
      "bad_text",
      `${this.columns.nameOf(field)} ${shown(text)} is no name: expected at most ${MAX_NAME} ` +
        "characters on one line",
    );
  }

  required(field: Field): string {
    const text = this.text(field);
    if (text !== null) return text;
    throw new RowFault("missing_value", `${this.columns.nameOf(field)} is blank`);
  }

  /** Text of any kind, to the letter. */
  get notes(): string | null {
    const notes = unguardFormula(this.raw("notes"));
    if (notes.length <= MAX_NOTES) return notes === "" ? null : notes;
    throw new RowFault(
      "bad_text",
      `${this.columns.nameOf("notes")} holds ${notes.length} characters: expected at most ` +
        `${MAX_NOTES}`,
    );
  }

  get at(): UtcMs {
    const column = this.columns.nameOf("timestamp");
    return readInstant(this.required("timestamp"), { column, now: this.#now });
  }

  uuid(field: "id" | "parent_id"): Uuid | null {
    const text = this.text(field);
    if (text === null) return null;
    const id = parseUuid(text);
    if (id !== null) return id;
    throw new RowFault("bad_id", `${this.columns.nameOf(field)} ${shown(text)} is no UUID`);
  }

  /** What the action's word means. */
  get rule(): Rule {
    const word = this.text("action") ?? "";
    const subtype = this.text("subtype") ?? "";
    const { actions } = this.columns.layout;
    for (const key of [`${word}/${subtype}`, word]) {
      const lower = key.toLowerCase();
      if (Object.hasOwn(actions, lower)) return actions[lower] ?? "ignore";
    }
    const column = this.columns.nameOf("action");
    throw new RowFault(
      "unknown_action",
      `${column} ${shown(word)} is unknown: expected one of ${shownWords(actions)}`,
    );
  }
}

function shownWords(actions: Layout["actions"]): string {
  const words = Object.keys(actions);
  return words.length > 12 ? `${words.slice(0, 12).join(", ")}, …` : words.join(", ");
}
