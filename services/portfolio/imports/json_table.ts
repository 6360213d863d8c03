import type { CsvRecord } from "../../kernel/csv_reader.ts";
import { textFault } from "../../kernel/text_fault.ts";
import { type JsonObject, MAX_TEXT_OF_JSON, parseExactJson } from "./exact_json.ts";
import { refusal } from "./import_bytes.ts";

/** A list of objects as a table: a column per name, a row per object, counted from 1. */
export interface JsonTable {
  readonly header: readonly string[];
  readonly records: () => AsyncIterable<readonly CsvRecord[]>;
}

const RECORDS_AT_ONCE = 1_000;

/**
 * Reads the list of activities from a tracker's JSON export, with the names of the accounts that
 * they only have the ids of.
 */
export async function readJsonTable(
  head: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): Promise<JsonTable> {
  const root = parseExactJson(await readText(head, rest));
  const list = Array.isArray(root) ? root : isObject(root) ? root["activities"] : undefined;
  if (!Array.isArray(list) || !list.every(isObject)) {
    throw refusal('is JSON without a list of "activities": export it from the tracker again');
  }
  const objects: readonly JsonObject[] = list;
  const accounts = isObject(root) ? accountNames(root["accounts"]) : new Map<string, string>();
  const header = [...new Set(objects.flatMap((one) => Object.keys(one)))];
  const toRecord = (one: JsonObject, at: number): CsvRecord => {
    const fields = header.map((name) => cellOf(name, { value: one[name], accounts }));
    const text = fields.join();
    return { line: at + 1, fields, text, fault: textFault(text) };
  };
  async function* records() {
    for (let start = 0; start < objects.length; start += RECORDS_AT_ONCE) {
      yield objects.slice(start, start + RECORDS_AT_ONCE).map((one, at) =>
        toRecord(one, start + at)
      );
    }
  }
  return { header, records };
}

async function readText(head: Uint8Array, rest: AsyncIterator<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  try {
    text = decoder.decode(head, { stream: true });
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      text += decoder.decode(next.value, { stream: true });
      if (text.length > MAX_TEXT_OF_JSON) {
        throw refusal(`is JSON of more than ${MAX_TEXT_OF_JSON} letters: import it as CSV`);
      }
    }
    return text + decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw refusal("holds bytes that are not UTF-8", error);
  }
}

function accountNames(accounts: unknown): ReadonlyMap<string, string> {
  const list = Array.isArray(accounts) ? accounts.filter(isObject) : [];
  return new Map(
    list.flatMap(({ id, name }) =>
      typeof id === "string" && typeof name === "string" && name !== "" ? [[id, name]] : []
    ),
  );
}

function cellOf(
  name: string,
  { value, accounts }: { value: unknown; accounts: ReadonlyMap<string, string> },
): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return name === "accountId" ? accounts.get(text) ?? text : text;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
