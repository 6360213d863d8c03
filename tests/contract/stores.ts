import type { Database } from "@/services/storage/mod.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";

/** A new, empty, migrated database for one test. */
export interface TestStore extends AsyncDisposable {
  readonly database: Database;
  readonly clock: FakeClock;
  /** Another handle on the same database, as another process would have it. */
  openAgain(): Promise<Database>;
}

/** One of the databases that every store must work on alike. */
export interface StoreKind {
  readonly name: string;
  /** True where its server is not installed. */
  readonly ignore: boolean;
  open(): Promise<TestStore>;
}
