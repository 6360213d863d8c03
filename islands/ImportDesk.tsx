import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import {
  type FormatLabel,
  type ImportReport,
  rowsText,
} from "../components/imports/import_report.ts";
import { ImportReportView } from "../components/imports/ImportReportView.tsx";
import { Icon } from "../components/Icon.tsx";
import { formatCount } from "../components/format/number.ts";
import { Panel, SourceLine } from "../components/states/Panel.tsx";
import { EmptyState } from "../components/states/States.tsx";
import { type ImportState, useImport } from "./imports/import_state.ts";
import { ColumnsPanel } from "./imports/ColumnsPanel.tsx";

export interface ImportDeskProps {
  readonly portfolios: readonly { readonly id: string; readonly name: string }[];
  /** Id of the portfolio that is imported into. */
  readonly chosen: string;
  readonly formats: readonly FormatLabel[];
  /** Names of the fields that columns can stand for. */
  readonly fields: readonly string[];
}

/** Larger files are imported by a task, which can be told to end. */
const DIRECT_BYTES = 2 * 1024 ** 2;

/** Drop a file, see what would become of each of its rows, then import it. */
export default function ImportDesk(props: ImportDeskProps) {
  const state = useImport(props.chosen);
  const { columns } = state;
  return (
    <div class="needs-js grid import-desk">
      <div class="c-4 m-12 stack">
        <FilePanel {...props} state={state} />
        {columns.value === null
          ? null
          : <ColumnsPanel state={state} fields={props.fields} toMap={columns.value} />}
      </div>
      <div class="c-8 m-12 stack" aria-live="polite">
        <Outcome state={state} formats={props.formats} />
      </div>
    </div>
  );
}

/** What came of the file, or what will. */
function Outcome(
  { state, formats }: Pick<ImportDeskProps, "formats"> & { readonly state: ImportState },
) {
  const { report, failure, progress, isCancelled, columns, settings } = state;
  if (failure.value !== null) {
    return (
      <div class="banner" data-kind="bad" role="alert">
        <Icon name="error" />
        <p>
          <b>Not imported.</b> {failure.value}
          {columns.value === null ? "" : ". Say what its columns stand for, then preview it again."}
        </p>
        {columns.value === null
          ? (
            <button
              type="button"
              class="btn"
              data-size="s"
              onClick={() => void state.send({ isPreview: true })}
            >
              Try again
            </button>
          )
          : null}
      </div>
    );
  }
  if (report.value !== null) {
    return (
      <>
        <ImportReportView
          report={report.value}
          portfolioId={settings.value.portfolioId}
          formats={formats}
        />
        {report.value.state === "preview" ? <Decision state={state} report={report.value} /> : null}
      </>
    );
  }
  if (progress.value !== null) return null;
  return (
    <Panel id="outcome" title="Preview">
      <EmptyState
        icon={isCancelled.value ? "close" : "import"}
        title={isCancelled.value ? "Cancelled" : "No file chosen yet"}
      >
        {isCancelled.value
          ? "Nothing of the file was kept. Choose it again, or another one."
          : "Every row of the file is counted as new, there already, changed, quarantined or " +
            "ignored before anything is kept. Faulty rows come back as a file to correct."}
      </EmptyState>
    </Panel>
  );
}

