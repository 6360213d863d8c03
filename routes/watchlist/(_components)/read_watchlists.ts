import { HttpError } from "fresh";
import type { Uuid } from "../../../services/kernel/ids.ts";
import type { UtcMs } from "../../../services/kernel/time.ts";
import type { AssetQuote } from "../../../services/market/mod.ts";
import type { Watchlist } from "../../../services/portfolio/mod.ts";
import type { State } from "../../page_state.ts";
import { type AssetLabels, labelsOf } from "../../portfolio/(_components)/read_portfolio.ts";

/** Everything that the page of watchlists shows. */
export interface WatchlistData {
  readonly lists: readonly Watchlist[];
  /** The one that is shown; `null` without any. */
  readonly chosen: Watchlist | null;
  /** Of its assets, in its order; those out of the registry are left out. */
  readonly quotes: readonly AssetQuote[];
  readonly labels: AssetLabels;
  readonly now: UtcMs;
  /** Why what was asked for was not done. */
  readonly message: string | null;
}

/** The lists of who asks, with the quotes of the one that is named, or of the first. */
export async function readWatchlists(
  { watchlists, portfolio, market, clock }: Pick<
    State,
    "watchlists" | "portfolio" | "market" | "clock"
  >,
  request: Request,
  { listId, message = null }: { readonly listId: Uuid | null; readonly message?: string | null },
): Promise<WatchlistData> {
  const lists = await watchlists.list(portfolio.ownerOf(request.headers));
  const chosen = listId === null ? lists[0] ?? null : lists.find(({ id }) => id === listId);
  if (chosen === undefined) throw new HttpError(404, "Watchlist not found");
  const labels = labelsOf(market);
  const assetIds = chosen?.items.map(({ assetId }) => assetId).filter((id) => labels.has(id)) ?? [];
  const quotes = await market.listQuotes(assetIds);
  return { lists, chosen, quotes, labels, message, now: clock.now() };
}
