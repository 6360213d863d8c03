import { z } from "zod";
import { BASE_CURRENCIES, type BaseCurrency } from "../../services/portfolio/mod.ts";
import type { CsvRow } from "./csv_answer.ts";

const DOLLARS = /_usd$/;

/** Rows of which amounts are in a currency that each row names: no name ends in `_usd`. */
export function schemaInCurrency(schema: z.ZodObject): z.ZodObject {
  const fields = Object.entries(schema.shape)
    .map(([name, field]) => [name.replace(DOLLARS, ""), field] as const);
  return z.object({ ...Object.fromEntries(fields), currency: z.enum(BASE_CURRENCIES) });
}

/** A row whose amounts are in a currency although their names say dollars, under right names. */
export function rowInCurrency(row: CsvRow, currency: BaseCurrency): CsvRow {
  const fields = Object.entries(row)
    .map(([name, value]) => [name.replace(DOLLARS, ""), value] as const);
  return { ...Object.fromEntries(fields), currency };
}
