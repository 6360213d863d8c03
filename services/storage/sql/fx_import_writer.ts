import type { Uuid } from "../../kernel/ids.ts";
import type {
  FxImportOutcome,
  FxImportSession,
  FxWriteResult,
  RefusedFxCell,
} from "../../portfolio/fx/fx_ports.ts";
import type { FxRate } from "../../portfolio/fx/fx_rate.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Dialect, WriteTransaction } from "../database.ts";
import { toUuidColumn, type UuidValue } from "../uuid_column.ts";
import type { FxTables } from "./fx_schema.ts";
import { writeFxRates } from "./fx_rates_writer.ts";

/** Rows of one statement, within the number of parameters that both databases take. */
const ROWS_AT_ONCE = 500;

/** One import of rates inside its transaction: counts what it writes. */
export class FxImportWriter implements FxImportSession {
  readonly #write: WriteTransaction;
  readonly #clock: Clock;
  readonly #id: UuidValue;
  readonly #sums = { inserted: 0, updated: 0, unchanged: 0, quarantined: 0 };

  constructor(
    write: WriteTransaction,
    { dialect, importId, clock }: { dialect: Dialect; importId: Uuid; clock: Clock },
  ) {
    this.#write = write;
    this.#clock = clock;
    this.#id = toUuidColumn(importId, dialect);
  }

  /** Records the start, so that refused cells have an import to refer to. */
  async begin(start: { readonly source: string; readonly origin: string }): Promise<void> {
    await this.#write.db.insertInto("fx_imports").values({
      id: this.#id,
      ...start,
      checksum: "",
      days: 0,
      cells_read: 0,
      inserted: 0,
      updated: 0,
      unchanged: 0,
      absent: 0,
      quarantined: 0,
      started_at: this.#clock.now(),
      finished_at: null,
    }).execute();
  }

  async write(rates: readonly FxRate[]): Promise<FxWriteResult> {
    const result = await writeFxRates(this.#write, { rates, at: this.#clock.now() });
    this.#sums.inserted += result.inserted;
    this.#sums.updated += result.updated;
    this.#sums.unchanged += result.unchanged;
    return result;
  }

  async quarantine(cells: readonly RefusedFxCell[]): Promise<void> {
    for (let start = 0; start < cells.length; start += ROWS_AT_ONCE) {
      const values = cells.slice(start, start + ROWS_AT_ONCE).map((cell, at) => ({
        import_id: this.#id,
        position: this.#sums.quarantined + at,
        ...cell,
      }));
      await this.#write.db.insertInto("fx_quarantine").values(values).execute();
      this.#sums.quarantined += values.length;
    }
  }

  /** Writes the sums; the import as it now stands. */
  async finish(
    { checksum, days, read, absent }: FxImportOutcome,
  ): Promise<FxTables["fx_imports"]> {
    return await this.#write.db.updateTable("fx_imports").set({
      checksum,
      days,
      cells_read: read,
      absent,
      ...this.#sums,
      finished_at: this.#clock.now(),
    }).where("id", "=", this.#id).returningAll().executeTakeFirstOrThrow();
  }
}
