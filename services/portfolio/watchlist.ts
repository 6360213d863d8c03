import type { Uuid } from "../kernel/ids.ts";
import type { UtcMs } from "../kernel/time.ts";
import type { AssetId } from "../market/mod.ts";

/** An asset that its owner keeps an eye on. */
export interface WatchlistItem {
  readonly assetId: AssetId;
  readonly note: string | null;
  readonly addedAt: UtcMs;
}

/** A list of assets, in the order that its owner gave them; each is in it once. */
export interface Watchlist {
  readonly id: Uuid;
  /** Whose it is; nobody else reaches it. */
  readonly ownerId: string;
  readonly name: string;
  readonly items: readonly WatchlistItem[];
  readonly createdAt: UtcMs;
}

/** The items with another behind them; the same asset again gets the new note where it stands. */
export function withItem(
  items: readonly WatchlistItem[],
  item: WatchlistItem,
): readonly WatchlistItem[] {
  const isKnown = items.some(({ assetId }) => assetId === item.assetId);
  if (!isKnown) return [...items, item];
  return items.map((one) => one.assetId === item.assetId ? { ...one, note: item.note } : one);
}

/** The items in the order of `assetIds`; those that it does not name stay behind them. */
export function inOrderOf(
  items: readonly WatchlistItem[],
  assetIds: readonly AssetId[],
): readonly WatchlistItem[] {
  const places = new Map(assetIds.map((assetId, place) => [assetId, place]));
  const placeOf = ({ assetId }: WatchlistItem) => places.get(assetId) ?? places.size;
  return items.toSorted((a, b) => placeOf(a) - placeOf(b));
}
