import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import type { Portfolio } from "../../../services/portfolio/mod.ts";
import type { ImportPageData } from "./read_import.ts";

/** The way in without scripts: the browser asks for the file again before each step. */
export function UploadForm(
  { portfolios, chosen, formats }: Pick<ImportPageData, "portfolios" | "formats"> & {
    readonly chosen: Portfolio;
  },
) {
  return (
    <Panel id="upload" title="File">
      <form method="post" action="/import" enctype="multipart/form-data" class="stack-form">
        <label class="field">
          <span>Into</span>
          <select class="input" name="portfolio">
            {portfolios.map(({ id, name }) => (
              <option key={id} value={id} selected={id === chosen.id}>{name}</option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>File, CSV or JSON</span>
          <input type="file" name="file" required accept=".csv,.json,.gz,text/csv" />
        </label>
        <label class="field">
          <span>Format</span>
          <select class="input" name="format">
            <option value="">Detect from the header</option>
            {formats.map(({ format, label }) => <option key={format} value={format}>{label}
            </option>)}
          </select>
        </label>
        <label class="check">
          <input type="checkbox" name="partial" value="1" />
          Import the good rows even if others have faults
        </label>
        <div class="form-acts">
          <button type="submit" class="btn" data-kind="primary" name="act" value="preview">
            Preview
          </button>
          <button type="submit" class="btn" name="act" value="import">Import</button>
        </div>
      </form>
      <SourceLine
        parts={["at most 2 MiB without JavaScript", "larger ones: deno task portfolio:import"]}
      />
    </Panel>
  );
}
