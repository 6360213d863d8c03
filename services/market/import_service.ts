import { AppError } from "../kernel/errors.ts";
import { finiteOrNull } from "../kernel/numbers.ts";
import { formatUtcMs, type UtcMs } from "../kernel/time.ts";
import type { Clock } from "../ports/mod.ts";
import type { AssetId } from "./assets.ts";
import {
  CANDLE_STATES,
  CANDLE_VALUE_COLUMNS,
  candleAt,
  type CandleColumns,
  type Interval,
  type SeriesKey,
  sliceColumns,
} from "./candle.ts";
import type { CandleBatch, CandleFile, CandleFileSource } from "./import_ports.ts";
import type { CandleImportSession, CandleStore, QuarantinedRow } from "./ports.ts";
import { DEMO_SOURCE, type DemoMode } from "./series_choice.ts";

/** Quarantined rows that a report lists; its count has them all. */
export const MAX_LISTED_ERRORS = 100;
/** Quarantined rows of one file beyond which it is refused whole. */
const MAX_QUARANTINED = 100_000;
/** Bad part of a file beyond which it is refused whole, once it has the rows to tell. */
const MAX_BAD_PART = 0.5;
const ROWS_TO_TELL = 20;

const PROVISIONAL = CANDLE_STATES.indexOf("provisional");

export interface CandleImportRequest {
  readonly path: string;
  readonly assetId: AssetId;
  /** Slug of the series' source. */
  readonly source: string;
  readonly format: string;
  /** `null` takes the interval from the file's name or rows. */
  readonly interval: Interval | null;
  readonly hasDollarQuote: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
}

export interface ImportProgress {
  readonly rows: number;
  readonly readBytes: number;
  readonly sizeBytes: number;
}

export interface ImportError {
  readonly line: number;
  readonly reason: string;
}

/** What became of a file. `read` is always the sum of the four counts after it. */
export interface CandleImportReport {
  readonly kind: "imported";
  readonly name: string;
  readonly assetId: AssetId;
  readonly interval: Interval;
  readonly source: string;
  readonly format: string;
  /** Rows of the file; more than `read` for trades, which are gathered into candles. */
  readonly rows: number;
  readonly read: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly quarantined: number;
  /** First and last bucket of the file's good rows. */
  readonly first: UtcMs | null;
  readonly last: UtcMs | null;
  readonly errors: readonly ImportError[];
  /** Series of the demo market that made way. */
  readonly demoRemoved: number;
}

/** A file that was left alone, as it holds no candles. */
export interface SkippedFile {
  readonly kind: "skipped";
  readonly reason: string;
}

/** A file of which nothing was kept, with the rows that spoke against it. */
export class ImportRefusal extends AppError {
  readonly errors: readonly ImportError[];
  readonly rows: number;

  constructor(message: string, { errors, rows }: { errors: readonly ImportError[]; rows: number }) {
    super("VALIDATION_FAILED", message, { details: { errors, rows } });
    this.errors = errors;
    this.rows = rows;
  }
}

/** Imports candle files into the store, each in one transaction. */
export class CandleImportService {
  readonly #store: CandleStore;
  readonly #files: CandleFileSource;
  readonly #clock: Clock;
  readonly #demoMode: DemoMode;

  constructor({ store, files, clock, demoMode }: {
    store: CandleStore;
    files: CandleFileSource;
    clock: Clock;
    demoMode: DemoMode;
  }) {
    this.#store = store;
    this.#files = files;
    this.#clock = clock;
    this.#demoMode = demoMode;
  }

  /**
   * Imports one file. The same file again changes nothing. Throws `ImportRefusal` for a file that
   * is mostly bad and `VALIDATION_FAILED` for one that can't be read; nothing of either is kept.
   */
  async importFile(request: CandleImportRequest): Promise<CandleImportReport | SkippedFile> {
    const opening = await this.#files.open(request.path, { ...request, now: this.#clock.now() });
    if (opening.kind === "other") return { kind: "skipped", reason: opening.reason };
    await using file = opening.file;
    const key = { assetId: request.assetId, interval: file.interval, source: request.source };
    const tally = new Tally();
    const record = await this.#store.recordImport(
      { source: request.source, origin: file.name, format: file.format },
      async (session) => {
        for await (const batch of file.batches()) {
          request.signal?.throwIfAborted();
          await writeBatch(session, { key, batch, tally });
          refuseOverflow(file, tally);
          request.onProgress?.({
            rows: tally.good + tally.bad,
            readBytes: file.readBytes,
            sizeBytes: file.sizeBytes,
          });
        }
        refuseBadFile(file, tally);
        return { checksum: file.summary().checksum, read: tally.good + tally.bad };
      },
    );
    return {
      kind: "imported",
      name: file.name,
      ...key,
      format: file.format,
      rows: file.summary().rows,
      read: record.read,
      inserted: record.inserted,
      updated: record.updated,
      unchanged: record.unchanged,
      quarantined: record.quarantined,
      first: tally.first,
      last: tally.last,
      errors: tally.errors,
      demoRemoved: await this.#removeDemo(request.source),
    };
  }

  /** Real candles end the demo market, unless it was asked for by name. */
  #removeDemo(source: string): Promise<number> {
    if (this.#demoMode !== "auto" || source === DEMO_SOURCE) return Promise.resolve(0);
    return this.#store.deleteSource(DEMO_SOURCE);
  }
}

