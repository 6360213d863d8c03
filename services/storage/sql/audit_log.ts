import type { Selectable } from "kysely";
import { type Uuid, UuidFactory } from "../../kernel/ids.ts";
import { utcMsOf } from "../../kernel/time.ts";
import type { AuditEntry, AuditLog } from "../../ports/audit.ts";
import type { JsonValue } from "../../ports/jobs.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Database } from "../database.ts";
import { fromUuidColumn, toUuidColumn } from "../uuid_column.ts";
import type { Schema } from "./schema.ts";

const PAGE_LIMIT = 500;

/** The audit log in either database: rows are added and read, never changed. */
export class SqlAuditLog implements AuditLog {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #ids: UuidFactory;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#ids = new UuidFactory(() => clock.now());
  }

  async record(
    { actor, action, subject, details }: Omit<AuditEntry, "id" | "at">,
  ): Promise<AuditEntry> {
    const id = this.#ids.next();
    const at = this.#clock.now();
    const row = {
      id: toUuidColumn(id, this.#database.dialect),
      at,
      actor,
      action,
      subject,
      details: JSON.stringify(details),
    };
    await this.#database.transaction(({ db }) => db.insertInto("audit_log").values(row).execute());
    return { id, at, actor, action, subject, details };
  }

  async list(
    { limit, before }: { readonly limit: number; readonly before?: string },
  ): Promise<readonly AuditEntry[]> {
    let query = this.#database.read.selectFrom("audit_log").selectAll();
    if (before !== undefined) {
      query = query.where("id", "<", toUuidColumn(before as Uuid, this.#database.dialect));
    }
    const rows = await query.orderBy("id", "desc").limit(Math.min(limit, PAGE_LIMIT)).execute();
    return rows.map(toEntry);
  }
}

function toEntry(row: Selectable<Schema["audit_log"]>): AuditEntry {
  return {
    id: fromUuidColumn(row.id),
    at: utcMsOf(row.at),
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    details: JSON.parse(row.details) as JsonValue,
  };
}
