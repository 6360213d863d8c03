import { Moment } from "../../../components/figures/Moment.tsx";
import { formatCount } from "../../../components/format/number.ts";
import { Icon } from "../../../components/Icon.tsx";
import { Panel } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import type { Portfolio, PortfolioSummary } from "../../../services/portfolio/mod.ts";
import { PortfolioTable } from "./PortfolioTable.tsx";
import { NewPortfolio } from "./NewPortfolio.tsx";
import type { SettingsValues } from "./portfolio_form.ts";
import { Refusal } from "./Refusal.tsx";

/** A form that was refused, and why. */
export interface Refused {
  /** What was typed for a new portfolio; `null` where one was to be restored. */
  readonly fields: SettingsValues | null;
  readonly message: string;
}

export interface PortfolioListProps {
  /** Those that are there. */
  readonly kept: readonly PortfolioSummary[];
  /** Those that can be restored. */
  readonly deleted: readonly Portfolio[];
  readonly refused: Refused | null;
  /** Whether a file is to be imported into the new one next. */
  readonly isForImport: boolean;
}

/** Portfolios with what each is worth, a form for another, and what can be restored. */
export function PortfolioList(
  { kept, deleted, refused, isForImport }: PortfolioListProps,
) {
  const fields = refused?.fields ?? null;
  return (
    <>
      <header class="page-head">
        <div>
          <h1>Portfolios</h1>
          <p class="asof">
            <span>{formatCount(kept.length)} kept on this server, for you alone</span>
          </p>
        </div>
      </header>
      <div class="grid">
        <div class="c-8 m-12 stack column">
          {kept.length === 0
            ? (
              <Panel id="portfolios" title="Yours" note="0">
                <EmptyState icon="portfolio" title="No portfolio yet">
                  Create one here, then import a file of transactions or enter them by hand.
                </EmptyState>
              </Panel>
            )
            : <PortfolioTable summaries={kept} />}
          {deleted.length === 0
            ? null
            : (
              <Panel id="deleted" title="Deleted" note="each can be restored for 30 days">
                {refused !== null && fields === null ? <Refusal message={refused.message} /> : null}
                <ul class="problems">
                  {deleted.map((one) => <DeletedItem key={one.id} portfolio={one} />)}
                </ul>
              </Panel>
            )}
        </div>
        <div class="c-4 m-12">
          <NewPortfolio
            fields={fields}
            message={refused !== null && fields !== null ? refused.message : null}
            isForImport={isForImport}
          />
        </div>
      </div>
    </>
  );
}

function DeletedItem({ portfolio }: { readonly portfolio: Portfolio }) {
  return (
    <li data-kind="plain">
      <Icon name="trash" />
      <b>{portfolio.name}</b>
      <form method="post" action="/portfolio">
        <input type="hidden" name="restore" value={portfolio.id} />
        <button type="submit" class="btn" data-size="s">
          <Icon name="undo" />Restore
          <span class="sr">&nbsp;{portfolio.name}</span>
        </button>
      </form>
      <p>
        deleted {portfolio.deletedAt === null ? null : <Moment at={portfolio.deletedAt} />}
      </p>
    </li>
  );
}
