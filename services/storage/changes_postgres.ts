import { type Kysely, sql, type Transaction } from "kysely";
import { errorMessage } from "../kernel/errors.ts";
import type { Log } from "../ports/mod.ts";
import { Listeners } from "../kernel/listeners.ts";
import type { RefreshableFeed } from "./database.ts";
import type { Schema } from "./sql/schema.ts";

const CHANNEL = "tokenlysis_changes";

/** The part of the driver that listens, on a connection of its own that it renews. */
interface NoticeSource {
  listen(
    channel: string,
    onNotice: () => void,
    onListening: () => void,
  ): PromiseLike<unknown>;
}

/** Announces a change at the commit of the transaction. */
export async function announceChange(db: Transaction<Schema>): Promise<void> {
  await sql`select pg_notify(${sql.lit(CHANNEL)}, '')`.execute(db);
}

/**
 * Changes of a PostgreSQL database, whichever process makes them. A notice says only that something
 * changed: the versions are read after it, and after each reconnection, when notices may be lost.
 */
export class PostgresChangeFeed implements RefreshableFeed {
  readonly #db: Kysely<Schema>;
  readonly #log: Log;
  readonly #listeners = new Listeners(reportError);
  #version = 0;
  #reading: Promise<void> | undefined;
  #isReadAgain = false;
  #isClosed = false;

  private constructor(db: Kysely<Schema>, log: Log) {
    this.#db = db;
    this.#log = log;
  }

  /** A feed that listens. */
  static async start(
    source: NoticeSource,
    { db, log }: { db: Kysely<Schema>; log: Log },
  ): Promise<PostgresChangeFeed> {
    const feed = new PostgresChangeFeed(db, log);
    const refresh = () => void feed.#refreshQuietly();
    await source.listen(CHANNEL, refresh, refresh);
    await feed.refresh();
    return feed;
  }

  current(): number {
    return this.#version;
  }

  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Reads the versions; a call during a read makes it read once more. */
  async refresh(): Promise<void> {
    this.#isReadAgain = true;
    this.#reading ??= this.#readAll().finally(() => this.#reading = undefined);
    await this.#reading;
  }

  /** Hears no more; the source is ended by whoever made it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#listeners.clear();
    await this.#reading?.catch(() => {});
  }

  async #readAll(): Promise<void> {
    while (this.#isReadAgain) {
      this.#isReadAgain = false;
      const { version } = await this.#db.selectFrom("data_version")
        .select(sql<number>`coalesce(sum(version), 0)::bigint`.as("version"))
        .executeTakeFirstOrThrow();
      if (version === this.#version) continue;
      this.#version = version;
      this.#listeners.tell();
    }
  }

  /** After a notice nobody waits: the next notice, or the reconnection, reads again. */
  async #refreshQuietly(): Promise<void> {
    if (this.#isClosed) return;
    try {
      await this.refresh();
    } catch (error) {
      this.#log.warn("Cannot read the data versions", { reason: errorMessage(error) });
    }
  }
}
