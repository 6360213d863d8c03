import { readCsvRow } from "../../kernel/csv_rows.ts";
import type { Interval } from "../../market/candle.ts";
import type {
  CandleBatch,
  CandleFile,
  CandleFileOpening,
  CandleFileRequest,
  CandleFileSource,
  CandleFileSummary,
} from "../../market/import_ports.ts";
import type { QuarantinedRow } from "../../market/ports.ts";
import { type BatchSink, CandleCollector } from "./candle_collector.ts";
import { type FileBytes, openFileBytes, refusal } from "./file_bytes.ts";
import { parseFileName } from "./file_name.ts";
import { type CandleLayout, detectLayout } from "./layouts.ts";
import { CsvScanner, type RowSink, TIME_SLOT } from "./scanner.ts";
import { readSpacing } from "./spacing.ts";
import { TRADE_INTERVAL, TradeCollector } from "./trade_collector.ts";

/** Text beyond which a file is refused, decompressed. */
const MAX_TEXT_BYTES = 2 * 1024 ** 3;
/** What is looked at to tell the layout, the interval and the direction. */
const HEAD_BYTES = 65_536;
const SAMPLE_ROWS = 256;
/** Steps between rows from which on they speak against another interval. */
const STEPS_FOR_PROOF = 3;

/** The first bytes of a file, its layout and where its data starts. */
interface Head {
  readonly bytes: Uint8Array;
  readonly isComplete: boolean;
  readonly layout: CandleLayout;
  readonly dataStart: number;
  readonly linesBefore: number;
}

/** Candle files on the disk: CSV as `detectLayout` knows it, plain or gzip. */
export class DiskCandleFiles implements CandleFileSource {
  readonly #maxBytes: number;

  constructor({ maxBytes = MAX_TEXT_BYTES }: { maxBytes?: number } = {}) {
    this.#maxBytes = maxBytes;
  }

