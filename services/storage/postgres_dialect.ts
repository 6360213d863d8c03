import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";

/** Rows of an answer, as the driver gives them. */
interface Answer extends Iterable<unknown> {
  readonly count: number;
}

/** A client of the driver that holds one connection and never more. */
export interface PostgresClient {
  unsafe(
    query: string,
    parameters: never[],
    options: { readonly prepare: boolean },
  ): PromiseLike<Answer> & { cursor(rows: number): AsyncIterable<readonly unknown[]> };
  end(options: { readonly timeout: number }): Promise<void>;
}

export interface PostgresDialectOptions {
  /** Makes a client that connects when first asked, and tells when its connection is lost. */
  readonly openClient: (onLost: () => void) => PostgresClient;
  readonly maxConnections: number;
  readonly closeTimeoutS: number;
}

/**
 * Kysely over single connections of the `postgres` driver. Its own pool is not used: a connection
 * reserved from it that the server cuts throws outside of any query, and whoever waits for one then
 * waits for ever.
 */
export function postgresDialect(options: PostgresDialectOptions): Dialect {
  return {
    createDriver: () => new PostgresDriver(options),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  };
}

/** Lends each connection to one user at a time; replaces those that were lost. */
class PostgresDriver implements Driver {
  readonly #options: PostgresDialectOptions;
  readonly #idle: PostgresConnection[] = [];
  readonly #lent = new Set<PostgresConnection>();
  readonly #waiting: ((connection: PostgresConnection) => void)[] = [];

  constructor(options: PostgresDialectOptions) {
    this.#options = options;
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  acquireConnection(): Promise<DatabaseConnection> {
    if (this.#lent.size < this.#options.maxConnections) return Promise.resolve(this.#lend());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    if (!(connection instanceof PostgresConnection) || !this.#lent.delete(connection)) {
      throw new TypeError("Cannot take back a connection that was not lent");
    }
    this.#idle.push(connection);
    this.#waiting.shift()?.(this.#lend());
    return Promise.resolve();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin"));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // With a lost connection its transaction is gone, too.
    if (connection instanceof PostgresConnection && connection.isLost) return;
    await connection.executeQuery(CompiledQuery.raw("rollback"));
  }

  async destroy(): Promise<void> {
    const all = [...this.#idle.splice(0), ...this.#lent];
    await Promise.all(all.map((connection) => connection.close(this.#options.closeTimeoutS)));
  }

  /** The connection used last, as it is the warmest; a new one when there is none. */
  #lend(): PostgresConnection {
    let connection = this.#idle.pop();
    while (connection?.isLost) connection = this.#idle.pop();
    connection ??= new PostgresConnection(this.#options.openClient);
    this.#lent.add(connection);
    return connection;
  }
}

/** A connection that is never renewed: a query after its loss is not what it was meant to be. */
class PostgresConnection implements DatabaseConnection {
  readonly #client: PostgresClient;
  #isLost = false;

  constructor(openClient: PostgresDialectOptions["openClient"]) {
    this.#client = openClient(() => this.#isLost = true);
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const answer = await this.#send(query);
    // Rows are counted for every command; Kysely wants to know of those that change some.
    const isSelect = query.query.kind === "SelectQueryNode";
    const rows = [...answer] as R[];
    return isSelect ? { rows } : { rows, numAffectedRows: BigInt(answer.count ?? 0) };
  }

  async *streamQuery<R>(
    query: CompiledQuery,
    rowsAtOnce: number,
  ): AsyncIterableIterator<QueryResult<R>> {
    for await (const rows of this.#send(query).cursor(rowsAtOnce)) yield { rows: rows as R[] };
  }

  close(timeoutS: number): Promise<void> {
    return this.#isLost ? Promise.resolve() : this.#client.end({ timeout: timeoutS });
  }

  #send({ sql, parameters }: CompiledQuery) {
    if (this.#isLost) throw new Error("The connection to PostgreSQL was lost");
    return this.#client.unsafe(sql, [...parameters] as never[], { prepare: true });
  }
}
