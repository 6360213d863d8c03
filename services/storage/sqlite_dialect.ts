import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { isBusy, statementError, whenFree } from "./sqlite_errors.ts";

const MAX_PREPARED = 128;

/** Kysely over one `node:sqlite` connection, which whoever opened it also closes. */
export function sqliteDialect(connection: DatabaseSync): Dialect {
  return {
    createDriver: () => new SqliteDriver(connection),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/** Lends the one connection to one user at a time, so that transactions do not mix. */
class SqliteDriver implements Driver {
  readonly #connection: SqliteConnection;
  #isLent = false;
  readonly #waiting: (() => void)[] = [];

  constructor(connection: DatabaseSync) {
    this.#connection = new SqliteConnection(connection);
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#isLent) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#isLent = true;
    return this.#connection;
  }

  releaseConnection(): Promise<void> {
    const next = this.#waiting.shift();
    // It stays lent when it is handed on, so that nobody slips in between.
    if (next) next();
    else this.#isLent = false;
    return Promise.resolve();
  }

  /**
   * Takes the write lock at once: a transaction that reads first and asks for the lock later is
   * refused when another process wrote in between.
   */
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // A full disk has ended it already.
    if (this.#connection.isTransaction) {
      await connection.executeQuery(CompiledQuery.raw("rollback"));
    }
  }

  destroy(): Promise<void> {
    this.#connection.forgetStatements();
    return Promise.resolve();
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #connection: DatabaseSync;
  readonly #prepared = new Map<string, { statement: StatementSync; hasRows: boolean }>();

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
  }

  get isTransaction(): boolean {
    return this.#connection.isTransaction;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    try {
      return this.#run<R>(sql, parameters);
    } catch (error) {
      // Inside a transaction the lock is held already: waiting would not help.
      if (!isBusy(error) || this.#connection.isTransaction) throw statementError(error);
      return await whenFree(() => this.#run<R>(sql, parameters));
    }
  }

  async *streamQuery<R>({ sql, parameters }: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    // A statement of its own: the cached one could be asked anew before the last row is taken.
    const rows = this.#connection.prepare(sql).iterate(...parameters.map(toSqlite));
    for (const row of rows) yield { rows: [row as R] };
  }

  forgetStatements(): void {
    this.#prepared.clear();
  }

  #run<R>(sql: string, parameters: readonly unknown[]): QueryResult<R> {
    const { statement, hasRows } = this.#prepare(sql);
    const values = parameters.map(toSqlite);
    if (hasRows) return { rows: statement.all(...values) as R[] };
    const { changes, lastInsertRowid } = statement.run(...values);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  #prepare(sql: string) {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const statement = this.#connection.prepare(sql);
    const prepared = { statement, hasRows: statement.columns().length > 0 };
    const oldest = this.#prepared.keys().next();
    if (this.#prepared.size >= MAX_PREPARED && !oldest.done) this.#prepared.delete(oldest.value);
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

/** SQLite has no booleans; everything else must already be one of its five kinds. */
function toSqlite(value: unknown): SQLInputValue {
  return typeof value === "boolean" ? Number(value) : value as SQLInputValue;
}
