// deno-lint-ignore-file no-console
/**
 * Parses the same million candles with our scanner, into typed columns and with every check, and
 * with papaparse, into rows of strings. Rounds are interleaved; medians are compared.
 */
import { Papa } from "@/tests/papaparse.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import { CandleCollector } from "@/services/providers/file/candle_collector.ts";
import { detectLayout } from "@/services/providers/file/layouts.ts";
import { CsvScanner } from "@/services/providers/file/scanner.ts";
import { candleCsv } from "./candle_csv.ts";

const ROWS = 1_000_000;
const CHUNK_BYTES = 262_144;
const GOAL = 5;
const isQuick = Deno.args.includes("--quick");

function parseOurs(bytes: Uint8Array): number {
  const headerEnd = bytes.indexOf(10) + 1;
  const header = new TextDecoder().decode(bytes.subarray(0, headerEnd));
  const verdict = detectLayout(header.trim().split(","), { hasDollarQuote: true });
  if (verdict.kind !== "layout") throw new Error(verdict.reason);
  const now = utcMsOf(4_000_000_000_000);
  const sink = new CandleCollector({
    interval: "1m",
    isDescending: false,
    isZeroMissing: false,
    now,
  });
  const scanner = new CsvScanner(verdict.layout, sink);
  let candles = 0;
  for (let at = headerEnd; at < bytes.length; at += CHUNK_BYTES) {
    scanner.push(bytes.subarray(at, at + CHUNK_BYTES));
    while (scanner.scan()) candles += sink.takeBatch().candles.length;
  }
  return candles + sink.takeBatch().candles.length;
}

function parsePapa(text: string): number {
  let rows = 0;
  Papa.parse<string[]>(text, { skipEmptyLines: true, step: () => void rows++ });
  return rows - 1;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

function timed(run: () => number): number {
  const start = performance.now();
  const rows = run();
  if (rows !== ROWS) throw new Error(`Expected ${ROWS} rows, got ${rows}`);
  return performance.now() - start;
}

const text = candleCsv(ROWS);
const bytes = new TextEncoder().encode(text);
const ours: number[] = [];
const papa: number[] = [];
for (let round = 0; round < (isQuick ? 2 : 5); round++) {
  ours.push(timed(() => parseOurs(bytes)));
  papa.push(timed(() => parsePapa(text)));
}
const ratio = median(papa) / median(ours);
const perByte = median(ours) * 1e6 / bytes.length;
console.log(`${ROWS} rows, ${(bytes.length / 1e6).toFixed(1)} MB, median of ${ours.length}`);
console.log(
  `candle scanner  ${median(ours).toFixed(0)} ms (${perByte.toFixed(2)} ns/byte), checked columns`,
);
console.log(`papaparse       ${median(papa).toFixed(0)} ms, rows of strings`);
console.log(`ratio           ${ratio.toFixed(1)} (goal: at least ${GOAL})`);
if (ratio < GOAL && !isQuick) Deno.exit(1);
