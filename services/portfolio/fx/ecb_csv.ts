import { AppError } from "../../kernel/errors.ts";
import type { CsvRecord } from "../../kernel/csv_reader.ts";
import type { UtcMs } from "../../kernel/time.ts";
import type { RefusedFxCell } from "./fx_ports.ts";
import {
  type CurrencyCode,
  ECB_CURRENCY,
  eodInstantOf,
  type FxRate,
  isCurrencyCode,
  isRate,
} from "./fx_rate.ts";

/** The name that rates from the ECB's own files carry. */
export const ECB_SOURCE = "ecb";

const MONTHS = [
  ["January", "February", "March", "April", "May", "June"],
  ["July", "August", "September", "October", "November", "December"],
].flat();
const RATE = /^\d{1,9}(?:\.\d{1,9})?$/;
/** How the ECB writes that it states no rate. */
const ABSENT: ReadonlySet<string> = new Set(["", "N/A"]);

/** What a row of the file says. A row that can't be read counts as one cell, refused. */
export interface EcbRow {
  readonly isDay: boolean;
  readonly rates: readonly FxRate[];
  readonly absent: number;
  readonly refused: readonly RefusedFxCell[];
}

/**
 * Reads `eurofxref-hist.csv` and `eurofxref.csv` as the ECB publishes them: a day, then one column
 * for each currency with its units for one euro; `N/A` where there is none; a comma at the end of
 * each line; the day as `2026-04-13` or `13 April 2026`.
 */
export class EcbCsv {
  readonly #currencies: readonly CurrencyCode[];
  readonly #width: number;
  readonly #now: UtcMs;
  /** The line on which each day stood. */
  readonly #days = new Map<string, number>();

  /** Throws `VALIDATION_FAILED` for a header that is not the ECB's. */
  constructor(header: CsvRecord, now: UtcMs) {
    const [first, ...columns] = header.fields.map((field) => field.trim());
    const currencies = columns.at(-1) === "" ? columns.slice(0, -1) : columns;
    const problem = header.fault ?? headerFault(first, currencies);
    if (problem !== null) {
      throw new AppError(
        "VALIDATION_FAILED",
        `Cannot read the file as rates of the ECB: ${problem}; expected "Date,USD,JPY,…"`,
      );
    }
    this.#currencies = currencies;
    this.#width = header.fields.length;
    this.#now = now;
  }

  /** Reads the next row. */
  read(record: CsvRecord): EcbRow {
    const fields = record.fields.map((field) => field.trim());
    const at = instantOf(fields[0] ?? "");
    const { line, text } = record;
    const reason = record.fault ?? this.#rowFault(fields, { at, line });
    if (at !== null && reason === null) return this.#readCells(fields, { at, line });
    const refused = [{ line, text, reason: reason ?? `"${fields[0]}" is no day` }];
    return { isDay: false, rates: [], absent: 0, refused };
  }

  #rowFault(
    fields: readonly string[],
    { at, line }: { at: UtcMs | null; line: number },
  ): string | null {
    if (fields.length !== this.#width) {
      return `has ${fields.length} fields: expected ${this.#width}, as the header has`;
    }
    if (fields.length > this.#currencies.length + 1 && fields.at(-1) !== "") {
      return "has a value behind the last currency";
    }
    if (at === null) return null;
    if (at > this.#now) return "is of a time to come";
    const day = String(at);
    const earlier = this.#days.get(day);
    if (earlier !== undefined) return `repeats the day of line ${earlier}`;
    this.#days.set(day, line);
    return null;
  }

  #readCells(
    fields: readonly string[],
    { at, line }: { at: UtcMs; line: number },
  ): EcbRow {
    const rates: FxRate[] = [];
    const refused: RefusedFxCell[] = [];
    let absent = 0;
    for (const [index, quote] of this.#currencies.entries()) {
      const text = fields[index + 1] ?? "";
      const rate = RATE.test(text) ? Number(text) : NaN;
      if (ABSENT.has(text)) absent++;
      else if (isRate(rate)) {
        rates.push({ base: ECB_CURRENCY, quote, kind: "eod", source: ECB_SOURCE, at, rate });
      } else {
        const reason = `${quote} "${text}" is no rate: expected a number above 0, or N/A`;
        refused.push({ line, text, reason });
      }
    }
    return { isDay: true, rates, absent, refused };
  }
}

function headerFault(
  first: string | undefined,
  currencies: readonly string[],
): string | null {
  if (first !== "Date") return `its first column is "${first ?? ""}"`;
  if (currencies.length === 0) return "it has no currencies";
  const odd = currencies.find((code) => !isCurrencyCode(code) || code === ECB_CURRENCY);
  if (odd !== undefined) return `its column "${odd}" is no currency beside the euro`;
  const twice = currencies.find((code, index) => currencies.indexOf(code) !== index);
  return twice === undefined ? null : `it has ${twice} twice`;
}

function instantOf(text: string): UtcMs | null {
  const [, day = "", name = "", year = ""] = /^(\d{1,2}) ([A-Z][a-z]+) (\d{4})$/.exec(text) ?? [];
  const month = MONTHS.indexOf(name) + 1;
  if (month === 0) return eodInstantOf(text);
  return eodInstantOf(`${year}-${String(month).padStart(2, "0")}-${day.padStart(2, "0")}`);
}
