import { basename } from "node:path";
import { AppError } from "@/services/kernel/errors.ts";
import { parseUuid } from "@/services/kernel/ids.ts";
import { formatUtcMs } from "@/services/kernel/time.ts";
import { AssetRegistry, loadRegistry } from "@/services/market/mod.ts";
import { type Mapping, parseMapping } from "@/services/portfolio/imports/mapping.ts";
import { LedgerImportService } from "@/services/portfolio/ledger/import_service.ts";
import type { LedgerImportReport } from "@/services/portfolio/ledger/import_service.ts";
import { exportRejected } from "@/services/portfolio/ledger/rejected_csv.ts";
import type { LedgerScope, LedgerStore } from "@/services/portfolio/ports.ts";
import { SqlLedgerStore } from "@/services/storage/mod.ts";
import { readJson, readText, REGISTRY_FILE } from "./assets_files.ts";
import { runAsProcess, type Script, type ScriptContext, UsageError } from "./cli.ts";
import { openFromEnvironment } from "./cli_database.ts";
import { ledgerScope, openInput, readMappings } from "./portfolio_files.ts";

const FLAGS = {
  portfolio: { type: "string" },
  format: { type: "string" },
  mapping: { type: "string" },
  account: { type: "string" },
  rejected: { type: "string" },
  undo: { type: "string" },
  "dry-run": { type: "boolean" },
  partial: { type: "boolean" },
  progress: { type: "boolean" },
} as const;

/** Rows between two lines of `--progress`. */
const ROWS_PER_LINE = 10_000;
/** Bad rows and changes that the text shows; `--json` has more. */
const SHOWN = 10;

/** Imports transactions into a portfolio's ledger. */
export const PORTFOLIO_IMPORT = {
  name: "portfolio:import",
  usage: `FILE [--portfolio ID] [--dry-run] [--partial] [--rejected FILE]
       deno task portfolio:import --undo IMPORT_ID [--portfolio ID]

Imports transactions from Transactions CSV v1.1, or from an export of Binance, Coinbase, Kraken,
Koinly or ghostfolio, told by its header; plain or gzip. All of the file is kept, or nothing where
a row is bad. The same file again changes nothing.

  --portfolio ID   the first one otherwise
  --dry-run        show what would be accepted, changed and rejected; keep nothing
  --partial        keep the good rows of a file that has bad ones too
  --rejected FILE  write the rejected rows as CSV, to be corrected and imported
  --mapping FILE   a mapping of your own, as in registry/imports
  --format F       v1.1, binance, coinbase, kraken, koinly or ghostfolio; the header tells else
  --account NAME   the account of rows that name none
  --undo ID        take an earlier import back as a whole
  --progress       print a line on standard error every ${ROWS_PER_LINE.toLocaleString("en")} rows
  --json           print one object: state, import_id, read, accepted, inserted, updated, duplicate,
                   quarantined, ignored, changes, errors, skipped
  --help           show this text`,
  flags: FLAGS,
  positionals: { min: 0, max: 1 },
  async main(context) {
    const { io, flags, positionals: [path] } = context;
    if ((path === undefined) === (flags.undo === undefined)) {
      throw new UsageError("Expected one FILE, or --undo with an import's id");
    }
    await using opened = await openFromEnvironment(io);
    const store = new SqlLedgerStore(opened.database, opened.clock);
    const scope = await ledgerScope(store, flags.portfolio);
    if (path === undefined) return await undo(store, { scope, context });
    const names = new AssetRegistry(loadRegistry(await readText(REGISTRY_FILE)));
    const mappings = await readMappings();
    const service = new LedgerImportService({ store, names, mappings, clock: opened.clock });
    const report = await importFile(service, { path, scope, context });
    const { importId } = report;
    if (flags.rejected !== undefined && importId !== null) {
      await writeRejected(flags.rejected, exportRejected(store, { scope, importId }));
    }
    context.report(toJson(report, scope), toText(report, { isPartial: flags.partial === true }));
    return report.state === "refused" ? 1 : 0;
  },
} as const satisfies Script<typeof FLAGS>;

type Context = ScriptContext<
  {
    readonly [Name in keyof typeof FLAGS]?:
      | (typeof FLAGS[Name]["type"] extends "string" ? string : boolean)
      | undefined;
  }
