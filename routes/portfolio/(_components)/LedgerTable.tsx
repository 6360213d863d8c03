import { Quantity } from "../../../components/figures/Amounts.tsx";
import { ControlsHead } from "../../../components/table/ControlsHead.tsx";
import { CsvLink } from "../../../components/table/PanelLinks.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { Icon } from "../../../components/Icon.tsx";
import { actionWord } from "../../../components/imports/actions.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import type { LedgerRow } from "../../../services/portfolio/mod.ts";
import { type AssetLabels, labelOf, type PortfolioPageData } from "./read_portfolio.ts";
import { RowPrice } from "./RowPrice.tsx";

export interface LedgerTableProps {
  readonly rows: readonly LedgerRow[];
  readonly labels: AssetLabels;
  readonly portfolioId: string;
}

/** Rows of the ledger as they are kept; each opens to be corrected. */
export function LedgerTable({ rows, labels, portfolioId }: LedgerTableProps) {
  return (
    <table class="table two-line" data-keys>
      <caption class="sr">Rows of the ledger</caption>
      <thead>
        <tr>
          <th scope="col">Row</th>
          <th scope="col">Time</th>
          <th scope="col" class="num">Quantity</th>
          <th scope="col" class="num" data-pri="2">Unit price, USD</th>
          <th scope="col" data-pri="3">Account</th>
          <th scope="col" data-pri="4">From</th>
          <ControlsHead />
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <th scope="row" data-p="name">
              <span class="name">
                <b>{actionWord(row.action)}</b>
                <small>{labelOf(labels, row.assetId).symbol}</small>
              </span>
            </th>
            <td data-p="detail">
              <Moment at={row.at} />
            </td>
            <td class="num" data-p="value">
              <Quantity value={row.quantity} />
            </td>
            <td class="num" data-pri="2">
              <RowPrice row={row} />
            </td>
            <td data-pri="3">
              <span class="own" title={row.account}>{row.account}</span>
            </td>
            <td data-pri="4">
              <small class="muted">
                {row.importId === null ? "entered by hand" : `import, line ${row.line ?? "?"}`}
              </small>
            </td>
            <td class="num" data-p="change">
              <EditLink row={row} portfolioId={portfolioId} labels={labels} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface EditLinkProps {
  readonly row: LedgerRow;
  readonly portfolioId: string;
  readonly labels: AssetLabels;
}

/** A fee is changed with the row that it was paid for. */
function EditLink({ row, portfolioId, labels }: EditLinkProps) {
  return (
    <a
      class="btn"
      data-kind="quiet"
      data-size="s"
      href={`/portfolio/${portfolioId}/transactions/${row.parentId ?? row.id}`}
      data-dialog
    >
      <Icon name="edit" />
      Edit
      <span class="sr">
        &nbsp;{actionWord(row.action)} {labelOf(labels, row.assetId).symbol}
      </span>
    </a>
  );
}

/** The newest rows of the ledger. */
export function LedgerPanel({ view, rows, labels }: PortfolioPageData) {
  return (
    <Panel
      id="ledger"
      title="Ledger"
      note="newest rows"
      actions={
        <>
          <a class="btn" data-size="s" href={`/portfolio/${view.id}/transactions`}>All rows</a>
          <CsvLink href={`/api/portfolio/${view.id}/export`} of="transactions" />
        </>
      }
    >
      <LedgerTable rows={rows} labels={labels} portfolioId={view.id} />
      <SourceLine parts={["Transactions CSV v1.1, exports and imports again without loss"]} />
    </Panel>
  );
}
