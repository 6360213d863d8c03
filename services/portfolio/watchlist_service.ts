import { AppError } from "../kernel/errors.ts";
import { UuidFactory } from "../kernel/ids.ts";
import type { Asset, AssetId } from "../market/mod.ts";
import type { Clock } from "../ports/mod.ts";
import type { WatchlistScope, WatchlistStore } from "./ports.ts";
import { inOrderOf, type Watchlist, withItem } from "./watchlist.ts";

/** Lists of one owner, and assets of one list. */
export const MAX_WATCHLISTS = 50;
export const MAX_WATCHED = 500;

/** Lists of assets to keep an eye on. Every call throws `RESOURCE_NOT_FOUND` for no such list. */
export class WatchlistService {
  readonly #store: WatchlistStore;
  readonly #clock: Clock;
  readonly #ids: UuidFactory;
  readonly #resolve: (name: string) => Pick<Asset, "id">;

  /** `resolve` finds an asset by any of its names, and throws for none. */
  constructor({ store, clock, resolve }: {
    readonly store: WatchlistStore;
    readonly clock: Clock;
    readonly resolve: (name: string) => Pick<Asset, "id">;
  }) {
    this.#store = store;
    this.#clock = clock;
    this.#ids = new UuidFactory(() => clock.now());
    this.#resolve = resolve;
  }

  /** The oldest first. */
  list(ownerId: string): Promise<readonly Watchlist[]> {
    return this.#store.list(ownerId);
  }

  async get(scope: WatchlistScope): Promise<Watchlist> {
    return found(await this.#store.find(scope));
  }

  /** Makes a list; throws `CONFLICT` once the owner has `MAX_WATCHLISTS`. */
  async create(
    ownerId: string,
    { name, assets }: { readonly name: string; readonly assets: readonly string[] },
  ): Promise<Watchlist> {
    const addedAt = this.#clock.now();
    const assetIds = [...new Set(assets.map((asset) => this.#idOf(asset)))];
    const watchlist: Watchlist = {
      id: this.#ids.next(),
      ownerId,
      name,
      items: assetIds.map((assetId) => ({ assetId, note: null, addedAt })),
      createdAt: addedAt,
    };
    if (await this.#store.create(watchlist, { max: MAX_WATCHLISTS })) return watchlist;
    throw new AppError("CONFLICT", `Cannot keep more than ${MAX_WATCHLISTS} watchlists`);
  }

  /** Renames a list, or puts its assets in another order; those not named stay behind the others. */
  async update(
    scope: WatchlistScope,
    { name, order }: {
      readonly name?: string | undefined;
      readonly order?: readonly string[] | undefined;
    },
  ): Promise<Watchlist> {
    const assetIds = order?.map((asset) => this.#idOf(asset)) ?? [];
    return found(
      await this.#store.change(scope, (before) => ({
        name: name ?? before.name,
        items: inOrderOf(before.items, assetIds),
      })),
    );
  }

  async remove(scope: WatchlistScope): Promise<void> {
    if (!await this.#store.remove(scope)) found(null);
  }

  /** Adds an asset at the end, or changes its note; throws `CONFLICT` for a full list. */
  async addItem(
    scope: WatchlistScope,
    { asset, note }: { readonly asset: string; readonly note: string | null },
  ): Promise<Watchlist> {
    const item = { assetId: this.#idOf(asset), note, addedAt: this.#clock.now() };
    return found(
      await this.#store.change(scope, ({ name, items }) => {
        const after = withItem(items, item);
        if (after.length <= MAX_WATCHED) return { name, items: after };
        throw new AppError("CONFLICT", `Cannot watch more than ${MAX_WATCHED} assets in one list`);
      }),
    );
  }

  /** Takes an asset off a list; throws `RESOURCE_NOT_FOUND` if it is not in it. */
  async removeItem(scope: WatchlistScope, asset: string): Promise<Watchlist> {
    const assetId = this.#idOf(asset);
    return found(
      await this.#store.change(scope, ({ name, items }) => {
        const after = items.filter((item) => item.assetId !== assetId);
        if (after.length < items.length) return { name, items: after };
        throw new AppError("RESOURCE_NOT_FOUND", `"${assetId}" is not in this watchlist`);
      }),
    );
  }

  #idOf(name: string): AssetId {
    return this.#resolve(name).id;
  }
}

function found(watchlist: Watchlist | null): Watchlist {
  if (watchlist !== null) return watchlist;
  throw new AppError("RESOURCE_NOT_FOUND", "Watchlist not found");
}
