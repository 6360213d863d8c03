import { type Signal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { ClientError, fetchPage } from "../../components/api/client.ts";
import { importFile, type UploadOrder, type UploadProgress } from "../../components/api/imports.ts";
import {
  type ImportReport,
  type MappingProposal,
  proposalOf,
} from "../../components/imports/import_report.ts";
import { replaceRegions } from "../page/regions.ts";

export type UploadSettings = Omit<UploadOrder, "isPreview">;

/** Everything that the desk of imports knows and can do. */
export interface ImportState {
  readonly file: Signal<File | null>;
  readonly settings: Signal<UploadSettings>;
  readonly report: Signal<ImportReport | null>;
  readonly progress: Signal<UploadProgress | null>;
  readonly failure: Signal<string | null>;
  /** Columns of the file, once they were asked for or are not known. */
  readonly columns: Signal<MappingProposal | null>;
  /** Takes a file and previews it. */
  choose(file: File): void;
  send(options: { readonly isPreview: boolean }): Promise<void>;
  change(settings: Partial<UploadSettings>): void;
  editColumns(): Promise<void>;
  cancel(): void;
  discard(): void;
}

/** Of a file's start, enough for its header. */
const HEADER_BYTES = 65_536;

export function useImport(portfolioId: string): ImportState {
  const file = useSignal<File | null>(null);
  const report = useSignal<ImportReport | null>(null);
  const progress = useSignal<UploadProgress | null>(null);
  const failure = useSignal<string | null>(null);
  const columns = useSignal<MappingProposal | null>(null);
  const settings = useSignal<UploadSettings>({
    ...{ portfolioId, isPartial: false, format: "", account: "", mapping: null },
  });
  const abort = useRef<AbortController | null>(null);

  function clear() {
    abort.current?.abort();
    report.value = null;
    failure.value = null;
    progress.value = null;
  }

  async function send({ isPreview }: { readonly isPreview: boolean }) {
    const chosen = file.value;
    if (chosen === null) return;
    clear();
    const own = new AbortController();
    abort.current = own;
    progress.value = { done: 0, total: null, note: isPreview ? "Reading" : "Importing" };
    try {
      report.value = await importFile(chosen, {
        order: { ...settings.value, isPreview },
        signal: own.signal,
        onProgress: (at) => progress.value = at,
      });
      if (!isPreview) replaceRegions(await fetchPage(location.href), Date.now());
    } catch (error) {
      if (own.signal.aborted) return;
      if (!(error instanceof ClientError)) throw error;
      failure.value = error.message;
      columns.value = proposalOf(error.details) ?? columns.value;
    } finally {
      if (abort.current === own) progress.value = null;
    }
  }

  return {
    ...{ file, settings, report, progress, failure, columns, send },
    choose(chosen) {
      file.value = chosen;
      columns.value = null;
      settings.value = { ...settings.value, mapping: null };
      void send({ isPreview: true });
    },
    change: (changed) => settings.value = { ...settings.value, ...changed },
    async editColumns() {
      if (file.value === null) return;
      columns.value = { columns: await headerOf(file.value), proposal: {} };
    },
    cancel: clear,
    discard() {
      clear();
      file.value = null;
      columns.value = null;
    },
  };
}

/** The names of the first line, by its commonest separator. */
async function headerOf(file: File): Promise<readonly string[]> {
  const text = await file.slice(0, HEADER_BYTES).text();
  const line = text.replace(/^\uFEFF/, "").split(/\r?\n/, 1)[0] ?? "";
  const separator =
    [",", ";", "\t"].toSorted((a, b) => line.split(b).length - line.split(a).length)[0] ?? ",";
  return line.split(separator).map((name) => name.trim().replace(/^"|"$/g, "")).filter(Boolean);
}
