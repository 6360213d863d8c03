import { z } from "zod";
import { parseUuid, type Uuid } from "../services/kernel/ids.ts";
import { HOUR_MS } from "../services/kernel/time.ts";
import {
  type ImportDesk,
  type LedgerImportReport,
  parseMapping,
  reportToJson,
  type UploadedImport,
} from "../services/portfolio/mod.ts";
import type { JsonValue, NewJob } from "../services/ports/jobs.ts";
import { defineJob, type Job } from "./job.ts";

const Id = z.string().transform((text, context): Uuid => {
  const id = parseUuid(text);
  if (id !== null) return id;
  context.addIssue({ code: "custom", message: "Expected a UUID" });
  return z.NEVER;
});

const Upload = z.strictObject({
  owner_id: z.string(),
  portfolio_id: Id,
  upload_id: Id,
  file_name: z.string(),
  format: z.string().nullable(),
  account: z.string().nullable(),
  /** Of the user's own columns, as JSON. */
  mapping: z.string().nullable(),
  is_preview: z.boolean(),
  is_partial: z.boolean(),
});
export type ImportPayload = z.output<typeof Upload>;

const DEFINITION = {
  name: "import_ledger",
  payload: Upload,
  key: ({ upload_id }: ImportPayload) => upload_id,
  timeoutMs: HOUR_MS,
  maxAttempts: 3,
  // The database takes one writer at a time.
  concurrency: 1,
};

/** Letters of a result, below the limit of what a job may leave. */
const MAX_RESULT = 60_000;

/** The row that asks for an uploaded file to be imported. */
export function importRequest({ scope, uploadId, ...order }: UploadedImport): NewJob {
  const { name, key, maxAttempts, timeoutMs } = DEFINITION;
  const payload: ImportPayload = {
    owner_id: scope.ownerId,
    portfolio_id: scope.portfolioId,
    upload_id: uploadId,
    file_name: order.fileName,
    format: order.format ?? null,
    account: order.account ?? null,
    mapping: order.mapping ? JSON.stringify(order.mapping) : null,
    is_preview: order.isPreview ?? false,
    is_partial: order.isPartial ?? false,
  };
  return { name, key: `${name} ${key(payload)}`, payload, maxAttempts, timeoutMs };
}

/** Imports an uploaded file: all of it, or nothing; the same file again changes nothing. */
export function importLedger(
  { desk }: { readonly desk: Pick<ImportDesk, "run"> },
): Job<ImportPayload> {
  return defineJob({
    ...DEFINITION,
    async run({ payload, signal, reportProgress }) {
      const mapping = payload.mapping === null ? null : JSON.parse(payload.mapping);
      const report = await desk.run({
        scope: { ownerId: payload.owner_id, portfolioId: payload.portfolio_id },
        uploadId: payload.upload_id,
        fileName: payload.file_name,
        format: payload.format,
        account: payload.account,
        mapping: mapping === null ? null : parseMapping(mapping, "custom"),
        isPreview: payload.is_preview,
        isPartial: payload.is_partial,
      }, {
        signal,
        onProgress: ({ rows, readBytes, sizeBytes }) =>
          reportProgress({ done: readBytes, total: sizeBytes, note: `${rows} rows read` }),
      });
      return fitting(report);
    },
  });
}

/** The report with as much of its lists as there is room for; its counts are always all. */
function fitting(report: LedgerImportReport): JsonValue {
  for (let listed = 100;; listed = Math.floor(listed / 2)) {
    const json = reportToJson({
      ...report,
      changes: report.changes.slice(0, listed),
      rejected: report.rejected.slice(0, listed),
      skipped: report.skipped.slice(0, listed),
      first: report.first.slice(0, listed),
    });
    if (listed === 0 || JSON.stringify(json).length <= MAX_RESULT) return json;
  }
}
