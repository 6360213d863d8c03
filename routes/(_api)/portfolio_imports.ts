import { z } from "zod";
import { AppError } from "../../services/kernel/errors.ts";
import {
  FIELDS,
  type ImportOrder,
  type ImportReceipt,
  type LedgerScope,
  type Mapping,
  MAX_IMPORT_BYTES,
  ownMapping,
  parseMapping,
  reportToJson,
} from "../../services/portfolio/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { IdParam, NOTHING, wholeNumber } from "./params.ts";
import {
  type Answer,
  answererOf,
  PORTFOLIO_TAG as tag,
  type PortfolioDeps,
  PortfolioParams,
  scopeOf,
} from "./portfolio_scope.ts";
import {
  ImportReportSchema,
  importToWire,
  LedgerChangeSchema,
  LedgerImportSchema,
  timeOf,
} from "./portfolio_wire.ts";
import { type Reply, streamed } from "./reply.ts";
import { noTask, Task, taskToWire } from "./tasks.ts";

const refusals = [404];
const ImportParams = PortfolioParams.extend({ import_id: IdParam });
const TaskParams = PortfolioParams.extend({ task_id: IdParam });
const Flag = z.enum(["0", "1", "true", "false"]).default("0");

const IMPORT_QUERY = {
  dry_run: Flag.describe("1 shows what would be, and keeps nothing"),
  partial: Flag.describe("1 keeps the good rows of a file that has bad ones too"),
  file_name: z.string().min(1).max(255).default("transactions.csv"),
  format: z.string().max(40).optional()
    .describe("One of /api/portfolio/import/formats; told by the header without it"),
  account: z.string().min(1).max(80).optional().describe("The account of rows that name none"),
  mapping: z.string().optional().describe(
    `JSON: {"columns":{"timestamp":"Date",…},"actions":{"bought":"BUY",…}}, the file's columns ` +
      `and words by ours: ${FIELDS.join(", ")}`,
  ),
};
const ImportQuery = z.object(IMPORT_QUERY);
type ImportQuery = z.output<typeof ImportQuery>;

const UPLOAD = "The file itself: CSV or JSON, plain or gzip, at most " +
  `${MAX_IMPORT_BYTES / 1024 ** 2} MiB`;

/** Files of transactions: imports with their previews, their rejected rows and their undoing. */
export function importEndpoints(deps: PortfolioDeps): readonly Endpoint[] {
  return [
    ...uploadEndpoints(deps),
    ...taskEndpoints(deps),
    ...historyEndpoints(deps),
  ];
}

function uploadEndpoints(deps: PortfolioDeps): readonly Endpoint[] {
  const { desk, ledger } = deps;
  const answer = answererOf(deps);
  const shape = {
    method: "POST" as const,
    tag,
    upload: UPLOAD,
    response: ImportReportSchema,
    accepted: Task,
    refusals,
  };
  return [
    endpoint({
      path: "/api/portfolio/import/formats",
      tag,
      summary: "The formats that a file may be told to have",
      params: NOTHING,
      query: NOTHING,
      response: z.array(z.object({ format: z.string(), label: z.string() })),
      handle: () => answer(ledger.formats),
    }),
    endpoint({
      ...shape,
      path: "/api/portfolio/{portfolio_id}/import",
      summary: "Import a file of transactions, or preview that",
      description: "Every row is accepted, a duplicate, quarantined or ignored. A file with " +
        "quarantined rows is refused as a whole (state refused) without partial=1. The same file " +
        "again changes nothing. A large file is imported by a task: see import/tasks.",
      params: PortfolioParams,
      query: ImportQuery,
      async handle(input) {
        const order = orderOf(scopeOf(input, deps), input.query);
        return receiptReply(await desk.receive(order, input.upload()), answer);
      },
    }),
    endpoint({
      ...shape,
      path: "/portfolio/holdings/import",
      summary: "Import a file of transactions into a portfolio, your first one without an id",
      params: NOTHING,
      query: z.object({ ...IMPORT_QUERY, portfolio_id: IdParam.optional() }),
      async handle({ headers, query: { portfolio_id, ...query }, upload }) {
        const ownerId = deps.ownerOf(headers());
        const portfolioId = portfolio_id ?? await ledger.openDefaultPortfolio(ownerId);
        const order = orderOf({ ownerId, portfolioId }, query);
        return receiptReply(await desk.receive(order, upload()), answer);
      },
    }),
  ];
}

