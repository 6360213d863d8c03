import { type Kysely, PostgresAdapter, type RawBuilder, sql } from "kysely";

/**
 * Column types by their meaning, each written as the database at hand has it. Applied migrations
 * depend on these: add types, never change one.
 */
export interface ColumnTypes {
  readonly text: RawBuilder<unknown>;
  /** A whole number up to 2^53: counts, versions, UTC milliseconds. */
  readonly integer: RawBuilder<unknown>;
  /** A whole number below 32,768. */
  readonly small: RawBuilder<unknown>;
  /** float64. */
  readonly double: RawBuilder<unknown>;
  /** Bytes of any number. */
  readonly bytes: RawBuilder<unknown>;
  /** 16 bytes. */
  readonly uuid: RawBuilder<unknown>;
  /** A generated whole number that names a row; smaller than a UUID where billions refer to it. */
  readonly serialKey: RawBuilder<unknown>;
  /** A column that refers to a `serialKey`. */
  readonly serialKeyReference: RawBuilder<unknown>;
  /** Ends a table whose rows stand in a B-tree of their own, beside its indexes. */
  readonly table: RawBuilder<unknown>;
  /** Ends a table whose rows stand inside the B-tree of the primary key, in its order. */
  readonly clusteredTable: RawBuilder<unknown>;
}

const SQLITE: ColumnTypes = {
  text: sql`text`,
  integer: sql`integer`,
  small: sql`integer`,
  double: sql`real`,
  bytes: sql`blob`,
  uuid: sql`blob`,
  serialKey: sql`integer`,
  serialKeyReference: sql`integer`,
  table: sql`strict`,
  clusteredTable: sql`strict, without rowid`,
};

const POSTGRES: ColumnTypes = {
  text: sql`text`,
  integer: sql`bigint`,
  small: sql`smallint`,
  double: sql`double precision`,
  bytes: sql`bytea`,
  uuid: sql`uuid`,
  serialKey: sql`integer generated always as identity`,
  serialKeyReference: sql`integer`,
  table: sql``,
  clusteredTable: sql``,
};

/** The column types of the database that a migration runs on. */
export function columnTypes(db: Kysely<unknown>): ColumnTypes {
  return db.getExecutor().adapter instanceof PostgresAdapter ? POSTGRES : SQLITE;
}
