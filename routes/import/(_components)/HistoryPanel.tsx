import { Moment } from "../../../components/figures/Moment.tsx";
import { ControlsHead } from "../../../components/table/ControlsHead.tsx";
import { formatLabel, rowsText } from "../../../components/imports/import_report.ts";
import { formatCount } from "../../../components/format/number.ts";
import { Icon } from "../../../components/Icon.tsx";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { Badge, type BadgeKind, EmptyState } from "../../../components/states/States.tsx";
import type { LedgerImport, Portfolio } from "../../../services/portfolio/mod.ts";
import type { ImportPageData } from "./read_import.ts";

const STATES: Readonly<Record<LedgerImport["state"], { kind: BadgeKind; word: string }>> = {
  committed: { kind: "ok", word: "Imported" },
  refused: { kind: "bad", word: "Refused" },
  undone: { kind: "plain", word: "Undone" },
};

/** Earlier imports with their sums; each can be taken back as a whole. */
export function HistoryPanel(
  { imports, chosen, formats }: Pick<ImportPageData, "imports" | "formats"> & {
    readonly chosen: Portfolio;
  },
) {
  return (
    <Panel id="history" title="Earlier imports" note={chosen.name}>
      <div data-region="history">
        {imports.length === 0
          ? (
            <EmptyState icon="import" title="Nothing was imported yet">
              Every import stands here with its sums and its rejected rows, and can be undone.
            </EmptyState>
          )
          : (
            <table class="table two-line">
              <caption class="sr">Imports, newest first</caption>
              <thead>
                <tr>
                  <th scope="col">File</th>
                  <th scope="col" data-pri="3">Format</th>
                  <th scope="col" data-pri="2">When</th>
                  <th scope="col" class="num" data-pri="2">Read</th>
                  <th scope="col" class="num">Accepted</th>
                  <th scope="col" class="num" data-pri="3">There already</th>
                  <th scope="col" class="num">Quarantined</th>
                  <th scope="col" class="num" data-pri="3">Ignored</th>
                  <th scope="col">State</th>
                  <ControlsHead />
                </tr>
              </thead>
              <tbody>
                {imports.map((one) => (
                  <ImportRow
                    key={one.importId}
                    one={one}
                    label={formatLabel(one.format, formats)}
                    portfolioId={chosen.id}
                  />
                ))}
              </tbody>
            </table>
          )}
        <SourceLine parts={["read = accepted + there already + quarantined + ignored"]} />
      </div>
    </Panel>
  );
}

interface ImportRowProps {
  readonly one: LedgerImport;
  /** What people call its format. */
  readonly label: string;
  readonly portfolioId: string;
}

function ImportRow({ one, label, portfolioId }: ImportRowProps) {
  const { kind, word } = STATES[one.state];
  return (
    <tr>
      <th scope="row" data-p="name">
        <span class="own" title={one.fileName}>{one.fileName}</span>
      </th>
      <td data-pri="3">{label}</td>
      <td data-pri="2">
        <Moment at={one.finishedAt} />
      </td>
      <td class="num" data-pri="2">{formatCount(one.read)}</td>
      <td class="num" data-p="value">
        {formatCount(one.accepted)}
        <span class="narrow-only">&nbsp;of {rowsText(one.read)}</span>
      </td>
      <td class="num" data-pri="3">{formatCount(one.duplicate)}</td>
      <td class="num">
        <Rejected one={one} portfolioId={portfolioId} />
      </td>
      <td class="num" data-pri="3">{formatCount(one.ignored)}</td>
      <td data-p="detail">
        <Badge kind={kind}>{word}</Badge>
        {one.quarantined === 0 ? null : (
          <span class="narrow-only">
            <Rejected one={one} portfolioId={portfolioId} /> quarantined
          </span>
        )}
      </td>
      <td class="num" data-p="change">
        {one.state === "committed" ? <UndoForm one={one} portfolioId={portfolioId} /> : null}
      </td>
    </tr>
  );
}

/** How many rows were set aside, which leads to the file of them. */
function Rejected({ one, portfolioId }: Omit<ImportRowProps, "label">) {
  if (one.quarantined === 0) return <>0</>;
  return (
    <a href={`/api/portfolio/${portfolioId}/imports/${one.importId}/rejected`} download>
      {formatCount(one.quarantined)}
      <span class="sr">&nbsp;rejected rows of {one.fileName}, CSV</span>
    </a>
  );
}

function UndoForm({ one, portfolioId }: Omit<ImportRowProps, "label">) {
  return (
    <form method="post" action="/import" enctype="multipart/form-data">
      <input type="hidden" name="portfolio" value={portfolioId} />
      <input type="hidden" name="undo" value={one.importId} />
      <button type="submit" class="btn" data-size="s">
        <Icon name="undo" />Undo
        <span class="sr">&nbsp;the import of {one.fileName}</span>
      </button>
    </form>
  );
}