function FilePanel(
  { state, portfolios, formats }: ImportDeskProps & { readonly state: ImportState },
) {
  const { file, settings, progress } = state;
  return (
    <Panel id="file" title="File">
      <Drop state={state} />
      {progress.value === null ? null : <Progress state={state} />}
      <div class="stack-form mt-4">
        <label class="field">
          <span>Into</span>
          <select
            class="input"
            value={settings.value.portfolioId}
            onChange={(event) => location.assign(`/import?portfolio=${event.currentTarget.value}`)}
          >
            {portfolios.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
          </select>
        </label>
        <label class="field">
          <span>Format</span>
          <select
            class="input"
            value={settings.value.format}
            onChange={(event) => {
              state.change({ format: event.currentTarget.value, mapping: null });
              void state.send({ isPreview: true });
            }}
          >
            <option value="">Detect from the header</option>
            {formats.map(({ format, label }) => <option key={format} value={format}>{label}
            </option>)}
          </select>
        </label>
        <label class="field">
          <span>Account of rows that name none</span>
          <input
            class="input"
            value={settings.value.account}
            maxLength={80}
            autocomplete="off"
            onChange={(event) => {
              state.change({ account: event.currentTarget.value.trim() });
              void state.send({ isPreview: true });
            }}
          />
        </label>
        {file.value === null || state.columns.value !== null ? null : (
          <div>
            <button
              type="button"
              class="btn"
              data-size="s"
              onClick={() => void state.editColumns()}
            >
              <Icon name="columns" />Choose columns
            </button>
          </div>
        )}
      </div>
      <SourceLine parts={[formats.map(({ label }) => label).join(", "), "plain or gzip"]} />
    </Panel>
  );
}

/** A place to drop a file on, with a button for those who do not drag. */
function Drop({ state }: { readonly state: ImportState }) {
  const isOver = useSignal(false);
  const file = state.file.value;

  function take(list: FileList | null | undefined) {
    const [chosen] = list ?? [];
    if (chosen) state.choose(chosen);
  }

  return (
    <label
      class="drop"
      data-over={isOver.value ? "" : undefined}
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => isOver.value = false}
      onDrop={(event) => {
        event.preventDefault();
        isOver.value = false;
        take(event.dataTransfer?.files);
      }}
    >
      <Icon name="import" />
      <b>{file === null ? "Drop a CSV or JSON here" : file.name}</b>
      <span class="hint">
        {file === null
          ? "or choose a file, at most 256 MiB and 1,000,000 rows"
          : `${formatCount(Math.ceil(file.size / 1024))} KiB, press to choose another`}
      </span>
      <input
        type="file"
        class="sr"
        accept=".csv,.json,.gz,text/csv,application/json"
        onChange={(event) => {
          take(event.currentTarget.files);
          // The same file, corrected, is a change again.
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}

function Progress({ state }: { readonly state: ImportState }) {
  const { done = 0, total = null, note = "" } = state.progress.value ?? {};
  // A small file is imported before a press could reach the server.
  const canCancel = note === "Reading" || (state.file.value?.size ?? 0) > DIRECT_BYTES;
  const words = note.replace(/^\d+/, (count) => formatCount(Number(count)));
  return (
    <div class="progress mt-4" role="status">
      {total === null
        ? <progress aria-label="Reading the file" />
        : <progress aria-label="Read of the file" value={done} max={total} />}
      {canCancel
        ? (
          <button type="button" class="btn" data-size="s" onClick={() => state.cancel()}>
            Cancel
          </button>
        )
        : null}
      <small>
        {words}
        {total === null ? "" : `, ${Math.floor(done / Math.max(1, total) * 100)}% of the file`}
      </small>
    </div>
  );
}

interface DecisionProps {
  readonly state: ImportState;
  readonly report: ImportReport;
}

/** After a preview: what is to become of the good rows. */
function Decision({ state, report: { accepted, quarantined } }: DecisionProps) {
  const { isPartial } = state.settings.value;
  const isRefusal = quarantined > 0 && !isPartial;
  return (
    <div class="import-decision">
      {quarantined === 0 ? null : (
        <fieldset class="choices">
          <legend class="sr">What is to become of the good rows</legend>
          <Choice state={state} isPartial>
            Import {rowsText(accepted)} that {accepted === 1 ? "is" : "are"} right, keep{" "}
            {formatCount(quarantined)} apart
          </Choice>
          <Choice state={state} isPartial={false}>
            Import nothing until every row is right
          </Choice>
        </fieldset>
      )}
      <div class="flex">
        <button type="button" class="btn" onClick={() => state.discard()}>Discard</button>
        <button
          type="button"
          class="btn"
          data-kind="primary"
          disabled={state.progress.value !== null}
          onClick={() => void state.send({ isPreview: false })}
        >
          {isRefusal
            ? `Set ${rowsText(quarantined)} aside`
            : accepted === 0
            ? "Import: nothing changes"
            : `Import ${rowsText(accepted)}`}
        </button>
      </div>
    </div>
  );
}

interface ChoiceProps {
  readonly state: ImportState;
  readonly isPartial: boolean;
  readonly children: ComponentChildren;
}

function Choice({ state, isPartial, children }: ChoiceProps) {
  return (
    <label class="check">
      <input
        type="radio"
        name="partial"
        checked={state.settings.value.isPartial === isPartial}
        onChange={() => state.change({ isPartial })}
      />
      <span>{children}</span>
    </label>
  );
}
