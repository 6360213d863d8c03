import type { Asset } from "../../../services/market/mod.ts";
import type { Portfolio, Watchlist } from "../../../services/portfolio/mod.ts";
import type { State } from "../../page_state.ts";

/** What the reader can do with an asset: where it is watched, and whose ledger it may enter. */
export interface AssetActions {
  /** The list that holds it, or else the first one; `null` without any. */
  readonly list: Pick<Watchlist, "id" | "name"> | null;
  readonly isWatched: boolean;
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
  return { list: holding ?? lists[0] ?? null, isWatched: holding !== undefined, portfolios };
}
