import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Uuid } from "../../kernel/ids.ts";
import type { Dialect } from "../database.ts";
import { toUuidColumn } from "../uuid_column.ts";
import type { TransactionRow } from "./portfolio_schema.ts";
import type { Schema } from "./schema.ts";

/** What tells whether a row of a file is one of the ledger. */
export type KeyRow = Pick<TransactionRow, "id" | "identity" | "content" | "written_by" | "line">;

/**
 * Rows of a portfolio with one of the ids or keys, one look into the index for each. Asked plainly,
 * both planners read the whole portfolio instead, as they suppose that few rows share it.
 */
export async function findKeyRows(
  db: Kysely<Schema>,
  query: Parameters<typeof keyQuery>[0],
): Promise<readonly KeyRow[]> {
  return query.values.length === 0 ? [] : (await keyQuery(query).execute(db)).rows;
}

/** The query of `findKeyRows`. */
export function keyQuery(
  { column, values, portfolioId, dialect }: {
    readonly column: "id" | "identity";
    readonly values: readonly string[];
    readonly portfolioId: Uuid;
    readonly dialect: Dialect;
  },
): RawBuilder<KeyRow> {
  const portfolio = toUuidColumn(portfolioId, dialect);
  const columns = sql`id, identity, content, written_by, line`;
  const name = sql.ref(column);
  if (dialect === "sqlite") {
    const stored = (value: string) =>
      column === "id" ? toUuidColumn(value as Uuid, dialect) : value;
    const pairs = values.map((value) => sql`(${portfolio}, ${stored(value)})`);
    return sql<KeyRow>`select ${columns} from transactions
      where (portfolio_id, ${name}) in (values ${sql.join(pairs)})`;
  }
  const wanted = column === "id" ? sql`wanted.value::uuid` : sql`wanted.value`;
  // By a subquery PostgreSQL takes any portfolio for as large as most. A new one that it sees it
  // takes for empty, as its statistics do not have it yet, and reads all of it for each value.
  return sql<KeyRow>`select found.*
    from json_array_elements_text(${JSON.stringify(values)}::text::json) as wanted(value)
    cross join lateral (
      select ${columns} from transactions
      where portfolio_id = (select ${portfolio}::uuid) and ${name} = ${wanted} limit 1
    ) as found`;
}
