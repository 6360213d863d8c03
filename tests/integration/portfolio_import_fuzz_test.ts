import fc from "fast-check";
import { AppError } from "@/services/kernel/errors.ts";
import {
  type LedgerImportReport,
  LedgerImportService,
} from "@/services/portfolio/ledger/import_service.ts";
import { exportTransactions } from "@/services/portfolio/ledger/transactions_csv.ts";
import { SqlLedgerStore } from "@/services/storage/mod.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { mappings, names, NOW } from "@/tests/unit/portfolio/imports/mapping_kit.ts";

const HEADER =
  "id,timestamp,action,asset_id,quantity,unit_price_usd,fee_asset,fee_amount,account," +
  "wallet,venue,tx_hash,external_id,notes,tag";
const encoder = new TextEncoder();

/** Ledgers in memory, a new one for each file. */
async function openLedgers(limits: { maxRows?: number; maxBytes?: number } = {}) {
  const clock = new FakeClock(NOW);
  const database = await openTestDatabase({ clock });
  const store = new SqlLedgerStore(database, clock);
  const service = new LedgerImportService({ store, names, mappings, clock, limits });
  let owners = 0;
  return {
    async open() {
      const ownerId = `owner ${owners++}`;
      const scope = { ownerId, portfolioId: await store.openDefaultPortfolio(ownerId) };
      return {
        import: (content: string | Uint8Array, options = {}) => {
          const bytes = typeof content === "string" ? encoder.encode(content) : content;
          const chunks = ReadableStream.from([bytes]);
          return service.importFile({ scope, fileName: "f", bytes: chunks, ...options });
        },
        export: async () => (await Array.fromAsync(exportTransactions(store, scope))).join(""),
        rows: () => store.listTransactions(scope, { limit: 10_000 }),
      };
    },
    [Symbol.asyncDispose]: () => database.close(),
  };
}

function assertSum(report: LedgerImportReport): void {
  const { read, accepted, inserted, updated, duplicate, quarantined, ignored } = report;
  assertEquals(read, accepted + duplicate + quarantined + ignored);
  assertEquals(accepted, inserted + updated);
}

const cell = fc.oneof(
  fc.constantFrom("", "0", "1", "-0.5", "1e3", "0.10", "null", "NaN", "2024-01-01", "BUY", "FEE"),
  fc.constantFrom("SELL", "bitcoin", "BTC", "usd", "Main", "=1+1", "'x", '"', "a\tb", "é😀", "\0"),
  fc.string({ maxLength: 6 }),
);
const row = fc.oneof(
  { weight: 3, arbitrary: fc.array(cell, { maxLength: 17 }).map((cells) => cells.join(",")) },
  {
    weight: 3,
    arbitrary: fc.record({
      day: fc.integer({ min: 1, max: 3 }),
      action: fc.constantFrom("BUY", "SELL", "FEE", "AIRDROP"),
      quantity: fc.constantFrom("1", "2.50", "0.000000001"),
      fee: fc.constantFrom(",", "usd,1.0", "ETH,0.1"),
      hash: fc.constantFrom("", "", "0xa", "0xb"),
      external: fc.constantFrom("", "", "e1", "e2"),
      notes: fc.constantFrom("", "note", '"two\nlines"', "=cmd", "'=x", '" =x"'),
      tag: fc.constantFrom("", "-1", "@x"),
    }).map((one) =>
      `,2024-01-0${one.day},${one.action},BTC,${one.quantity},7,${
        one.action === "FEE" ? "," : one.fee
      },Main,,,${one.hash},${one.external},${one.notes},${one.tag}`
    ),
  },
);
const file = fc.tuple(
  fc.constantFrom("", "\uFEFF"),
  fc.array(fc.tuple(row, fc.constantFrom("\n", "\r\n", "\r", "\n\n")), { maxLength: 12 }),
).map(([mark, rows]) => `${mark}${HEADER}\n${rows.map(([text, end]) => text + end).join("")}`);

Deno.test("an import accounts for every row of any file, and the same file again changes nothing", async () => {
  await using ledgers = await openLedgers();
  await fc.assert(
    fc.asyncProperty(file, async (text) => {
      const ledger = await ledgers.open();
      const preview = await ledger.import(text, { isPreview: true, isPartial: true });
      assertEquals((await ledger.rows()).length, 0);
      const report = await ledger.import(text, { isPartial: true });
      assertSum(report);
      assertEquals({ ...preview.rejected }, { ...report.rejected });
      assertEquals(preview.accepted, report.accepted);
      const exported = await ledger.export();
      const again = await ledger.import(text, { isPartial: true });
      assertSum(again);
      assertEquals([again.read, again.accepted], [report.read, 0]);
      assertEquals(again.changedFrom, null);
      assertEquals(await ledger.export(), exported);
    }),
    { numRuns: 150 },
  );
});

