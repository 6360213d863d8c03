import { useSignal } from "@preact/signals";
import { ACTION_WORDS } from "../../components/imports/actions.ts";
import type { CsvSample } from "../../components/imports/csv_sample.ts";
import { Panel, SourceLine } from "../../components/states/Panel.tsx";
import {
  type FieldByColumn,
  firstMapping,
  likelyAction,
  missingFields,
  tellsAccount,
  unknownWords,
  uploadMapping,
  withField,
} from "./column_mapping.ts";
import type { ColumnsToMap, ImportState } from "./import_state.ts";

export interface ColumnsPanelProps {
  readonly state: ImportState;
  readonly toMap: ColumnsToMap;
  /** Names of the fields that columns can stand for. */
  readonly fields: readonly string[];
}

/** Values of a column that are shown beside it. */
const SHOWN_VALUES = 3;

/** Which column of the file stands for what; sent as the file's own mapping. */
export function ColumnsPanel({ state, toMap: { sample, proposal }, fields }: ColumnsPanelProps) {
  const mapping = useSignal<FieldByColumn>(firstMapping(sample.columns, { fields, proposal }));
  const actions = useSignal<Readonly<Record<string, string>>>({});
  const { account } = state.settings.value;
  const missing = missingFields(mapping.value, { account });
  const words = unknownWords(sample, mapping.value);
  const actionOf = (word: string) => actions.value[word] ?? likelyAction(word);

  function preview() {
    const named = Object.fromEntries(words.map((word) => [word, actionOf(word)]));
    state.change({ format: "", mapping: uploadMapping(mapping.value, named) });
    void state.send({ isPreview: true });
  }

  const mapped = Object.keys(mapping.value).length;
  return (
    <Panel
      id="columns"
      title="Columns"
      note={`${mapped} of ${sample.columns.length} mapped`}
      actions={
        <button
          type="button"
          class="btn"
          data-kind={state.report.value === null ? "primary" : undefined}
          data-size="s"
          disabled={missing.length > 0}
          onClick={preview}
        >
          Preview with these columns
        </button>
      }
    >
      <ColumnsTable
        sample={sample}
        fields={fields}
        mapping={mapping.value}
        onChoose={(column, field) => mapping.value = withField(mapping.value, { column, field })}
      />
      {tellsAccount(mapping.value) ? null : (
        <label class="field mt-2">
          <span>Account that the rows are of, as no column tells it</span>
          <input
            class="input"
            value={account}
            maxLength={80}
            autocomplete="off"
            onInput={(event) => state.change({ account: event.currentTarget.value.trim() })}
          />
        </label>
      )}
      {words.length === 0 ? null : (
        <Words
          words={words}
          actionOf={actionOf}
          onChoose={(word, action) => actions.value = { ...actions.value, [word]: action }}
        />
      )}
      <SourceLine
        state={missing.length === 0 ? "current" : "partial"}
        parts={[
          missing.length === 0 ? "all that a row needs is mapped" : `needs ${missing.join(", ")}`,
          "columns that stand for nothing are kept beside the row",
        ]}
      />
    </Panel>
  );
}

interface ColumnsTableProps {
  readonly sample: CsvSample;
  readonly fields: readonly string[];
  readonly mapping: FieldByColumn;
  readonly onChoose: (column: string, field: string) => void;
}

function ColumnsTable({ sample, fields, mapping, onChoose }: ColumnsTableProps) {
  return (
    <table class="table two-line import-columns">
      <caption class="sr">Columns of the file and what they stand for</caption>
      <thead>
        <tr>
          <th scope="col">In the file</th>
          <th scope="col">Becomes</th>
          <th scope="col" data-pri="5">First values</th>
        </tr>
      </thead>
      <tbody>
        {sample.columns.map((column, at) => (
          <tr key={column}>
            <th scope="row" data-p="name">{column}</th>
            <td data-p="value">
              <select
                class="input"
                aria-label={`What ${column} stands for`}
                value={mapping[column] ?? ""}
                onChange={(event) => onChoose(column, event.currentTarget.value)}
              >
                <option value="">kept beside the row</option>
                {fields.map((field) => <option key={field} value={field}>{field}</option>)}
              </select>
            </td>
            <td class="values" data-p="detail" data-pri="5">{valuesOf(sample, at)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The first values of a column, in a line. */
function valuesOf({ rows }: CsvSample, at: number): string {
  return rows.slice(0, SHOWN_VALUES).map((row) => row[at]).filter(Boolean).join(" · ");
}

interface WordsProps {
  readonly words: readonly string[];
  readonly actionOf: (word: string) => string;
  readonly onChoose: (word: string, action: string) => void;
}

/** What the file's own words for actions mean. */
function Words({ words, actionOf, onChoose }: WordsProps) {
  return (
    <table class="table import-columns">
      <caption class="sr">Words of the file for actions</caption>
      <thead>
        <tr>
          <th scope="col">Its word</th>
          <th scope="col">Means</th>
        </tr>
      </thead>
      <tbody>
        {words.map((word) => (
          <tr key={word}>
            <th scope="row">{word}</th>
            <td>
              <select
                class="input"
                aria-label={`What ${word} means`}
                value={actionOf(word)}
                onChange={(event) => onChoose(word, event.currentTarget.value)}
              >
                <option value="">not known: its rows are quarantined</option>
                {Object.entries(ACTION_WORDS).map(([action, label]) => (
                  <option key={action} value={action}>{label}</option>
                ))}
                <option value="ignore">nothing: its rows are ignored</option>
              </select>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
