import type { Uuid } from "../../kernel/ids.ts";
import type { CandleColumns, SeriesKey } from "../../market/candle.ts";
import type {
  CandleImportOutcome,
  CandleImportSession,
  CandleImportStart,
  CandleWriteResult,
  QuarantinedRow,
} from "../../market/ports.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Dialect, WriteTransaction } from "../database.ts";
import { toUuidColumn, type UuidValue } from "../uuid_column.ts";
import { writeCandles } from "./candle_writer.ts";
import type { Schema } from "./schema.ts";

/** Rows of one statement, within the number of parameters that both databases take. */
const QUARANTINED_AT_ONCE = 500;

/** One import inside its transaction: counts what it writes and links it to its series. */
export class CandleImportWriter implements CandleImportSession {
  readonly importId: Uuid;
  readonly #write: WriteTransaction;
  readonly #clock: Clock;
  readonly #id: UuidValue;
  readonly #linked = new Set<number>();
  #inserted = 0;
  #updated = 0;
  #unchanged = 0;
  #quarantined = 0;

  constructor(
    write: WriteTransaction,
    { dialect, importId, clock }: { dialect: Dialect; importId: Uuid; clock: Clock },
  ) {
    this.importId = importId;
    this.#write = write;
    this.#clock = clock;
    this.#id = toUuidColumn(importId, dialect);
  }

  /** Records the start, so that series and quarantined rows have an import to refer to. */
  async begin({ source, origin, format }: CandleImportStart): Promise<void> {
    await this.#write.db.insertInto("candle_imports")
      .values({
        id: this.#id,
        source,
        origin,
        format,
        checksum: "",
        started_at: this.#clock.now(),
        finished_at: null,
        rows_read: 0,
        inserted: 0,
        updated: 0,
        unchanged: 0,
        quarantined: 0,
      })
      .execute();
  }

  async write(key: SeriesKey, candles: CandleColumns): Promise<CandleWriteResult> {
    const at = this.#clock.now();
    const { seriesId, result } = await writeCandles(this.#write, { key, candles, at });
    this.#inserted += result.inserted;
    this.#updated += result.updated;
    this.#unchanged += result.unchanged;
    if (!this.#linked.has(seriesId)) {
      this.#linked.add(seriesId);
      await this.#write.db.insertInto("candle_import_series")
        .values({ series_id: seriesId, import_id: this.#id })
        .execute();
    }
    return result;
  }

  async quarantine(rows: readonly QuarantinedRow[]): Promise<void> {
    for (let start = 0; start < rows.length; start += QUARANTINED_AT_ONCE) {
      const part = rows.slice(start, start + QUARANTINED_AT_ONCE);
      const values = part.map(({ line, text, reason }, at) => ({
        import_id: this.#id,
        position: this.#quarantined + at,
        line,
        text,
        reason,
      }));
      await this.#write.db.insertInto("quarantined_rows").values(values).execute();
      this.#quarantined += part.length;
    }
  }

  /** Writes the sums; the import as it now stands. */
  async finish({ checksum, read }: CandleImportOutcome): Promise<Schema["candle_imports"]> {
    // Readers list imports, so that a file without news is a change too.
    this.#write.touch("candles");
    return await this.#write.db.updateTable("candle_imports")
      .set({
        checksum,
        rows_read: read,
        inserted: this.#inserted,
        updated: this.#updated,
        unchanged: this.#unchanged,
        quarantined: this.#quarantined,
        finished_at: this.#clock.now(),
      })
      .where("id", "=", this.#id)
      .returningAll()
      .executeTakeFirstOrThrow();
  }
}
