import { type Kysely, type RawBuilder, sql, type SqlBool } from "kysely";
import type { Uuid } from "../../kernel/ids.ts";
import type { Dialect } from "../database.ts";
import { toUuidColumn } from "../uuid_column.ts";
import type { Schema } from "./schema.ts";

/** Which rows are asked for. */
export interface KeyQuery {
  readonly column: "id" | "identity";
  readonly values: readonly string[];
  readonly portfolioId: Uuid;
  readonly dialect: Dialect;
  /** What of them is read; all by default. */
  readonly columns?: RawBuilder<unknown>;
  /** What else must be true of them. */
  readonly filter?: RawBuilder<SqlBool>;
}

/**
 * Rows of a portfolio with one of the ids or keys, one look into the index for each. Asked plainly,
 * both planners read the whole portfolio instead, as they suppose that few rows share it.
 */
export async function findKeyRows<Row>(
  db: Kysely<Schema>,
  query: KeyQuery,
): Promise<readonly Row[]> {
  return query.values.length === 0 ? [] : (await keyQuery<Row>(query).execute(db)).rows;
}

/** The query of `findKeyRows`. */
export function keyQuery<Row>(
  { column, values, portfolioId, dialect, columns = sql`*`, filter = sql`true` }: KeyQuery,
): RawBuilder<Row> {
  const portfolio = toUuidColumn(portfolioId, dialect);
  const name = sql.ref(column);
  if (dialect === "sqlite") {
    const stored = (value: string) =>
      column === "id" ? toUuidColumn(value as Uuid, dialect) : value;
    const pairs = values.map((value) => sql`(${portfolio}, ${stored(value)})`);
    return sql<Row>`select ${columns} from transactions
      where (portfolio_id, ${name}) in (values ${sql.join(pairs)}) and ${filter}`;
  }
  const wanted = column === "id" ? sql`wanted.value::uuid` : sql`wanted.value`;
  // By a subquery PostgreSQL takes any portfolio for as large as most. A new one that it sees it
  // takes for empty, as its statistics do not have it yet, and reads all of it for each value.
  return sql<Row>`select found.*
    from json_array_elements_text(${JSON.stringify(values)}::text::json) as wanted(value)
    cross join lateral (
      select ${columns} from transactions
      where portfolio_id = (select ${portfolio}::uuid) and ${name} = ${wanted} and ${filter} limit 1
    ) as found`;
}
