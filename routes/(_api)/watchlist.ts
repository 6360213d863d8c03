import { z } from "zod";
import { formatUtcMs } from "../../services/kernel/time.ts";
import { MAX_WATCHED, type Watchlist, type WatchlistScope } from "../../services/portfolio/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { AssetName, IdParam, NOTHING } from "./params.ts";
import { answererOf, type PortfolioDeps } from "./portfolio_scope.ts";
import { Instant } from "./schemas.ts";

const tag = "Watchlists";
const refusals = [404];

const WatchlistSchema = z.object({
  watchlist_id: z.uuid(),
  name: z.string(),
  items: z.array(z.object({
    asset_id: z.string(),
    note: z.string().nullable(),
    added_at: Instant,
  })),
  created_at: Instant,
}).meta({ id: "Watchlist" });

const Name = z.string().trim().min(1).max(80);
const Assets = z.array(AssetName).max(MAX_WATCHED);
const ListParams = z.object({ watchlist_id: IdParam });
type ListParams = z.output<typeof ListParams>;

type WatchlistDeps = Pick<PortfolioDeps, "watchlists" | "ownerOf" | "clock">;
type Input = { readonly headers: () => Headers; readonly params: ListParams };

/** Lists of assets to keep an eye on. */
export function watchlistEndpoints(deps: WatchlistDeps): readonly Endpoint[] {
  return [...listEndpoints(deps), ...oneEndpoints(deps), ...itemEndpoints(deps)];
}

function listEndpoints(deps: WatchlistDeps): readonly Endpoint[] {
  const { watchlists, ownerOf } = deps;
  const answer = answererOf(deps);
  return [
    endpoint({
      path: "/api/watchlist",
      tag,
      summary: "Your watchlists, the oldest first",
      params: NOTHING,
      query: NOTHING,
      response: z.array(WatchlistSchema),
      async handle({ headers }) {
        return answer((await watchlists.list(ownerOf(headers()))).map(watchlistToWire));
      },
    }),
    endpoint({
      method: "POST",
      path: "/api/watchlist",
      tag,
      summary: "Make a watchlist",
      params: NOTHING,
      query: NOTHING,
      body: z.strictObject({ name: Name, assets: Assets.default([]) }),
      response: WatchlistSchema,
      status: 201,
      refusals: [404, 409],
      async handle({ headers, body }) {
        const made = await watchlists.create(ownerOf(headers()), body);
        return answer(watchlistToWire(made), { status: 201 });
      },
    }),
  ];
}

function oneEndpoints(deps: WatchlistDeps): readonly Endpoint[] {
  const { watchlists } = deps;
  const answer = answererOf(deps);
  const shape = {
    path: "/api/watchlist/{watchlist_id}",
    tag,
    params: ListParams,
    query: NOTHING,
    response: WatchlistSchema,
    refusals,
  };
  return [
    endpoint({
      ...shape,
      summary: "A watchlist with its assets in order",
      async handle(input) {
        return answer(watchlistToWire(await watchlists.get(scopeOf(input, deps))));
      },
    }),
    endpoint({
      ...shape,
      method: "PUT",
      summary: "Rename a watchlist, or put its assets in another order",
      body: z.strictObject({
        name: Name.optional(),
        order: Assets.optional().describe("Assets that it does not name stay behind the others"),
      }),
      async handle(input) {
        const changed = await watchlists.update(scopeOf(input, deps), input.body);
        return answer(watchlistToWire(changed));
      },
    }),
    endpoint({
      ...shape,
      method: "DELETE",
      summary: "Delete a watchlist for good",
      response: z.object({ watchlist_id: z.uuid() }),
      async handle(input) {
        await watchlists.remove(scopeOf(input, deps));
        return answer({ watchlist_id: input.params.watchlist_id });
      },
    }),
  ];
}

function itemEndpoints(deps: WatchlistDeps): readonly Endpoint[] {
  const { watchlists } = deps;
  const answer = answererOf(deps);
  const shape = { tag, query: NOTHING, response: WatchlistSchema };
  return [
    endpoint({
      ...shape,
      method: "POST",
      path: "/api/watchlist/{watchlist_id}/items",
      summary: "Add an asset to a watchlist, or change its note",
      params: ListParams,
      body: z.strictObject({
        asset: AssetName,
        note: z.string().trim().min(1).max(500).nullable().default(null),
      }),
      refusals: [404, 409],
      async handle(input) {
        return answer(watchlistToWire(await watchlists.addItem(scopeOf(input, deps), input.body)));
      },
    }),
    endpoint({
      ...shape,
      method: "DELETE",
      path: "/api/watchlist/{watchlist_id}/items/{asset_id}",
      summary: "Take an asset off a watchlist",
      params: ListParams.extend({ asset_id: AssetName }),
      refusals: [404, 409],
      async handle(input) {
        const { asset_id } = input.params;
        return answer(watchlistToWire(await watchlists.removeItem(scopeOf(input, deps), asset_id)));
      },
    }),
  ];
}

function scopeOf(
  { headers, params }: Input,
  { ownerOf }: Pick<WatchlistDeps, "ownerOf">,
): WatchlistScope {
  return { ownerId: ownerOf(headers()), watchlistId: params.watchlist_id };
}

function watchlistToWire(
  { id, name, items, createdAt }: Watchlist,
): z.input<typeof WatchlistSchema> {
  return {
    watchlist_id: id,
    name,
    items: items.map(({ assetId, note, addedAt }) => ({
      asset_id: assetId,
      note,
      added_at: formatUtcMs(addedAt),
    })),
    created_at: formatUtcMs(createdAt),
  };
}