>;

async function importFile(
  service: LedgerImportService,
  { path, scope, context }: { path: string; scope: LedgerScope; context: Context },
): Promise<LedgerImportReport> {
  const { io, flags } = context;
  const mapping: Mapping | null = flags.mapping === undefined
    ? null
    : parseMapping(await readJson(flags.mapping), flags.mapping);
  using file = await openInput(path);
  const { size } = await file.stat();
  const bar = context.progress(path);
  let lines = 0;
  try {
    return await service.importFile({
      scope,
      fileName: basename(path),
      bytes: file.readable,
      mapping,
      format: flags.format ?? null,
      account: flags.account ?? null,
      isPreview: flags["dry-run"] === true,
      isPartial: flags.partial === true,
      signal: io.signal,
      onProgress: ({ rows, readBytes }) => {
        bar.update(readBytes, size, `${rows} rows`);
        if (flags.progress !== true || rows < (lines + 1) * ROWS_PER_LINE) return;
        lines = Math.floor(rows / ROWS_PER_LINE);
        io.stderr(`${path}: ${rows} rows\n`);
      },
    });
  } finally {
    bar.end();
  }
}

async function undo(
  store: LedgerStore,
  { scope, context }: { scope: LedgerScope; context: Context },
): Promise<number> {
  const importId = parseUuid(context.flags.undo ?? "");
  if (importId === null) throw new UsageError(`--undo "${context.flags.undo}": expected a UUID`);
  const outcome = await store.undoImport(scope, importId);
  if (outcome.kind === "refused") {
    throw new AppError("CONFLICT", `Cannot undo the import: ${outcome.reason}`);
  }
  const { removed, restored } = outcome;
  context.report(
    { state: "undone", import_id: importId, removed, restored },
    `Undone: ${removed} transactions removed, ${restored} restored`,
  );
  return 0;
}

async function writeRejected(path: string, lines: AsyncIterable<string>): Promise<void> {
  using file = await Deno.create(path);
  const encoder = new TextEncoder();
  await ReadableStream.from(lines).pipeThrough(
    new TransformStream<string, Uint8Array>({
      transform: (text, controller) => controller.enqueue(encoder.encode(text)),
    }),
  ).pipeTo(file.writable);
}

function toJson(report: LedgerImportReport, { portfolioId }: LedgerScope) {
  return {
    state: report.state,
    import_id: report.importId,
    portfolio_id: portfolioId,
    file: report.fileName,
    format: report.format,
    layout: report.layout,
    read: report.read,
    accepted: report.accepted,
    inserted: report.inserted,
    updated: report.updated,
    duplicate: report.duplicate,
    quarantined: report.quarantined,
    ignored: report.ignored,
    changes: report.changes,
    errors: report.rejected,
    skipped: report.skipped,
    changed_from: report.changedFrom === null ? null : formatUtcMs(report.changedFrom),
  };
}

const STATES: Readonly<Record<LedgerImportReport["state"], string>> = {
  committed: "Imported",
  preview: "Would import",
  refused: "Refused, as some rows are bad; nothing is kept of",
};

const WOULD_REFUSE = "Would refuse, as some rows are bad (--partial keeps the good ones):";

function toText(report: LedgerImportReport, { isPartial }: { isPartial: boolean }): string {
  const { read, accepted, duplicate, quarantined, ignored, updated } = report;
  const isRefusedThen = report.state === "preview" && quarantined > 0 && !isPartial;
  const outcome = isRefusedThen ? WOULD_REFUSE : STATES[report.state];
  return [
    `${outcome} ${report.fileName} (${report.format}): ${read} rows read, ` +
    `${accepted} accepted (${updated} of them changes), ${duplicate} known, ` +
    `${quarantined} rejected, ${ignored} ignored`,
    ...report.changes.slice(0, SHOWN).flatMap(({ line, changes }) =>
      changes.map(({ field, before, after }) =>
        `  line ${line}: ${field} ${before ?? "(none)"} -> ${after ?? "(none)"}`
      )
    ),
    ...report.rejected.slice(0, SHOWN).map(({ line, reason }) => `  line ${line}: ${reason}`),
  ].join("\n");
}

if (import.meta.main) await runAsProcess(PORTFOLIO_IMPORT);