function taskEndpoints(deps: PortfolioDeps): readonly Endpoint[] {
  const { jobs, portfolios } = deps;
  const answer = answererOf(deps);
  const shape = {
    path: "/api/portfolio/{portfolio_id}/import/tasks/{task_id}",
    tag,
    params: TaskParams,
    query: NOTHING,
    response: Task,
    refusals,
  };
  /** The import's task, if it is one of this portfolio. */
  const find = async (
    input: Parameters<typeof scopeOf>[0],
    taskId: Parameters<typeof jobs.get>[0],
  ) => {
    const { portfolioId } = scopeOf(input, deps);
    await portfolios.get(scopeOf(input, deps));
    const job = await jobs.get(taskId);
    const payload = TaskOwner.safeParse(job.payload);
    if (payload.success && payload.data.portfolio_id === portfolioId) return job;
    throw noTask(taskId);
  };
  return [
    endpoint({
      ...shape,
      summary: "How far the import of a large file is, and what came of it",
      async handle(input) {
        return answer(taskToWire(await find(input, input.params.task_id)));
      },
    }),
    endpoint({
      ...shape,
      method: "DELETE",
      summary: "Cancel the import of a large file: it leaves nothing",
      refusals: [404, 409],
      async handle(input) {
        const { id } = await find(input, input.params.task_id);
        return answer(taskToWire(await jobs.cancel(id)));
      },
    }),
  ];
}

const TaskOwner = z.object({ portfolio_id: z.string() });

function historyEndpoints(deps: PortfolioDeps): readonly Endpoint[] {
  const { ledger } = deps;
  const answer = answererOf(deps);
  const one = { tag, params: ImportParams, query: NOTHING, response: LedgerImportSchema, refusals };
  return [
    endpoint({
      path: "/api/portfolio/{portfolio_id}/imports",
      tag,
      summary: "Imports of a portfolio, the newest first",
      params: PortfolioParams,
      query: z.object({ limit: wholeNumber({ min: 1, max: 500, fallback: 50 }) }),
      response: z.array(LedgerImportSchema),
      refusals,
      async handle(input) {
        const imports = await ledger.listImports(scopeOf(input, deps), input.query.limit);
        return answer(imports.map(importToWire));
      },
    }),
    endpoint({
      ...one,
      path: "/api/portfolio/{portfolio_id}/imports/{import_id}",
      summary: "An import and its sums",
      async handle(input) {
        const found = await ledger.getImport(scopeOf(input, deps), input.params.import_id);
        return answer(importToWire(found));
      },
    }),
    endpoint({
      ...one,
      method: "DELETE",
      path: "/api/portfolio/{portfolio_id}/imports/{import_id}",
      summary: "Undo an import as a whole, as long as its rows were not changed since",
      response: LedgerChangeSchema.extend({
        removed: z.int(),
        restored: z.int().describe("Rows that it had changed, as they were before"),
      }),
      refusals: [404, 409],
      async handle(input) {
        const undone = await ledger.undoImport(scopeOf(input, deps), input.params.import_id);
        return answer({
          removed: undone.removed,
          restored: undone.restored,
          changed_from: timeOf(undone.changedFrom),
          ledger_version: undone.ledgerVersion,
        });
      },
    }),
    endpoint({
      ...one,
      path: "/api/portfolio/{portfolio_id}/imports/{import_id}/rejected",
      summary: "The rejected rows of an import with their reasons, to be corrected and imported",
      response: z.string(),
      isBare: true,
      mediaType: "text/csv",
      async handle(input) {
        const { import_id } = input.params;
        return streamed(await ledger.exportRejected(scopeOf(input, deps), import_id), {
          fileName: `rejected-${import_id}.csv`,
          mediaType: "text/csv",
        });
      },
    }),
  ];
}

function orderOf(
  scope: LedgerScope,
  { dry_run, partial, file_name, format, account, mapping }: ImportQuery,
): ImportOrder {
  return {
    scope,
    fileName: file_name,
    format: format ?? null,
    account: account ?? null,
    mapping: mapping === undefined ? null : readMapping(mapping),
    isPreview: isSet(dry_run),
    isPartial: isSet(partial),
  };
}

/** A mapping of the user's own: a whole one, or the columns and words of one layout. */
function readMapping(text: string): Mapping {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new AppError("VALIDATION_FAILED", "Cannot read mapping: expected JSON", {
      details: { fields: [{ name: "mapping", message: "Not JSON" }] },
      cause: error,
    });
  }
  const short = ShortMapping.safeParse(json);
  return short.success ? ownMapping(short.data) : parseMapping(json, "custom");
}

const ShortMapping = z.strictObject({
  columns: z.partialRecord(z.enum(FIELDS), z.string().min(1)),
  actions: z.record(z.string(), z.string()).default({}),
});

function isSet(flag: ImportQuery["dry_run"]): boolean {
  return flag === "1" || flag === "true";
}

function receiptReply(receipt: ImportReceipt, answer: Answer): Reply {
  return receipt.kind === "report"
    ? answer(reportToJson(receipt.report))
    : answer(taskToWire(receipt.job), { status: 202 });
}
