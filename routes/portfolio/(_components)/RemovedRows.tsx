import { Quantity } from "../../../components/figures/Amounts.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { Icon } from "../../../components/Icon.tsx";
import { actionWord } from "../../../components/imports/actions.ts";
import { Panel } from "../../../components/states/Panel.tsx";
import type { RemovedRow } from "../../../services/portfolio/mod.ts";
import { type AssetLabels, labelOf } from "./read_portfolio.ts";

export interface RemovedRowsProps {
  /** The last removed first. */
  readonly removed: readonly RemovedRow[];
  readonly labels: AssetLabels;
  readonly portfolioId: string;
}

/** Rows that were removed by hand and can be put back; nothing where there are none. */
export function RemovedRows({ removed, labels, portfolioId }: RemovedRowsProps) {
  if (removed.length === 0) return null;
  return (
    <Panel id="removed" title="Removed" note="kept for 30 days">
      <ul class="problems">
        {removed.map(({ row, fee, removedAt }) => {
          const name = `${actionWord(row.action)} ${labelOf(labels, row.assetId).symbol}`;
          return (
            <li key={row.id} data-kind="plain">
              <Icon name="trash" />
              <b>{name}</b>
              <form method="post" action={`/portfolio/${portfolioId}/transactions`}>
                <input type="hidden" name="restore" value={row.id} />
                <button type="submit" class="btn" data-size="s">
                  <Icon name="undo" />Restore
                  <span class="sr">&nbsp;{name}</span>
                </button>
              </form>
              <p>
                <Quantity value={row.quantity} /> of <Moment at={row.at} />
                {fee === null ? "" : ", with its fee"}, removed <Moment at={removedAt} />
              </p>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
