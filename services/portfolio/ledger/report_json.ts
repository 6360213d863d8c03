import { formatUtcMs } from "../../kernel/time.ts";
import type { JsonValue } from "../../ports/jobs.ts";
import type { LedgerImportReport } from "./import_service.ts";

/** What became of a file, as the API and the result of its job tell it. */
export function reportToJson(report: LedgerImportReport): JsonValue & object {
  const rowOf = ({ line, code, reason, candidates }: LedgerImportReport["rejected"][number]) => ({
    line,
    code,
    reason,
    candidates: [...candidates],
  });
  return {
    state: report.state,
    import_id: report.importId,
    file_name: report.fileName,
    format: report.format,
    layout: report.layout,
    read: report.read,
    accepted: report.accepted,
    inserted: report.inserted,
    updated: report.updated,
    duplicate: report.duplicate,
    quarantined: report.quarantined,
    ignored: report.ignored,
    changes: report.changes.map(({ line, id, changes }) => ({
      line,
      id,
      fields: changes.map(({ field, before, after }) => ({ field, before, after })),
    })),
    rejected: report.rejected.map(rowOf),
    skipped: report.skipped.map(rowOf),
    changed_from: report.changedFrom === null ? null : formatUtcMs(report.changedFrom),
    ledger_version: report.ledgerVersion,
  };
}