/** What was counted of a file while its batches were written. */
class Tally {
  /** Candles that the store took, as new, changed or known. */
  good = 0;
  bad = 0;
  first: UtcMs | null = null;
  last: UtcMs | null = null;
  readonly errors: ImportError[] = [];

  addGood(candles: CandleColumns): void {
    this.good += candles.length;
    if (candles.length === 0) return;
    const first = candles.openTime[0] as UtcMs;
    const last = candles.openTime[candles.length - 1] as UtcMs;
    this.first = this.first === null || first < this.first ? first : this.first;
    this.last = this.last === null || last > this.last ? last : this.last;
  }

  addBad(rows: readonly QuarantinedRow[]): void {
    this.bad += rows.length;
    const room = Math.max(0, MAX_LISTED_ERRORS - this.errors.length);
    for (const { line, reason } of rows.slice(0, room)) this.errors.push({ line, reason });
  }
}

async function writeBatch(
  session: CandleImportSession,
  { key, batch, tally }: { key: SeriesKey; batch: CandleBatch; tally: Tally },
): Promise<void> {
  const rejected: QuarantinedRow[] = [];
  for (const run of runsOfOneKind(batch.candles)) {
    const part = sliceColumns(batch.candles, run);
    const result = await session.write(key, part);
    if (result.rejected === 0) tally.addGood(part);
    else rejected.push(rejectedRow(part, batch.lines[run.start] ?? 0));
  }
  for (const candle of batch.repeated) {
    await session.write(key, candle);
    tally.good++;
  }
  const bad = [...batch.quarantined, ...rejected].sort((a, b) => a.line - b.line);
  if (bad.length > 0) await session.quarantine(bad);
  tally.addBad(bad);
}

/**
 * The batch cut so that each provisional candle stands alone. A store rejects only those, where a
 * final candle stands already, and so says which one it was.
 */
function* runsOfOneKind(
  { length, state }: CandleColumns,
): Iterable<{ start: number; end: number }> {
  for (let start = 0; start < length;) {
    const next = state.indexOf(PROVISIONAL, start);
    const end = next === start ? start + 1 : next < 0 ? length : Math.min(next, length);
    yield { start, end };
    start = end;
  }
}

function rejectedRow(candles: CandleColumns, line: number): QuarantinedRow {
  const candle = candleAt(candles, 0);
  const values = CANDLE_VALUE_COLUMNS.map((name) => finiteOrNull(candle[name]) ?? "");
  return {
    line,
    text: [formatUtcMs(candle.openTime), ...values].join(","),
    reason: "is provisional, but the stored candle of its bucket is final",
  };
}

function refuseOverflow(file: CandleFile, { bad, good, errors }: Tally): void {
  if (bad <= MAX_QUARANTINED) return;
  throw new ImportRefusal(
    `Cannot import "${file.name}": more than ${MAX_QUARANTINED} of its rows are bad, ` +
      `${firstError(errors)}`,
    { errors, rows: good + bad },
  );
}

function refuseBadFile(file: CandleFile, { good, bad, errors }: Tally): void {
  const rows = good + bad;
  if (rows === 0) {
    throw new ImportRefusal(
      `Cannot import "${file.name}": it has a header but no rows: expected a row per candle`,
      { errors, rows },
    );
  }
  if (good > 0 && (rows < ROWS_TO_TELL || bad <= rows * MAX_BAD_PART)) return;
  throw new ImportRefusal(
    `Cannot import "${file.name}": ${bad} of its ${rows} rows are bad, ${firstError(errors)}`,
    { errors, rows },
  );
}

function firstError(errors: readonly ImportError[]): string {
  const [first] = errors;
  if (!first) return "check --interval and --format";
  return `the first on line ${first.line} (${first.reason}): correct the file, ` +
    "or check --interval and --format";
}
