import { parseUtcMs, type UtcMs, utcMsOf } from "../../kernel/time.ts";

/** A row that can't be read, with the reason. */
export class RowError extends Error {
  override readonly name = "RowError";
}

/** Fields of one row by the name of their column. */
export class RowFields {
  readonly #fields: readonly string[];
  readonly #columns: ReadonlyMap<string, number>;

  constructor(fields: readonly string[], columns: ReadonlyMap<string, number>) {
    this.#fields = fields;
    this.#columns = columns;
  }

  /** The text of a field; throws where it is blank. */
  text(name: string): string {
    const value = this.optionalText(name);
    if (value === null) throw new RowError(`Cannot read ${name}: blank`);
    return value;
  }

  /** The text of a field, `null` where it is blank. */
  optionalText(name: string): string | null {
    const value = this.#fields[this.#columns.get(name) ?? -1]?.trim() ?? "";
    return value === "" ? null : value;
  }

  number(name: string): number {
    const value = this.optionalNumber(name);
    if (value === null) throw new RowError(`Cannot read ${name}: blank`);
    return value;
  }

  optionalNumber(name: string): number | null {
    const text = this.optionalText(name);
    if (text === null) return null;
    const value = Number(text);
    if (!Number.isFinite(value)) throw new RowError(`Cannot read ${name} "${text}": no number`);
    return value;
  }

  instant(name: string): UtcMs {
    const text = this.text(name);
    const at = parseUtcMs(text);
    if (at === null) throw new RowError(`Cannot read ${name} "${text}": no ISO 8601 time`);
    return at;
  }

  /** An instant in epoch seconds; `null` where it is blank or 0. */
  optionalSeconds(name: string): UtcMs | null {
    const seconds = this.optionalNumber(name);
    return seconds === null || seconds === 0 ? null : utcMsOf(Math.round(seconds * 1_000));
  }

  /** `True` or `False`, as Python writes them. */
  flag(name: string): boolean {
    const text = this.text(name).toLowerCase();
    if (text !== "true" && text !== "false") {
      throw new RowError(`Cannot read ${name} "${text}": expected True or False`);
    }
    return text === "true";
  }
}
