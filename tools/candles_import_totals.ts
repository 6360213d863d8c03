import { formatUtcMs, type UtcMs } from "@/services/kernel/time.ts";
import {
  type CandleImportReport,
  type ImportError,
  ImportRefusal,
  MAX_LISTED_ERRORS,
  type SkippedFile,
} from "@/services/market/import_service.ts";
import type { AppError } from "@/services/kernel/errors.ts";
import { counted } from "./cli.ts";
import type { ImportJob, SkippedPath } from "./candles_import_plan.ts";

/** What importing a file came to. */
export type ImportOutcome = CandleImportReport | SkippedFile | {
  readonly kind: "refused";
  readonly error: AppError;
};

/** Quarantined rows that the text for people shows. */
const SHOWN_ERRORS = 10;

/** Sums up imports for the report. */
export class ImportTotals {
  readonly #imported: (CandleImportReport & { readonly path: string })[] = [];
  readonly #skipped: SkippedPath[];
  readonly #refused: SkippedPath[] = [];
  readonly #errors: (ImportError & { readonly file: string })[] = [];
  #refusedRows = 0;

  constructor(skipped: readonly SkippedPath[]) {
    this.#skipped = [...skipped];
  }

  /** A file that was named and holds no candles is a failure; one of a folder is passed over. */
  add(
    { path }: ImportJob,
    outcome: ImportOutcome,
    { isSkipAllowed }: { isSkipAllowed: boolean },
  ): void {
    if (outcome.kind === "imported") {
      this.#imported.push({ ...outcome, path });
      this.#addErrors(path, outcome.errors);
    } else if (outcome.kind === "refused") {
      this.#refused.push({ file: path, reason: outcome.error.message });
      if (!(outcome.error instanceof ImportRefusal)) return;
      this.#refusedRows += outcome.error.rows;
      this.#addErrors(path, outcome.error.errors);
    } else if (isSkipAllowed) {
      this.#skipped.push({ file: path, reason: outcome.reason });
    } else {
      const reason = `Cannot import "${path}": it ${outcome.reason}`;
      this.#refused.push({ file: path, reason });
    }
  }

  /** One sentence for each refused file. */
  failures(): readonly string[] {
    if (this.#imported.length + this.#refused.length === 0) {
      return ["Found no candle file: expected .csv or .csv.gz files named after their asset"];
    }
    return this.#refused.map(({ reason }) => reason);
  }

  /** The object of `--json`. Of a refused file nothing is kept: all its rows count as bad. */
  toJson() {
    return {
      ...this.#sums(),
      errors: this.#errors,
      files: this.#imported.map((report) => ({
        file: report.path,
        asset_id: report.assetId,
        interval: report.interval,
        source: report.source,
        format: report.format,
        rows: report.rows,
        read: report.read,
        inserted: report.inserted,
        updated: report.updated,
        unchanged: report.unchanged,
        quarantined: report.quarantined,
        first: isoOrNull(report.first),
        last: isoOrNull(report.last),
      })),
      skipped: this.#skipped,
      refused: this.#refused,
      demo_removed: this.#sum("demoRemoved"),
    };
  }

  toText(): string {
    const demoRemoved = this.#sum("demoRemoved");
    const { read, inserted, updated, unchanged, quarantined } = this.#sums();
    return [
      ...this.#imported.map((report) =>
        `${report.path}: ${report.assetId} ${report.interval} as ${report.source}, ${
          countsText(report)
        }`
      ),
      ...this.#skipped.map(({ file, reason }) => `${file}: skipped, ${reason}`),
      ...this.#errors.slice(0, SHOWN_ERRORS).map(({ file, line, reason }) =>
        `${file}, line ${line}: ${reason}`
      ),
      ...(this.#errors.length > SHOWN_ERRORS ? ["More with --json"] : []),
      ...(demoRemoved > 0 ? [`Removed the demo market: ${demoRemoved} series`] : []),
      `${counted(this.#imported.length, "file")}: ${
        countsText({ read, inserted, updated, unchanged, quarantined })
      }`,
    ].join("\n");
  }

  #addErrors(file: string, errors: readonly ImportError[]): void {
    const room = Math.max(0, MAX_LISTED_ERRORS - this.#errors.length);
    for (const { line, reason } of errors.slice(0, room)) this.#errors.push({ file, line, reason });
  }

  #sums() {
    const times = (name: "first" | "last") =>
      this.#imported.flatMap((report) => report[name] ?? []).sort((a, b) => a - b);
    return {
      read: this.#sum("read") + this.#refusedRows,
      inserted: this.#sum("inserted"),
      updated: this.#sum("updated"),
      unchanged: this.#sum("unchanged"),
      quarantined: this.#sum("quarantined") + this.#refusedRows,
      first: isoOrNull(times("first")[0] ?? null),
      last: isoOrNull(times("last").at(-1) ?? null),
    };
  }

  #sum(name: "read" | "inserted" | "updated" | "unchanged" | "quarantined" | "demoRemoved") {
    return this.#imported.reduce((total, report) => total + report[name], 0);
  }
}

type Counts = Pick<
  CandleImportReport,
  "read" | "inserted" | "updated" | "unchanged" | "quarantined"
>;

function countsText({ read, inserted, updated, unchanged, quarantined }: Counts): string {
  return `${read} read: ${inserted} new, ${updated} changed, ${unchanged} known, ` +
    `${quarantined} quarantined`;
}

function isoOrNull(at: UtcMs | null): string | null {
  return at === null ? null : formatUtcMs(at);
}
