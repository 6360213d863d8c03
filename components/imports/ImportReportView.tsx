import { Quantity, UnitCost } from "../figures/Amounts.tsx";
import { formatCount } from "../format/number.ts";
import { Icon } from "../Icon.tsx";
import { Panel, SourceLine } from "../states/Panel.tsx";
import { Badge, type BadgeKind, Banner } from "../states/States.tsx";
import { actionWord } from "./actions.ts";
import {
  fixOf,
  type FormatLabel,
  formatLabel,
  type ImportReport,
  type ReadRow,
  type ReportedChange,
  type ReportedRow,
  rowsText,
} from "./import_report.ts";

export interface ImportReportViewProps {
  readonly report: ImportReport;
  readonly portfolioId: string;
  readonly formats: readonly FormatLabel[];
}

/** What became, or would become, of every row of a file; the sum always holds. */
export function ImportReportView(props: ImportReportViewProps) {
  const { report, portfolioId } = props;
  const { inserted, updated, duplicate, quarantined, ignored, read } = report;
  const parts = [inserted, duplicate, updated, quarantined, ignored];
  const words = report.state === "preview" ? "will be" : "were";
  return (
    <div class="stack">
      <Outcome {...props} />
      <div>
        <dl class="figs">
          <Count label="Read" value={read} note="rows" />
          <Count label="New" value={inserted} note={`${words} added`} />
          <Count label="Already there" value={duplicate} note="unchanged" />
          <Count label="Changed" value={updated} note="shown below" />
          <Count label="Quarantined" value={quarantined} note="kept apart, nothing lost" />
          <Count label="Ignored" value={ignored} note="say nothing for a ledger" />
        </dl>
        <p class="hint mt-2">
          {formatCount(read)} = {parts.map(formatCount).join(" + ")}. The sum always holds.
        </p>
      </div>
      <RowsPanel
        id="quarantine"
        title="Quarantine"
        rows={report.rejected}
        total={quarantined}
        rejectedHref={report.import_id === null
          ? null
          : `/api/portfolio/${portfolioId}/imports/${report.import_id}/rejected`}
      />
      <ChangesPanel changes={report.changes} total={updated} />
      {report.state === "preview" ? <FirstRowsPanel rows={report.first} /> : null}
      <RowsPanel
        id="ignored"
        title="Ignored"
        rows={report.skipped}
        total={ignored}
        rejectedHref={null}
      />
    </div>
  );
}

function Outcome({ report, portfolioId, formats }: ImportReportViewProps) {
  const { state, accepted, quarantined, read } = report;
  if (state === "preview") {
    return (
      <Banner kind="info">
        <b>A preview: nothing is kept yet.</b> {report.file_name} is read{" "}
        {formatWords(report, formats)}.
      </Banner>
    );
  }
  if (state === "refused") {
    return (
      <Banner kind="bad">
        <b>Nothing was imported</b>, as {formatCount(quarantined)} of {rowsText(read)}{" "}
        have faults. Correct them, or import the good rows without them.
      </Banner>
    );
  }
  return (
    <Banner
      kind="info"
      icon="check"
      actions={<a class="btn" data-size="s" href={`/portfolio/${portfolioId}`}>To the portfolio</a>}
    >
      <b>
        {accepted === 0 ? "Nothing to change" : `${rowsText(accepted)} imported`}
      </b>{" "}
      from {report.file_name}.
      {accepted === 0 && quarantined === 0 ? " Every row was there already: 0 changes." : ""}
    </Banner>
  );
}

/** How a file was read, in words. */
function formatWords(
  { format, layout }: ImportReport,
  formats: readonly FormatLabel[],
): string {
  if (format === "custom") return "by the columns that you chose";
  const label = formatLabel(format, formats);
  return layout === format ? `as ${label}` : `as ${label}, layout ${layout.replaceAll("_", " ")}`;
}

interface CountProps {
  readonly label: string;
  readonly value: number;
  readonly note: string;
}

function Count({ label, value, note }: CountProps) {
  return (
    <div class="fig">
      <dt>{label}</dt>
      <dd>{formatCount(value)}</dd>
      <dd>{note}</dd>
    </div>
  );
}

interface RowsPanelProps {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly ReportedRow[];
  readonly total: number;
  /** The file of all of them; `null` where none is kept. */
  readonly rejectedHref: string | null;
}

function RowsPanel({ id, title, rows, total, rejectedHref }: RowsPanelProps) {
  if (total === 0) return null;
  return (
    <Panel
      id={id}
      title={title}
      note={rowsText(total)}
      actions={rejectedHref === null
        ? undefined
        : (
          <a class="btn" data-size="s" href={rejectedHref} download>
            <Icon name="export" />Download {rowsText(total)}
          </a>
        )}
    >
      <table class="table import-rows">
        <caption class="sr">{title}: line, reason and what fixes it</caption>
        <thead>
          <tr>
            <th scope="col" class="num">Line</th>
            <th scope="col">Reason</th>
            <th scope="col" data-pri="2">Row as received</th>
            <th scope="col" data-pri="5">What fixes it</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.line} row={row} fix={id === "ignored" ? "Nothing to do" : fixOf(row)} />
          ))}
        </tbody>
      </table>
      <SourceLine
        state={rows.length < total ? "partial" : "current"}
        parts={[
          rows.length < total
            ? `the first ${formatCount(rows.length)} of ${formatCount(total)}`
            : "all of them",
          id === "ignored"
            ? "they change nothing"
            : rejectedHref === null
            ? "a file to correct once the import is done"
            : "the download imports once corrected",
        ]}
      />
    </Panel>
  );
}

