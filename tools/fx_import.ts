import { basename } from "node:path";
import { AppError, StartupError } from "@/services/kernel/errors.ts";
import { type FxImportReport, FxImportService } from "@/services/portfolio/fx/fx_import.ts";
import { SqlFxStore } from "@/services/storage/mod.ts";
import { runAsProcess, type Script, type ScriptContext } from "./cli.ts";
import { openFromEnvironment } from "./cli_database.ts";
import { openInput } from "./portfolio_files.ts";

/** Refused cells that the text shows; `--json` has more. */
const SHOWN = 10;
const CHUNK_BYTES = 65_536;

/** Imports exchange rates of the European Central Bank. */
export const FX_IMPORT = {
  name: "fx:import",
  usage: `FILE…

Imports the European Central Bank's euro reference rates, as it publishes them: eurofxref-hist.csv
or eurofxref.csv, plain or gzip (unpack its ZIP first). Each file is one transaction; cells that
are no rates are set aside with line and reason. The same file again changes nothing.

  --json          print one object: files, each with days, read, inserted, updated, unchanged,
                  absent, quarantined, first, last, errors; and failures
  --help          show this text`,
  flags: {},
  positionals: { min: 1, max: Infinity },
  async main({ io, positionals, report, progress }) {
    await using opened = await openFromEnvironment(io);
    const { database, clock } = opened;
    const service = new FxImportService({ store: new SqlFxStore(database, clock), clock });
    const reports: FxImportReport[] = [];
    const failures: string[] = [];
    for (const path of positionals) {
      const bar = progress(path);
      const result = await importOne(service, path, io);
      bar.end();
      if (typeof result === "string") failures.push(result);
      else reports.push(result);
    }
    report({ files: reports.map(toJson), failures }, reports.map(toText).join("\n"));
    for (const failure of failures) io.stderr(`fx:import: ${failure}\n`);
    return failures.length > 0 ? 1 : 0;
  },
} as const satisfies Script<Record<string, never>>;

/** The report of a file, or why nothing of it was kept. */
async function importOne(
  service: FxImportService,
  path: string,
  { signal }: ScriptContext<Record<string, never>>["io"],
): Promise<FxImportReport | string> {
  try {
    using file = await openInput(path);
    return await service.importEcb(chunksOf(file), { origin: basename(path), signal });
  } catch (error) {
    if (error instanceof AppError || error instanceof StartupError) {
      return `${path}: ${error.message}`;
    }
    throw error;
  }
}

/** The file's bytes; unlike its stream they leave the file to be closed by who opened it. */
async function* chunksOf(file: Deno.FsFile): AsyncGenerator<Uint8Array> {
  for (;;) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const length = await file.read(chunk);
    if (length === null) return;
    yield chunk.subarray(0, length);
  }
}

function toJson(
  { refused, startedAt: _start, finishedAt: _end, importId, ...rest }: FxImportReport,
) {
  return { import_id: importId, ...rest, errors: refused };
}

function toText(report: FxImportReport): string {
  const { origin, days, first, last, inserted, updated, unchanged, absent, quarantined } = report;
  const span = first === null ? "" : `, ${first} to ${last}`;
  const counts =
    `${report.read} cells: ${inserted} new, ${updated} changed, ${unchanged} unchanged, ` +
    `${absent} without a rate, ${quarantined} refused`;
  const refused = report.refused.slice(0, SHOWN).map(({ line, reason }) =>
    `  line ${line}: ${reason}`
  );
  return [`${origin}: ${days} days${span}; ${counts}`, ...refused].join("\n");
}

if (import.meta.main) await runAsProcess(FX_IMPORT);
