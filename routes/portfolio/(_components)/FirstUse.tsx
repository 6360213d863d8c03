import { EmptyState } from "../../../components/states/States.tsx";
import { Icon } from "../../../components/Icon.tsx";
import type { PortfolioPageData } from "./read_portfolio.ts";

/** A portfolio without rows: the two ways to fill it. */
export function FirstUse({ view }: Pick<PortfolioPageData, "view">) {
  return (
    <EmptyState
      icon="portfolio"
      title="The ledger is empty"
      level={2}
      actions={
        <>
          <a class="btn" data-kind="primary" href={`/import?portfolio=${view.id}`}>
            <Icon name="import" />Import a file
          </a>
          <a class="btn" href={`/portfolio/${view.id}/transactions/new`} data-dialog>
            <Icon name="plus" />Add a transaction
          </a>
        </>
      }
    >
      Import what Binance, Coinbase, Kraken, Koinly or ghostfolio exported, or your own CSV; or
      enter transactions by hand. Value, lots and returns follow from them.
    </EmptyState>
  );
}