function Row({ row, fix }: { readonly row: ReportedRow; readonly fix: string }) {
  return (
    <tr>
      <td class="num">{formatCount(row.line)}</td>
      <th scope="row">
        <span class="wrap">{row.reason}</span>
        <small class="fix">{fix}</small>
      </th>
      <td data-pri="2">
        <code class="amt wrap">{row.row}</code>
      </td>
      <td data-pri="5">
        <span class="wrap">{fix}</span>
      </td>
    </tr>
  );
}

const VERDICTS: Readonly<Record<ReadRow["verdict"], { kind: BadgeKind; word: string }>> = {
  inserted: { kind: "ok", word: "New" },
  updated: { kind: "provisional", word: "Changed" },
  duplicate: { kind: "plain", word: "There already" },
};

/** The first rows as they are read, to see whether columns and words mean what they should. */
function FirstRowsPanel({ rows }: { readonly rows: readonly ReadRow[] }) {
  if (rows.length === 0) return null;
  return (
    <Panel id="first-rows" title="As they are read" note={`the first ${formatCount(rows.length)}`}>
      <table class="table two-line">
        <caption class="sr">The first rows of the file as the ledger reads them</caption>
        <thead>
          <tr>
            <th scope="col" class="num" data-pri="2">Line</th>
            <th scope="col">What</th>
            <th scope="col">Time, UTC</th>
            <th scope="col" class="num">Quantity</th>
            <th scope="col" class="num" data-pri="2">Unit price, USD</th>
            <th scope="col" class="num" data-pri="3">Fee</th>
            <th scope="col" data-pri="3">Account</th>
            <th scope="col">Is</th>
          </tr>
        </thead>
        <tbody>{rows.map((row, at) => <FirstRow key={at} row={row} />)}</tbody>
      </table>
    </Panel>
  );
}

function ReadPrice({ row }: { readonly row: ReadRow }) {
  const price = row.unit_price ?? row.unit_price_usd;
  return (
    <>
      <UnitCost
        value={price === null ? null : Number(price)}
        reason="The row names no price: the close of its time counts"
      />
      {/* A report that was kept before prices in other money were told has none. */}
      {row.price_asset ? <span class="unit">{row.price_asset.toUpperCase()}</span> : null}
    </>
  );
}

function FirstRow({ row }: { readonly row: ReadRow }) {
  const { kind, word } = VERDICTS[row.verdict];
  return (
    <tr>
      <td class="num" data-pri="2">{formatCount(row.line)}</td>
      <th scope="row" data-p="name">
        <span class="name">
          <b>{actionWord(row.action)}</b>
          <small>{row.asset_id}</small>
        </span>
      </th>
      <td data-p="detail">{row.timestamp.slice(0, 16).replace("T", " ")}</td>
      <td class="num" data-p="value">
        <Quantity value={row.quantity} />
      </td>
      <td class="num" data-pri="2">
        <ReadPrice row={row} />
      </td>
      <td class="num" data-pri="3">
        {row.fee_amount === null ? "none" : (
          <>
            <Quantity value={row.fee_amount} />
            <span class="unit">{row.fee_asset}</span>
          </>
        )}
      </td>
      <td data-pri="3">
        <span class="own" title={row.account}>{row.account}</span>
      </td>
      <td data-p="change">
        <Badge kind={kind}>{word}</Badge>
      </td>
    </tr>
  );
}

interface ChangesPanelProps {
  readonly changes: readonly ReportedChange[];
  readonly total: number;
}

function ChangesPanel({ changes, total }: ChangesPanelProps) {
  if (total === 0) return null;
  return (
    <Panel id="changes" title="Changed rows" note={rowsText(total)}>
      <table class="table import-rows">
        <caption class="sr">Rows of the ledger that the file changes</caption>
        <thead>
          <tr>
            <th scope="col" class="num">Line</th>
            <th scope="col">Field</th>
            <th scope="col" class="num">Stored</th>
            <th scope="col" class="num">In the file</th>
          </tr>
        </thead>
        <tbody>
          {changes.flatMap(({ line, fields }) =>
            fields.map(({ field, before, after }) => (
              <tr key={`${line} ${field}`}>
                <td class="num">{formatCount(line)}</td>
                <th scope="row">{field}</th>
                <td class="num">
                  <span class="amt">{before ?? "blank"}</span>
                </td>
                <td class="num">
                  <span class="amt">{after ?? "blank"}</span>
                </td>
              </tr>
            ))
          )}
        </tbody>
      </table>
    </Panel>
  );
}
