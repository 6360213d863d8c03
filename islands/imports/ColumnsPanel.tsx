import { useSignal } from "@preact/signals";
import type { MappingProposal } from "../../components/imports/import_report.ts";
import { Panel } from "../../components/states/Panel.tsx";
import type { ImportState } from "./import_state.ts";

export interface ColumnsPanelProps {
  readonly state: ImportState;
  readonly proposal: MappingProposal;
  /** Names of the fields that columns can stand for. */
  readonly fields: readonly string[];
}

/** Words of the file for actions, one a line: `bought = BUY`. */
function readActions(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split("\n").flatMap((line) => {
      const [word = "", action = ""] = line.split("=").map((part) => part.trim());
      return word === "" || action === "" ? [] : [[word, action.toUpperCase()]];
    }),
  );
}

/** Which column of the file stands for what; sent as the file's own mapping. */
export function ColumnsPanel({ state, proposal, fields }: ColumnsPanelProps) {
  const chosen = useSignal<Readonly<Record<string, string>>>({
    // A column that is called like a field stands for it until somebody says otherwise.
    ...Object.fromEntries(
      fields.filter((name) => proposal.columns.includes(name)).map((name) => [name, name]),
    ),
    ...proposal.proposal,
  });
  const actions = useSignal("");

  function preview() {
    const columns = Object.fromEntries(Object.entries(chosen.value).filter(([, name]) => name));
    state.change({ format: "", mapping: { columns, actions: readActions(actions.value) } });
    void state.send({ isPreview: true });
  }

  const mapped = Object.values(chosen.value).filter(Boolean).length;
  return (
    <Panel id="columns" title="Columns" note={`${mapped} of ${proposal.columns.length} mapped`}>
      <div class="import-columns">
        {fields.map((name) => (
          <label key={name} class="field">
            <span>{name}</span>
            <select
              class="input"
              value={chosen.value[name] ?? ""}
              onChange={(event) =>
                chosen.value = { ...chosen.value, [name]: event.currentTarget.value }}
            >
              <option value="">—</option>
              {proposal.columns.map((column) => (
                <option key={column} value={column}>{column}</option>
              ))}
            </select>
          </label>
        ))}
      </div>
      <label class="field mt-2">
        <span>Words for actions, as "bought = BUY", one a line</span>
        <textarea
          class="input"
          rows={3}
          onInput={(event) =>
            actions.value = event.currentTarget.value}
        />
      </label>
      <div class="mt-2">
        <button type="button" class="btn" onClick={preview}>Preview with these columns</button>
      </div>
    </Panel>
  );
}
