import { type Kysely, sql, type Transaction } from "kysely";
import type { ChangeFeed, Clock } from "../ports/mod.ts";
import type { Notices } from "../ports/notices.ts";
import type { CandleRows, CandleRowsWriter } from "./candle_rows.ts";
import type { Schema } from "./sql/schema.ts";

export type Dialect = "sqlite" | "postgres";

/** Kinds of facts; each has a version that grows with every change of them. */
export type Topic = "candles" | "fx" | "pools" | "registry";

/** An open, migrated database. */
export interface Database extends AsyncDisposable {
  readonly dialect: Dialect;
  /** For reading. On SQLite a connection of its own, so that a long write never blocks it. */
  readonly read: Kysely<Schema>;
  /** Whole columns of candles, past Kysely. */
  readonly candleRows: CandleRows;
  readonly changes: ChangeFeed;
  /** Texts between the processes of this database; `null` where it carries none. */
  readonly notices: Notices | null;
  /**
   * Runs `work` in one transaction that holds the right to write; if it throws, nothing is kept.
   * Readers and other processes learn of it once it is committed.
   */
  transaction<T>(work: (write: WriteTransaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface WriteTransaction {
  readonly db: Transaction<Schema>;
  readonly candleRows: CandleRowsWriter;
  /** Says that facts of the topic change with this transaction, and how many rows are new. */
  touch(topic: Topic, insertedRows?: number): void;
}

/** A feed that its own process tells of commits, so that it need not wait to hear of them. */
export interface RefreshableFeed extends ChangeFeed {
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** The parts of an open database that differ from one dialect to the other. */
export interface Connections {
  readonly dialect: Dialect;
  readonly read: Kysely<Schema>;
  readonly write: Kysely<Schema>;
  readonly changes: RefreshableFeed;
  readonly notices: Notices | null;
  readonly candleRows: CandleRows;
  readonly candleRowsIn: (db: Transaction<Schema>) => CandleRowsWriter;
  /** Tells other processes, from inside the transaction that changed the facts. */
  readonly announce?: (db: Transaction<Schema>) => Promise<void>;
  /** Upkeep of the database after a commit; not part of the write, which stands already. */
  readonly upkeep: (commit: { readonly insertedRows: number }) => void | Promise<void>;
  readonly close: () => Promise<void>;
}

/** The handle over a dialect's connections. */
export function createDatabase(connections: Connections, clock: Clock): Database {
  const { dialect, read, write, changes, notices, candleRows, close } = connections;
  let closing: Promise<void> | undefined;
  const closeOnce = () => closing ??= changes.close().then(close);
  return {
    dialect,
    read,
    candleRows,
    changes,
    notices,
    async transaction(work) {
      const touched = new Set<Topic>();
      let insertedRows = 0;
      const result = await write.transaction().execute(async (db) => {
        const result = await work({
          db,
          candleRows: connections.candleRowsIn(db),
          touch(topic, rows = 0) {
            touched.add(topic);
            insertedRows += rows;
          },
        });
        // Last, since on PostgreSQL the row stays locked until the commit.
        for (const topic of [...touched].sort()) await growVersion(db, { topic, at: clock.now() });
        if (touched.size > 0) await connections.announce?.(db);
        return result;
      });
      if (touched.size > 0) await changes.refresh();
      await connections.upkeep({ insertedRows });
      return result;
    },
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  };
}

/** Rejects unless the database answers a query. */
export async function pingDatabase(database: Database): Promise<void> {
  await sql`select 1`.execute(database.read);
}

/** The version of a topic's facts; 0 where there never were any. */
export async function readTopicVersion(
  { read }: Pick<Database, "read">,
  topic: Topic,
): Promise<number> {
  const row = await read.selectFrom("data_version").select("version")
    .where("topic", "=", topic).executeTakeFirst();
  return row?.version ?? 0;
}

/**
 * Raises the topic's version. It is no lower than the time, so that a number that was given out
 * before a backup was restored never comes again for other facts.
 */
async function growVersion(
  db: Transaction<Schema>,
  { topic, at }: { topic: Topic; at: number },
): Promise<void> {
  const stored = sql.ref<number>("data_version.version");
  await db.insertInto("data_version")
    .values({ topic, version: at })
    .onConflict((conflict) =>
      conflict.column("topic").doUpdateSet({
        version: sql<number>`case when ${stored} >= ${at} then ${stored} + 1 else ${at} end`,
      })
    )
    .execute();
}
