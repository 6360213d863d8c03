import { openSqlite } from "@/services/storage/sqlite.ts";
import type { Database } from "@/services/storage/mod.ts";
import type { Clock } from "@/services/ports/mod.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";

/** A migrated SQLite database in memory, or at `path`. Close it, or bind it with `await using`. */
export function openTestDatabase(
  { path = ":memory:", clock = new FakeClock() }: { path?: string; clock?: Clock } = {},
): Promise<Database> {
  const backupDir = `${path}.backups`;
  return openSqlite({ path, backupDir, clock, log: new RecordingLog(), mayMigrate: true });
}
