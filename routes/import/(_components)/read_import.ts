import { HttpError } from "fresh";
import {
  type FormatLabel,
  type ImportReport,
  isImportReport,
} from "../../../components/imports/import_report.ts";
import { parseUuid, type Uuid } from "../../../services/kernel/ids.ts";
import {
  DIRECT_BYTES,
  type LedgerImport,
  type LedgerScope,
  type Portfolio,
  reportToJson,
} from "../../../services/portfolio/mod.ts";
import { readFields, textOf } from "../../forms.ts";
import type { State } from "../../page_state.ts";

const LISTED_IMPORTS = 50;

/** Everything that the page of imports shows. */
export interface ImportPageData {
  readonly portfolios: readonly Portfolio[];
  /** The one that is imported into; `null` without any. */
  readonly chosen: Portfolio | null;
  readonly imports: readonly LedgerImport[];
  readonly formats: readonly FormatLabel[];
  /** What came of a file that this request brought. */
  readonly report: ImportReport | null;
  /** Why what was asked for was not done. */
  readonly message: string | null;
  /** The import that was just taken back; `null` for none. */
  readonly undone: LedgerImport | null;
}

type Parts = Pick<State, "portfolio">;

/** The portfolios of who asks, and the imports of the one that is named, or of the first. */
export async function readImportPage(
  { portfolio: parts }: Parts,
  request: Request,
  { portfolioId, undoneId = null, report = null, message = null }: {
    readonly portfolioId: Uuid | null;
    readonly undoneId?: Uuid | null;
    readonly report?: ImportReport | null;
    readonly message?: string | null;
  },
): Promise<ImportPageData> {
  const ownerId = parts.ownerOf(request.headers);
  const portfolios = await parts.portfolios.list(ownerId);
  const chosen = portfolioId === null
    ? portfolios[0] ?? null
    : portfolios.find(({ id }) => id === portfolioId) ?? null;
  if (portfolioId !== null && chosen === null) throw new HttpError(404, "Portfolio not found");
  const imports = chosen === null
    ? []
    : await parts.ledger.listImports({ ownerId, portfolioId: chosen.id }, LISTED_IMPORTS);
  const undone =
    imports.find(({ importId, state }) => importId === undoneId && state === "undone") ?? null;
  return { portfolios, chosen, imports, formats: parts.ledger.formats, report, message, undone };
}

/** What a form sent: a file to preview or import, or an import to undo. */
export async function readUploadForm(request: Request): Promise<FormData> {
  const size = Number(request.headers.get("content-length") ?? Infinity);
  if (size > DIRECT_BYTES) {
    throw new HttpError(
      413,
      "Without JavaScript, files of at most 2 MiB can be sent: use deno task portfolio:import",
    );
  }
  return await readFields(request, "expected a file");
}

/** The portfolio that a form names. */
export function scopeOfForm(
  { portfolio: { ownerOf } }: Parts,
  request: Request,
  form: FormData,
): LedgerScope {
  const portfolioId = parseUuid(textOf(form, "portfolio"));
  if (portfolioId === null) throw new HttpError(400, "Cannot import: choose a portfolio first");
  return { ownerId: ownerOf(request.headers), portfolioId };
}

/** Imports or previews the file of a form. Throws a refusal as the service words it. */
export async function importForm(
  { portfolio: { desk } }: Parts,
  scope: LedgerScope,
  form: FormData,
): Promise<ImportReport | null> {
  const file = form.get("file");
  if (!(file instanceof File) || file.size === 0) {
    throw new HttpError(400, "Cannot import: choose a file first");
  }
  const received = await desk.receiveSmall({
    scope,
    fileName: file.name.slice(0, 255) || "transactions.csv",
    format: textOf(form, "format") || null,
    account: textOf(form, "account").slice(0, 80) || null,
    mapping: null,
    isPreview: textOf(form, "act") !== "import",
    isPartial: textOf(form, "partial") === "1",
  }, file.stream());
  const report: unknown = reportToJson(received);
  return isImportReport(report) ? report : null;
}
