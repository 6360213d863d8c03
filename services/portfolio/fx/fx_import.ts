import { AppError } from "../../kernel/errors.ts";
import { CsvReader, type CsvRecord } from "../../kernel/csv_reader.ts";
import { type IsoDay, isoDayOf, type UtcMs } from "../../kernel/time.ts";
import type { Clock } from "../../ports/mod.ts";
import { openImportBytes } from "../imports/import_bytes.ts";
import { ECB_SOURCE, EcbCsv, type EcbRow } from "./ecb_csv.ts";
import type { FxImport, FxImportSession, FxStore, RefusedFxCell } from "./fx_ports.ts";
import type { FxRate } from "./fx_rate.ts";

/** Bytes of a file of rates, decompressed; the whole history since 1999 has under 2 MB. */
export const MAX_FX_FILE_BYTES = 32 * 1024 ** 2;
/** Refused cells of one file beyond which it is refused whole. */
export const MAX_REFUSED_CELLS = 10_000;
/** Refused cells that a report lists; its count has them all. */
export const MAX_LISTED_CELLS = 100;
/** Rates between two writes, so that a file of any length needs little memory. */
const RATES_AT_ONCE = 8_000;

/** What became of a file of rates. */
export interface FxImportReport extends FxImport {
  /** First and last day of its good rates; `null` for none. */
  readonly first: IsoDay | null;
  readonly last: IsoDay | null;
  /** At most `MAX_LISTED_CELLS` of those refused. */
  readonly refused: readonly RefusedFxCell[];
}

/** Imports files of reference rates, each in one transaction. */
export class FxImportService {
  readonly #store: FxStore;
  readonly #clock: Clock;

  constructor({ store, clock }: { readonly store: FxStore; readonly clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Imports a file of the ECB, plain or gzip. The same file again changes nothing. Cells that are
   * no rates are kept apart with line and reason. Throws `VALIDATION_FAILED` for a file that is
   * not the ECB's or holds no rate at all; nothing of it is kept.
   */
  async importEcb(
    stored: AsyncIterable<Uint8Array>,
    { origin, signal }: { readonly origin: string; readonly signal?: AbortSignal },
  ): Promise<FxImportReport> {
    const bytes = openImportBytes(stored, { maxBytes: MAX_FX_FILE_BYTES });
    const tally = new Tally();
    const record = await this.#store.recordImport(
      { source: ECB_SOURCE, origin },
      async (session) => {
        const batch = new Batch(session);
        for await (const row of readEcb(bytes.chunks, this.#clock.now())) {
          signal?.throwIfAborted();
          tally.add(row);
          await batch.add(row);
        }
        await batch.flush();
        tally.check(origin);
        const { days, read, absent } = tally;
        return { checksum: bytes.checksum(), days, read, absent };
      },
    );
    const { first, last, refused } = tally;
    return { ...record, first: dayOf(first), last: dayOf(last), refused };
  }
}

/** The rows of a file of the ECB, one after the other. */
async function* readEcb(
  chunks: AsyncIterable<Uint8Array>,
  now: UtcMs,
): AsyncGenerator<EcbRow> {
  let csv: EcbCsv | null = null;
  for await (const record of readRecords(chunks)) {
    if (csv === null) csv = new EcbCsv(record, now);
    else yield csv.read(record);
  }
}

async function* readRecords(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRecord> {
  const reader = new CsvReader();
  for await (const chunk of chunks) {
    reader.push(chunk);
    yield* recordsOf(reader);
  }
  reader.finish();
  yield* recordsOf(reader);
}

function* recordsOf(reader: CsvReader): Generator<CsvRecord> {
  for (let record = reader.next(); record !== null; record = reader.next()) yield record;
}

/** Gathers rows, so that each write has many rates. */
class Batch {
  readonly #session: FxImportSession;
  #rates: FxRate[] = [];

  constructor(session: FxImportSession) {
    this.#session = session;
  }

  async add({ rates, refused }: EcbRow): Promise<void> {
    this.#rates.push(...rates);
    if (refused.length > 0) await this.#session.quarantine(refused);
    if (this.#rates.length >= RATES_AT_ONCE) await this.flush();
  }

  async flush(): Promise<void> {
    const rates = this.#rates;
    this.#rates = [];
    if (rates.length > 0) await this.#session.write(rates);
  }
}

/** What was counted of a file while its rows went by. */
class Tally {
  days = 0;
  read = 0;
  absent = 0;
  first: UtcMs | null = null;
  last: UtcMs | null = null;
  readonly refused: RefusedFxCell[] = [];
  #good = 0;
  #bad = 0;

  add({ isDay, rates, absent, refused }: EcbRow): void {
    this.days += isDay ? 1 : 0;
    this.#good += rates.length;
    this.#bad += refused.length;
    this.absent += absent;
    this.read += rates.length + absent + refused.length;
    const room = Math.max(0, MAX_LISTED_CELLS - this.refused.length);
    this.refused.push(...refused.slice(0, room));
    const at = rates[0]?.at ?? null;
    if (at !== null) {
      this.first = this.first === null || at < this.first ? at : this.first;
      this.last = this.last === null || at > this.last ? at : this.last;
    }
    if (this.#bad > MAX_REFUSED_CELLS) {
      throw this.#refusal(`more than ${MAX_REFUSED_CELLS} of its cells are no rates`);
    }
  }

  /** Throws `VALIDATION_FAILED` for a file without a single rate. */
  check(origin: string): void {
    if (this.#good === 0) throw this.#refusal(`"${origin}" holds no rates`);
  }

  #refusal(problem: string): AppError {
    const [first] = this.refused;
    const hint = first ? `, the first on line ${first.line}: ${first.reason}` : "";
    return new AppError("VALIDATION_FAILED", `Cannot import the rates: ${problem}${hint}`, {
      details: { errors: this.refused },
    });
  }
}

function dayOf(at: UtcMs | null): IsoDay | null {
  return at === null ? null : isoDayOf(at);
}