Deno.test("an export of any ledger imports to the same bytes", async () => {
  await using ledgers = await openLedgers();
  await fc.assert(
    fc.asyncProperty(file, async (text) => {
      const [first, second] = [await ledgers.open(), await ledgers.open()];
      await first.import(text, { isPartial: true });
      const exported = await first.export();
      const report = await second.import(exported);
      assertSum(report);
      assertEquals([report.state, report.duplicate, report.ignored], ["committed", 0, 0]);
      assertEquals(await second.export(), exported);
      assertEquals((await second.rows()).length, (await first.rows()).length);
    }),
    { numRuns: 100 },
  );
});

Deno.test("an import of any bytes refuses them in words, or accounts for every row", async () => {
  await using ledgers = await openLedgers();
  const ledger = await ledgers.open();
  const tail = fc.uint8Array({ maxLength: 300 });
  const bytes = fc.oneof(
    tail,
    tail.map((rest) => new Uint8Array([...encoder.encode(`${HEADER}\n`), ...rest])),
    tail.map((rest) => new Uint8Array([0x1f, 0x8b, ...rest])),
    fc.json().map((text) => encoder.encode(`{"activities":[${text}]}`)),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (content) => {
      try {
        assertSum(await ledger.import(content, { isPartial: true }));
      } catch (error) {
        assert(error instanceof AppError, String(error));
        assertMatch(error.message, /^Cannot (import the file|tell what)/);
      }
    }),
    { numRuns: 300 },
  );
});

const refusals: readonly { name: string; content: () => Promise<Uint8Array>; reason: RegExp }[] = [
  { name: "an empty file", content: () => bytesOf(""), reason: /is empty/ },
  { name: "a million columns", content: () => bytesOf("a,".repeat(1e6)), reason: /columns/ },
  {
    name: "201 known columns",
    content: () => bytesOf(`${HEADER},${numbered(200)}\n`),
    reason: /215 columns/,
  },
  {
    name: "a column's name of 257 characters",
    content: () => bytesOf(`${HEADER},${"c".repeat(257)}\n`),
    reason: /a column of more than 256 characters: shorten "c{40}…"/,
  },
  { name: "a column twice", content: () => bytesOf(`${HEADER},Tag\n`), reason: /"Tag" twice/ },
  { name: "UTF-16", content: () => bytesOf(new Uint8Array([0xff, 0xfe, 1])), reason: /UTF-16/ },
  {
    name: "lines that end by carriage returns alone",
    content: () => bytesOf(`${HEADER}\r,2024-01-01,BUY\r\n`),
    reason: /carriage returns alone/,
  },
  {
    name: "a ZIP archive",
    content: () => bytesOf(new Uint8Array([0x50, 0x4b, 3, 4])),
    reason: /ZIP archive/,
  },
  { name: "cut gzip", content: cutGzip, reason: /cut off or damaged gzip/ },
  { name: "broken JSON", content: () => bytesOf('{"activities":['), reason: /damaged JSON/ },
  {
    name: "more rows than allowed",
    content: () => bytesOf(`${HEADER}\n${"x\n".repeat(21)}`),
    reason: /more than 20 rows/,
  },
  {
    name: "more bytes than allowed",
    content: () => bytesOf("x".repeat(3_000_000)),
    reason: /more than 2500000 bytes/,
  },
];
for (const { name, content, reason } of refusals) {
  Deno.test(`an import refuses ${name}, says why and keeps nothing`, async () => {
    await using ledgers = await openLedgers({ maxRows: 20, maxBytes: 2_500_000 });
    const ledger = await ledgers.open();
    const bytes = await content();
    const error = await assertRejects(() => ledger.import(bytes), { type: AppError });
    assertMatch(error.message, reason);
    assertEquals((await ledger.rows()).length, 0);
  });
}

function bytesOf(content: string | Uint8Array): Promise<Uint8Array> {
  return Promise.resolve(typeof content === "string" ? encoder.encode(content) : content);
}

function numbered(count: number): string {
  return Array.from({ length: count }, (_, at) => `c${at}`).join();
}

async function cutGzip(): Promise<Uint8Array> {
  const stream = new Blob([`${HEADER}\n${",2024-01-01,BUY\n".repeat(500)}`]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return bytes.slice(0, bytes.length - 20);
}
