import { type Kysely, sql } from "kysely";
import type { Notices } from "../ports/notices.ts";
import type { Schema } from "./sql/schema.ts";

/** The part of the driver that listens; it renews its connection and listens again by itself. */
interface NoticeSource {
  listen(
    channel: string,
    onNotice: (text: string) => void,
  ): PromiseLike<{ unlisten(): Promise<void> }>;
}

/** `NOTIFY` and `LISTEN` of PostgreSQL, on the connections that the database has already. */
export function postgresNotices(source: NoticeSource, db: Kysely<Schema>): Notices {
  return {
    async send(channel, text) {
      await sql`select pg_notify(${channel}, ${text})`.execute(db);
    },
    async listen(channel, onNotice) {
      let isListening = true;
      const { unlisten } = await source.listen(channel, (text) => {
        // The driver forgets who stopped to listen where it had to listen anew meanwhile.
        if (isListening) onNotice(text);
      });
      return async () => {
        isListening = false;
        await unlisten();
      };
    },
  };
}
