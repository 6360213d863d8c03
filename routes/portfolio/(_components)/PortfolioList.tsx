import { Moment } from "../../../components/figures/Moment.tsx";
import { ControlsHead } from "../../../components/table/ControlsHead.tsx";
import { formatCount } from "../../../components/format/number.ts";
import { Icon } from "../../../components/Icon.tsx";
import { Panel } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import type { Portfolio } from "../../../services/portfolio/mod.ts";
import { FIRST_SETTINGS, type SettingsValues } from "./portfolio_form.ts";
import { methodText } from "./portfolio_view.ts";
import { SettingsFields } from "./SettingsFields.tsx";

export interface PortfolioListProps {
  readonly portfolios: readonly Portfolio[];
  readonly refused: { readonly fields: SettingsValues; readonly message: string } | null;
}

/** Portfolios with their rules, a form for another, and what can be restored. */
export function PortfolioList({ portfolios, refused }: PortfolioListProps) {
  const kept = portfolios.filter(({ deletedAt }) => deletedAt === null);
  const deleted = portfolios.filter(({ deletedAt }) => deletedAt !== null);
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
        <div class="c-8 m-12 stack">
          <Panel id="portfolios" title="Yours" note={formatCount(kept.length)}>
            {kept.length === 0
              ? (
                <EmptyState icon="portfolio" title="No portfolio yet">
                  Create one here, then import a file of transactions or enter them by hand.
                </EmptyState>
              )
              : <KeptTable portfolios={kept} />}
          </Panel>
          {deleted.length === 0
            ? null
            : (
              <Panel id="deleted" title="Deleted" note="nothing of them is lost">
                <ul class="problems">
                  {deleted.map((one) => <DeletedItem key={one.id} portfolio={one} />)}
                </ul>
              </Panel>
            )}
        </div>
        <div class="c-4 m-12">
          <Panel id="new" title="New portfolio">
            <form method="post" action="/portfolio" class="stack-form">
              {refused === null
                ? null
                : <p class="hint" data-kind="bad" role="alert">{refused.message}</p>}
              <SettingsFields fields={refused?.fields ?? FIRST_SETTINGS} />
              <p class="hint">All of it can be changed later: lots are matched anew.</p>
              <div>
                <button type="submit" class="btn" data-kind="primary">Create portfolio</button>
              </div>
            </form>
          </Panel>
        </div>
      </div>
    </>
  );
}

function KeptTable({ portfolios }: { readonly portfolios: readonly Portfolio[] }) {
  return (
    <table class="table two-line" data-keys>
      <caption class="sr">Portfolios</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Currency</th>
          <th scope="col">Lots</th>
          <th scope="col" data-pri="2">Since</th>
          <ControlsHead />
        </tr>
      </thead>
      <tbody>
        {portfolios.map(({ id, name, baseCurrency, createdAt, ...rules }) => (
          <tr key={id}>
            <th scope="row" data-p="name">
              <span class="name">
                <a class="own" href={`/portfolio/${id}`} title={name}>{name}</a>
              </span>
            </th>
            <td data-p="value">{baseCurrency}</td>
            <td data-p="detail">
              {methodText(rules)},{" "}
              {rules.rule.pools === "account" ? "per account" : "over all accounts"}
            </td>
            <td data-pri="2">
              <Moment at={createdAt} />
            </td>
            <td class="num" data-p="change">
              <a
                class="btn"
                data-kind="quiet"
                data-size="s"
                href={`/portfolio/${id}/settings`}
                data-dialog
              >
                <Icon name="settings" />Settings
                <span class="sr">&nbsp;of {name}</span>
              </a>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
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
