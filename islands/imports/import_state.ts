import { type Signal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { ClientError, fetchPage } from "../../components/api/client.ts";
import {
  ImportCancelled,
  importFile,
  type UploadOrder,
  type UploadProgress,
} from "../../components/api/imports.ts";
import { type CsvSample, readCsvSample } from "../../components/imports/csv_sample.ts";
import {
  type ImportReport,
  type MappingProposal,
  proposalOf,
} from "../../components/imports/import_report.ts";
import { replaceRegions } from "../page/regions.ts";

export type UploadSettings = Omit<UploadOrder, "isPreview">;

/** Columns that somebody is to choose, with what is known of them. */
export interface ColumnsToMap {
  readonly sample: CsvSample;
  /** Which column may stand for which field. */
  readonly proposal: MappingProposal["proposal"];
}

/** Everything that the desk of imports knows and can do. */
export interface ImportState {
  readonly file: Signal<File | null>;
  readonly settings: Signal<UploadSettings>;
  readonly report: Signal<ImportReport | null>;
  readonly progress: Signal<UploadProgress | null>;
  readonly failure: Signal<string | null>;
  /** Whether the last thing that was begun was broken off by its user. */
  readonly isCancelled: Signal<boolean>;
  /** Columns of the file, once they were asked for or are not known. */
  readonly columns: Signal<ColumnsToMap | null>;
  /** Takes a file and previews it. */
  choose(file: File): void;
  send(options: { readonly isPreview: boolean }): Promise<void>;
  change(settings: Partial<UploadSettings>): void;
  editColumns(): Promise<void>;
  cancel(): void;
  discard(): void;
}

const NO_PROPOSAL: MappingProposal = { columns: [], proposal: {} };
/** Of a file's start, enough for its header, its first rows and most words that it uses. */
const SAMPLE_BYTES = 65_536;

function useSignals(portfolioId: string) {
  return {
    file: useSignal<File | null>(null),
    report: useSignal<ImportReport | null>(null),
    progress: useSignal<UploadProgress | null>(null),
    failure: useSignal<string | null>(null),
    isCancelled: useSignal(false),
    columns: useSignal<ColumnsToMap | null>(null),
    settings: useSignal<UploadSettings>({
      ...{ portfolioId, isPartial: true, format: "", account: "", mapping: null },
    }),
  };
}

export function useImport(portfolioId: string): ImportState {
  const signals = useSignals(portfolioId);
  const { file, settings, report, progress, failure, isCancelled, columns } = signals;
  const abort = useRef<AbortController | null>(null);

  function clear() {
    abort.current?.abort();
    abort.current = null;
    report.value = null;
    failure.value = null;
    progress.value = null;
    isCancelled.value = false;
  }

  async function send({ isPreview }: { readonly isPreview: boolean }) {
    const chosen = file.value;
    if (chosen === null) return;
    clear();
    const own = new AbortController();
    abort.current = own;
    // What was left for something else since tells nothing any more.
    const whileCurrent = (tell: () => void) => abort.current === own ? tell() : undefined;
    progress.value = { done: 0, total: null, note: isPreview ? "Reading" : "Importing" };
    try {
      const told = await importFile(chosen, {
        order: { ...settings.value, isPreview },
        signal: own.signal,
        onProgress: (at) => whileCurrent(() => progress.value = at),
      });
      whileCurrent(() => report.value = told);
      if (!isPreview) replaceRegions(await fetchPage(location.href), Date.now());
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      const proposed = proposalOf(error.details);
      const next = proposed === null ? columns.value : await columnsOf(chosen, proposed);
      whileCurrent(() => {
        isCancelled.value = error instanceof ImportCancelled;
        failure.value = isCancelled.value ? null : error.message;
        columns.value = next;
      });
    } finally {
      whileCurrent(() => progress.value = null);
    }
  }

  return {
    ...signals,
    send,
    choose(chosen) {
      file.value = chosen;
      columns.value = null;
      settings.value = { ...settings.value, mapping: null };
      void send({ isPreview: true });
    },
    change: (changed) => settings.value = { ...settings.value, ...changed },
    async editColumns() {
      if (file.value !== null) columns.value = await columnsOf(file.value, NO_PROPOSAL);
    },
    cancel() {
      abort.current?.abort();
      progress.value = { done: 0, total: null, note: "Cancelling" };
    },
    discard() {
      clear();
      file.value = null;
      columns.value = null;
    },
  };
}

/** The start of a file as a table; the columns that the server told where it can't be read here. */
async function columnsOf(file: File, { columns, proposal }: MappingProposal) {
  const sample = await sampleOf(file);
  return { sample: columns.length > 0 ? { ...sample, columns } : sample, proposal };
}

async function sampleOf(file: File): Promise<CsvSample> {
  const isPacked = file.name.toLowerCase().endsWith(".gz");
  if (!isPacked) {
    const text = await file.slice(0, SAMPLE_BYTES).text();
    return readCsvSample(text, { isWhole: file.size <= SAMPLE_BYTES });
  }
  const reader = file.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const decoder = new TextDecoder();
  let text = "";
  let isWhole = false;
  try {
    while (text.length < SAMPLE_BYTES && !isWhole) {
      const { value, done } = await reader.read();
      isWhole = done;
      if (value !== undefined) text += decoder.decode(value, { stream: true });
    }
  } catch {
    // What is no gzip after all, or gzip in several members, is read by the server alone.
    return { columns: [], rows: [] };
  } finally {
    await reader.cancel().catch(() => {});
  }
  return readCsvSample(text, { isWhole });
}
