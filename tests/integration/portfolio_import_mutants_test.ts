import fc from "fast-check";
import { AppError } from "@/services/kernel/errors.ts";
import {
  type LedgerImportReport,
  LedgerImportService,
} from "@/services/portfolio/ledger/import_service.ts";
import { SqlLedgerStore } from "@/services/storage/mod.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import {
  EXPORT_SAMPLES,
  type ExportSample,
} from "@/tests/unit/portfolio/imports/export_samples.ts";
import { mappings, names, NOW } from "@/tests/unit/portfolio/imports/mapping_kit.ts";

const encoder = new TextEncoder();

/** Ledgers in memory, a new one for each file. */
async function openLedgers() {
  const clock = new FakeClock(NOW);
  const database = await openTestDatabase({ clock });
  const store = new SqlLedgerStore(database, clock);
  const service = new LedgerImportService({ store, names, mappings, clock });
  let owners = 0;
  return {
    async open() {
      const ownerId = `owner ${owners++}`;
      const scope = { ownerId, portfolioId: await store.openDefaultPortfolio(ownerId) };
      return {
        import: (content: Uint8Array) =>
          service.importFile({
            ...{ scope, fileName: "f", isPartial: true, account: "Main" },
            bytes: ReadableStream.from([content]),
          }),
        count: async () => (await store.listTransactions(scope, { limit: 10_000 })).length,
      };
    },
    [Symbol.asyncDispose]: () => database.close(),
  };
}

function assertSum({ read, accepted, duplicate, quarantined, ignored }: LedgerImportReport): void {
  assertEquals(read, accepted + duplicate + quarantined + ignored);
}

/** What stands between the lines of a file, and what it is written in. */
const frames = fc.record({
  end: fc.constantFrom("\n", "\r\n"),
  mark: fc.constantFrom("", "\uFEFF"),
  last: fc.constantFrom("", "\n", "\n\n\n"),
});

/** A cell that no exporter writes. It has no line of its own and no delimiter. */
const oddCell = fc.oneof(
  fc.constantFrom(
    "",
    "0",
    "-1",
    "1e400",
    "NaN",
    "--5",
    "\0",
    "a\0b",
    "$",
    "€",
    "١٢٣",
    "1,5",
    "\u2028",
  ),
  fc.constantFrom("9".repeat(5_000), "x".repeat(200_000), "é😀", "=1+1", "2023-02-30", "\u0007"),
  fc.string({ maxLength: 8 }).map((text) => text.replaceAll(/[\r\n"]/g, "")),
).map((text) => text.includes(",") ? `"${text}"` : text);

type LineChange =
  | { readonly kind: "drop" | "twice" | "cut" | "widen"; readonly line: number }
  | { readonly kind: "cell"; readonly line: number; readonly cell: number; readonly text: string };

const lineChange: fc.Arbitrary<LineChange> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("drop", "twice", "cut", "widen"),
    line: fc.nat({ max: 7 }),
  }),
  fc.record({
    kind: fc.constant("cell" as const),
    line: fc.nat({ max: 7 }),
    cell: fc.nat({ max: 11 }),
    text: oddCell,
  }),
);

/** The lines with a change; every one that is left is one row of the file. */
function changed(lines: readonly string[], change: LineChange): string[] {
  if (lines.length === 0) return [];
  const at = change.line % lines.length;
  const line = lines[at] ?? "";
  switch (change.kind) {
    case "drop":
      return lines.filter((_, index) => index !== at);
    case "twice":
      return [...lines.slice(0, at), line, ...lines.slice(at)];
    case "cut":
      return lines.with(at, line.split(",").slice(0, 2).join(",").replaceAll('"', "") || "x");
    case "widen":
      return lines.with(at, `${line},surplus`);
    case "cell": {
      // Only of lines whose commas all part cells.
      if (line.includes('"')) return [...lines];
      const cells = line.split(",");
      cells[change.cell % cells.length] = change.text;
      return lines.with(at, cells.join(","));
    }
  }
}

