import { Icon } from "../../../components/Icon.tsx";
import type { Asset } from "../../../services/market/mod.ts";
import type { AssetActions } from "./asset_actions.ts";

export interface AssetActionsBarProps {
  readonly asset: Asset;
  readonly actions: AssetActions;
}

/** To keep an eye on the asset, and to enter a transaction of it. */
export function AssetActionsBar({ asset, actions }: AssetActionsBarProps) {
  return (
    <div class="scope">
      <WatchForm asset={asset} actions={actions} />
      <AddLink asset={asset} actions={actions} />
    </div>
  );
}

function WatchForm({ asset, actions: { watchedIn, firstList } }: AssetActionsBarProps) {
  const list = watchedIn ?? firstList;
  return (
    <form method="post" action="/watchlist">
      <input type="hidden" name="asset" value={asset.id} />
      <input type="hidden" name="back" value={`/assets/${asset.id}`} />
      {list === null ? null : <input type="hidden" name="list" value={list.id} />}
      <button
        type="submit"
        class="btn"
        name="act"
        value={watchedIn !== null ? "remove" : list === null ? "create" : "add"}
        title={watchedIn === null ? undefined : `In "${watchedIn.name}"; press to take it out`}
      >
        <Icon name={watchedIn === null ? "watch" : "check"} />{" "}
        {watchedIn === null ? "Watch" : "Watched"}
      </button>
    </form>
  );
}

function AddLink({ asset, actions: { portfolios } }: AssetActionsBarProps) {
  const [first] = portfolios;
  const words = (
    <>
      <Icon name="plus" /> Add to portfolio
    </>
  );
  if (first === undefined) {
    return <a class="btn" data-kind="primary" href="/portfolio">{words}</a>;
  }
  const href = (id: string) => `/portfolio/${id}/transactions/new?asset=${asset.id}`;
  if (portfolios.length === 1) {
    return <a class="btn" data-kind="primary" href={href(first.id)}>{words}</a>;
  }
  return (
    <details class="menu" name="menu">
      <summary class="btn" data-kind="primary">
        {words} <Icon name="chevron-down" />
      </summary>
      <ul class="menu-list">
        {portfolios.map(({ id, name }) => (
          <li key={id}>
            <a href={href(id)}>{name}</a>
          </li>
        ))}
      </ul>
    </details>
  );
}
