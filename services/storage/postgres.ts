import type { Clock, Log } from "../ports/mod.ts";
import type { Database } from "./database.ts";
export interface PostgresOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly mayMigrate: boolean;
}
export function openPostgres(_options: PostgresOptions): Promise<Database> {
  throw new TypeError("soon");
}
export function listPendingPostgres(_url: string): Promise<readonly string[]> {
  throw new TypeError("soon");
}
