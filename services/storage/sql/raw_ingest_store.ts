import { type Expression, type Selectable, sql } from "kysely";
import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { RawAnswer, RawAnswerStore } from "../../ports/provider_records.ts";
import type { Database } from "../database.ts";
import type { Schema } from "./schema.ts";

/** Rows removed in one transaction, so that pruning never keeps others from writing for long. */
const REMOVED_AT_ONCE = 1_000;

/** Raw answers in either database, their bodies compressed. */
export class SqlRawIngestStore implements RawAnswerStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async keep(answers: readonly RawAnswer[]): Promise<number> {
    // Before the transaction, which other writers wait for.
    const rows = await Promise.all(answers.map(toRow));
    return await this.#database.transaction(async ({ db }) => {
      let inserted = 0;
      for (const row of rows) {
        const { seen_at, quarantine_reason } = row;
        const known = await db.updateTable("raw_ingest").set({ seen_at, quarantine_reason })
          .where("provider", "=", row.provider).where("key", "=", row.key)
          .where("checksum", "=", row.checksum).executeTakeFirst();
        if (known.numUpdatedRows > 0n) continue;
        // Another process may insert it at the same time.
        const { numInsertedOrUpdatedRows = 0n } = await db.insertInto("raw_ingest").values(row)
          .onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
        inserted += Number(numInsertedOrUpdatedRows);
      }
      return inserted;
    });
  }

  async find(
    { provider, key, checksum }: { provider: string; key: string; checksum: string },
  ): Promise<RawAnswer | null> {
    const row = await this.#database.read.selectFrom("raw_ingest").selectAll()
      .where("provider", "=", provider).where("key", "=", key)
      .where("checksum", "=", checksum).executeTakeFirst();
    return row ? await fromRow(row) : null;
  }

  async listQuarantined(limit: number): Promise<readonly RawAnswer[]> {
    const rows = await this.#database.read.selectFrom("raw_ingest").selectAll()
      .where("quarantine_reason", "is not", null)
      .orderBy("seen_at", "desc").orderBy("provider").orderBy("key").orderBy("checksum")
      .limit(limit).execute();
    return await Promise.all(rows.map(fromRow));
  }

  async prune(
    { before, maxBytes }: { before: UtcMs; maxBytes: number },
  ): Promise<number> {
    const { read } = this.#database;
    const ids = ["provider", "key", "checksum"] as const;
    const old = read.selectFrom("raw_ingest").select(ids).where("seen_at", "<", before);
    const newerBytes = sql<number>`sum(length(body))
      over (order by seen_at desc, provider, key, checksum)`.as("newer_bytes");
    const excess = read
      .selectFrom(read.selectFrom("raw_ingest").select(ids).select(newerBytes).as("sized"))
      .select(ids).where("newer_bytes", ">", maxBytes);
    return await this.#removeAll(old.limit(REMOVED_AT_ONCE)) +
      await this.#removeAll(excess.limit(REMOVED_AT_ONCE));
  }

  /** Removes what the query names, as often as it names something. */
  async #removeAll(some: Expression<unknown>): Promise<number> {
    for (let removed = 0;;) {
      const batch = await this.#database.transaction(async ({ db }) => {
        const { numDeletedRows } = await db.deleteFrom("raw_ingest")
          .where(sql<boolean>`(provider, key, checksum) in (${some})`)
          .executeTakeFirst();
        return Number(numDeletedRows);
      });
      removed += batch;
      if (batch < REMOVED_AT_ONCE) return removed;
    }
  }
}

async function toRow(answer: RawAnswer): Promise<Selectable<Schema["raw_ingest"]>> {
  const { fetchedAt, quarantineReason, body, ...rest } = answer;
  return {
    ...rest,
    body: await gzip(body),
    first_seen_at: fetchedAt,
    seen_at: fetchedAt,
    quarantine_reason: quarantineReason,
  };
}

async function fromRow(row: Selectable<Schema["raw_ingest"]>): Promise<RawAnswer> {
  const { body, first_seen_at: _first, seen_at, quarantine_reason, ...rest } = row;
  return {
    ...rest,
    body: await gunzip(body),
    fetchedAt: utcMsOf(seen_at),
    quarantineReason: quarantine_reason,
  };
}

async function gzip(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function gunzip(bytes: Uint8Array): Promise<string> {
  const stream = new Blob([new Uint8Array(bytes)]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).text();
}