  async open(path: string, request: CandleFileRequest): Promise<CandleFileOpening> {
    const bytes = await openFileBytes(path, { maxBytes: this.#maxBytes });
    try {
      const head = await readHead(path, { bytes, request });
      if ("reason" in head) {
        bytes.close();
        return { kind: "other", reason: head.reason };
      }
      return { kind: "candles", file: openedFile(path, { bytes, head, request }) };
    } catch (error) {
      bytes.close();
      throw error;
    }
  }
}

async function readHead(
  path: string,
  { bytes, request }: { bytes: FileBytes; request: CandleFileRequest },
): Promise<Head | { reason: string }> {
  const { text, isComplete } = await firstBytes(bytes);
  if (text.length === 0) throw refusal(path, "is empty: expected a header and a row per candle");
  if ((text[0] === 0xff && text[1] === 0xfe) || (text[0] === 0xfe && text[1] === 0xff)) {
    throw refusal(path, "is UTF-16 text: save it as UTF-8");
  }
  let start = text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf ? 3 : 0;
  let linesBefore = 0;
  let first = readCsvRow(text, { start, isComplete });
  while (first !== null && first.fields.join("").trim() === "" && first.end < text.length) {
    start = first.end;
    linesBefore += first.lineFeeds;
    first = readCsvRow(text, { start, isComplete });
  }
  if (first === null || first.fault !== null) {
    throw refusal(path, "has no readable first line: expected CSV text");
  }
  const verdict = detectLayout(first.fields, request);
  if (verdict.kind === "other") return { reason: verdict.reason };
  if (verdict.kind === "unknown") throw refusal(path, verdict.reason);
  const { layout } = verdict;
  if (request.format !== "auto" && request.format !== layout.format) {
    throw refusal(path, `looks like ${layout.format}, not ${request.format}: leave out --format`);
  }
  return {
    bytes: text,
    isComplete,
    layout,
    dataStart: layout.hasHeader ? first.end : start,
    linesBefore: linesBefore + (layout.hasHeader ? first.lineFeeds : 0),
  };
}

async function firstBytes(bytes: FileBytes): Promise<{ text: Uint8Array; isComplete: boolean }> {
  let text = new Uint8Array();
  while (text.length < HEAD_BYTES) {
    const next = await bytes.chunks.next();
    if (next.done) return { text, isComplete: true };
    const longer = new Uint8Array(text.length + next.value.length);
    longer.set(text);
    longer.set(next.value, text.length);
    text = longer;
  }
  return { text, isComplete: false };
}

function openedFile(
  path: string,
  { bytes, head, request }: { bytes: FileBytes; head: Head; request: CandleFileRequest },
): CandleFile {
  const { layout } = head;
  const sample = sampleTimes(head);
  const spacing = readSpacing(sample);
  const interval = layout.format === "trades"
    ? tradeInterval(path, request.interval)
    : chooseInterval(path, { request, spacing });
  const sink = layout.format === "trades" ? new TradeCollector(request) : new CandleCollector({
    interval,
    isDescending: spacing.isDescending,
    isZeroMissing: layout.isZeroMissing,
    now: request.now,
  });
  const reading = new Reading(bytes, { head, sink });
  return {
    name: parseFileName(path).base,
    format: layout.format,
    interval,
    sizeBytes: bytes.sizeBytes,
    get readBytes() {
      return bytes.readBytes();
    },
    batches: () => reading.batches(),
    summary: () => reading.summary(),
    [Symbol.asyncDispose]: () => Promise.resolve(bytes.close()),
  };
}

function sampleTimes(head: Head): readonly number[] {
  const times: number[] = [];
  const sink: RowSink = {
    take(values) {
      times.push(values[TIME_SLOT] ?? NaN);
      return null;
    },
    quarantine: (_row: QuarantinedRow) => {},
    get isFull() {
      return times.length >= SAMPLE_ROWS;
    },
  };
  scannerAt(head, sink).scan();
  return times;
}

function scannerAt(head: Head, sink: RowSink): CsvScanner {
  const scanner = new CsvScanner(head.layout, sink);
  scanner.push(head.bytes);
  scanner.skip(head.dataStart, head.linesBefore);
  if (head.isComplete) scanner.finish();
  return scanner;
}

function tradeInterval(path: string, asked: Interval | null): Interval {
  if (asked === null || asked === TRADE_INTERVAL) return TRADE_INTERVAL;
  throw refusal(path, `holds trades, which become ${TRADE_INTERVAL} candles: leave out --interval`);
}

function chooseInterval(
  path: string,
  { request, spacing }: { request: CandleFileRequest; spacing: ReturnType<typeof readSpacing> },
): Interval {
  const told = request.interval ?? parseFileName(path).interval;
  const found = spacing.interval;
  if (told !== null && found !== null && found !== told && spacing.steps >= STEPS_FOR_PROOF) {
    const by = request.interval === null ? "its name" : "--interval";
    throw refusal(path, `has rows ${found} apart, but ${by} says ${told}: use --interval ${found}`);
  }
  const interval = told ?? found;
  if (interval !== null) return interval;
  throw refusal(path, "does not tell the interval of its candles: give it with --interval");
}

/** One pass over a file's rows. */
class Reading {
  readonly #bytes: FileBytes;
  readonly #head: Head;
  readonly #sink: BatchSink;
  #summary: CandleFileSummary | null = null;

  constructor(bytes: FileBytes, { head, sink }: { head: Head; sink: BatchSink }) {
    this.#bytes = bytes;
    this.#head = head;
    this.#sink = sink;
  }

  async *batches(): AsyncGenerator<CandleBatch> {
    const sink = this.#sink;
    const scanner = scannerAt(this.#head, sink);
    while (scanner.scan()) yield sink.takeBatch();
    for await (const chunk of this.#bytes.chunks) {
      scanner.push(chunk);
      while (scanner.scan()) yield sink.takeBatch();
    }
    scanner.finish();
    while (scanner.scan()) yield sink.takeBatch();
    sink.finish();
    yield sink.takeBatch();
    this.#summary = { checksum: this.#bytes.checksum(), rows: sink.rows };
  }

  summary(): CandleFileSummary {
    if (this.#summary === null) throw new RangeError("Cannot sum up a file before it was read");
    return this.#summary;
  }
}