const CSV_SAMPLES = EXPORT_SAMPLES.filter(({ format }) => format !== "ghostfolio");

/** The lines up to and with the header, and those below it, which hold a row each. */
function partsOf({ text, rows }: ExportSample) {
  const lines = text.trimEnd().split("\n");
  const count = rows.flatMap((row) => (row.split(" ")[0] ?? "").split("+")).length;
  return { head: lines.slice(0, lines.length - count), body: lines.slice(lines.length - count) };
}

/** A line that holds nothing is no row. */
function isRow(line: string): boolean {
  return line.trim() !== "";
}

for (const sample of CSV_SAMPLES) {
  Deno.test(`an import loses no row of a changed export: ${sample.name}`, async () => {
    await using ledgers = await openLedgers();
    const { head, body } = partsOf(sample);
    const changes = fc.array(lineChange, { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(changes, frames, async (some, { end, mark, last }) => {
        const lines = some.reduce<string[]>(changed, body);
        const content = encoder.encode(mark + [...head, ...lines].join(end) + last);
        const ledger = await ledgers.open();
        const report = await ledger.import(content);
        assertSum(report);
        assertEquals(report.read, lines.filter(isRow).length);
        const again = await ledger.import(content);
        assertSum(again);
        assertEquals([again.read, again.accepted], [report.read, 0]);
      }),
      { numRuns: 120 },
    );
  });
}

/** Bytes that mean something to some reader of files. */
const BYTES = [0, 0x0a, 0x0d, 0x22, 0x27, 0x2c, 0x3b, 0x5c, 0x7b, 0x80, 0xc3, 0xef, 0xfe, 0xff];

const byteChange = fc.record({
  kind: fc.constantFrom("insert", "remove", "replace", "truncate", "repeat"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  byte: fc.constantFrom(...BYTES),
  length: fc.nat({ max: 40 }),
});

function changedBytes(
  bytes: Uint8Array,
  { kind, at, byte, length }: typeof byteChange extends fc.Arbitrary<infer Change> ? Change : never,
): Uint8Array {
  const place = Math.floor(at * bytes.length);
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
  switch (kind) {
    case "insert":
      return joined(before, new Uint8Array([byte]), after);
    case "remove":
      return joined(before, after.subarray(length));
    case "replace":
      return joined(before, new Uint8Array([byte]), after.subarray(1));
    case "truncate":
      return before;
    case "repeat":
      return joined(before, after.subarray(0, length), after);
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

const ENCODINGS: readonly ((text: string) => Uint8Array)[] = [
  (text) => encoder.encode(text),
  (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 0xff),
  (text) => joined(new Uint8Array([0xff, 0xfe]), utf16(text)),
  (text) => utf16(text),
];

function utf16(text: string): Uint8Array {
  return Uint8Array.from([...text].flatMap((letter) => {
    const code = letter.charCodeAt(0);
    return [code & 0xff, code >> 8];
  }));
}

for (const { name, text } of EXPORT_SAMPLES) {
  Deno.test(`an import refuses broken bytes in words or accounts for them: ${name}`, async () => {
    await using ledgers = await openLedgers();
    const changes = fc.array(byteChange, { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(changes, fc.constantFrom(...ENCODINGS), async (some, encode) => {
        const content = some.reduce(changedBytes, encode(text));
        const ledger = await ledgers.open();
        let report: LedgerImportReport;
        try {
          report = await ledger.import(content);
        } catch (error) {
          assert(error instanceof AppError, String(error));
          assertMatch(error.message, /^Cannot (import the file|tell what)/);
          assertEquals(await ledger.count(), 0);
          return;
        }
        assertSum(report);
        const again = await ledger.import(content);
        assertEquals([again.read, again.accepted], [report.read, 0]);
      }),
      { numRuns: 150 },
    );
  });
}
