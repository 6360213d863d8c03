import type { Asset } from "../../../services/market/mod.ts";
import type { Portfolio, Watchlist } from "../../../services/portfolio/mod.ts";
import type { State } from "../../page_state.ts";

/** What the reader can do with an asset: where it is watched, and whose ledger it may enter. */
export interface AssetActions {
  /** The first list that holds it; `null` where none does. */
  readonly watchedIn: Pick<Watchlist, "id" | "name"> | null;
  /** The list that it would enter; `null` without any. */
  readonly firstList: Pick<Watchlist, "id" | "name"> | null;
  readonly portfolios: readonly Pick<Portfolio, "id" | "name">[];
}

/** Reads it for the owner of a request. */
export async function readAssetActions(
  { watchlists, portfolio }: Pick<State, "watchlists" | "portfolio">,
  request: Request,
  asset: Asset,
): Promise<AssetActions> {
  const ownerId = portfolio.ownerOf(request.headers);
  const [lists, portfolios] = await Promise.all([
    watchlists.list(ownerId),
    portfolio.portfolios.list(ownerId),
  ]);
  const holding = lists.find(({ items }) => items.some(({ assetId }) => assetId === asset.id));
  return { watchedIn: holding ?? null, firstList: lists[0] ?? null, portfolios };
}
