import { AppError } from "@/services/kernel/errors.ts";
import { AssetRegistry, type Interval, INTERVALS, loadRegistry } from "@/services/market/mod.ts";
import { CandleImportService } from "@/services/market/import_service.ts";
import type { ImportProgress } from "@/services/market/import_service.ts";
import { DiskCandleFiles } from "@/services/providers/file/candle_file.ts";
import { CANDLE_FORMATS } from "@/services/providers/file/layouts.ts";
import { SqlCandleStore } from "@/services/storage/mod.ts";
import { readText, REGISTRY_FILE } from "./assets_files.ts";
import { type ImportJob, planFiles, planFolder } from "./candles_import_plan.ts";
import { type ImportOutcome, ImportTotals } from "./candles_import_totals.ts";
import { choiceOf, runAsProcess, type Script, type ScriptContext, UsageError } from "./cli.ts";
import { openFromEnvironment } from "./cli_database.ts";

const FLAGS = {
  asset: { type: "string" },
  dir: { type: "string" },
  interval: { type: "string" },
  format: { type: "string" },
  source: { type: "string" },
  progress: { type: "boolean" },
} as const;

/** Rows between two lines of `--progress`. */
const ROWS_PER_LINE = 100_000;

/** Imports candles from CSV files into the store. */
export const CANDLES_IMPORT = {
  name: "candles:import",
  usage: `FILE… [--asset ID] [--interval 1m|5m|15m|1h|4h|1d|1w] [--source NAME]
       deno task candles:import --dir DIR [--interval …] [--source NAME]

Imports candles from CSV, plain or gzip. Each file is one transaction: all of its good rows are
kept, its bad ones are set aside with line and reason; a file that is mostly bad is refused whole.
The same file again changes nothing.

  --asset ID      whose candles; otherwise the file's name tells (BTCUSDT, BTC)
  --dir DIR       every CSV file below DIR; each folder's name becomes the source
  --interval I    otherwise the file's name or its rows tell
  --format F      auto (default), ${CANDLE_FORMATS.join(", ")}
  --source NAME   what the series is called: file by default, the folder with --dir
  --progress      print a line on standard error every ${ROWS_PER_LINE.toLocaleString("en")} rows
  --json          print one object: read, inserted, updated, unchanged, quarantined, first, last,
                  errors, files, skipped, refused, demo_removed
  --help          show this text`,
  flags: FLAGS,
  positionals: { min: 0, max: Infinity },
  async main(context) {
    const { io, flags, positionals, report } = context;
    const format = choiceOf(flags.format ?? "auto", {
      flag: "--format",
      names: ["auto", ...CANDLE_FORMATS],
    });
    const interval = flags.interval === undefined
      ? null
      : choiceOf(flags.interval, { flag: "--interval", names: INTERVALS });
    const assets = new AssetRegistry(loadRegistry(await readText(REGISTRY_FILE)));
    const plan = flags.dir === undefined
      ? planFiles(positionals, { asset: flags.asset, source: flags.source, assets })
      : await planFolder(folderOf(context), { source: flags.source, assets });
    await using opened = await openFromEnvironment(io);
    const { database, clock, config } = opened;
    const service = new CandleImportService({
      store: new SqlCandleStore(database, clock),
      files: new DiskCandleFiles(),
      clock,
      demoMode: config.demo,
    });
    const totals = new ImportTotals(plan.skipped);
    for (const job of plan.jobs) {
      const outcome = await importOne(service, job, { format, interval, context });
      totals.add(job, outcome, { isSkipAllowed: flags.dir !== undefined });
    }
    report(totals.toJson(), totals.toText());
    for (const sentence of totals.failures()) io.stderr(`candles:import: ${sentence}\n`);
    return totals.failures().length > 0 ? 1 : 0;
  },
} as const satisfies Script<typeof FLAGS>;

type Context = ScriptContext<
  { readonly [Name in keyof typeof FLAGS]?: string | boolean | undefined }
>;

async function importOne(
  service: CandleImportService,
  job: ImportJob,
  { format, interval, context }: { format: string; interval: Interval | null; context: Context },
): Promise<ImportOutcome> {
  const bar = context.progress(job.path);
  let lines = 0;
  const onProgress = ({ rows, readBytes, sizeBytes }: ImportProgress) => {
    bar.update(readBytes, sizeBytes, `${rows} rows`);
    if (context.flags.progress !== true || rows < (lines + 1) * ROWS_PER_LINE) return;
    lines = Math.floor(rows / ROWS_PER_LINE);
    context.io.stderr(`${job.path}: ${rows} rows\n`);
  };
  const { signal } = context.io;
  try {
    return await service.importFile({ ...job, format, interval, signal, onProgress });
  } catch (error) {
    if (error instanceof AppError) return { kind: "refused", error };
    throw error;
  } finally {
    bar.end();
  }
}

function folderOf({ flags, positionals }: Context): string {
  if (positionals.length > 0) throw new UsageError("--dir goes without FILE");
  if (flags.asset !== undefined) throw new UsageError("--dir takes the asset from the file names");
  return String(flags.dir);
}

if (import.meta.main) await runAsProcess(CANDLES_IMPORT);
