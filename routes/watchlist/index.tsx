import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import InlineForms from "../../islands/InlineForms.tsx";
import { AppError } from "../../services/kernel/errors.ts";
import { parseUuid } from "../../services/kernel/ids.ts";
import type { State } from "../page_state.ts";
import { readForm, refusalOf, seeOther, textOf } from "../forms.ts";
import { define } from "../page_state.ts";
import { AssetOptions } from "../portfolio/(_components)/AssetOptions.tsx";
import { readWatchlists, type WatchlistData } from "./(_components)/read_watchlists.ts";
import { movedBy } from "./(_components)/list_order.ts";
import { MAX_NOTE } from "./(_components)/RowControls.tsx";
import { WatchlistPage } from "./(_components)/WatchlistPage.tsx";

const PRIVATE = { "cache-control": "private, no-store" };
const MAX_NAME = 80;
/** A form may stand on the page of an asset, which is then shown again. */
const ASSET_PAGE = /^\/assets\/[\w-]+$/;

export const handler = define.handlers({
  async GET(ctx) {
    const listId = parseUuid(ctx.url.searchParams.get("list") ?? "");
    const data = await readWatchlists(ctx.state, ctx.req, { listId });
    return page<WatchlistData>(data, { headers: PRIVATE });
  },

  async POST(ctx) {
    const form = await readForm(ctx.req);
    const listId = parseUuid(textOf(form, "list"));
    try {
      const shown = await act(ctx.state, ctx.req, form);
      const back = textOf(form, "back");
      return seeOther(ASSET_PAGE.test(back) ? back : shown);
    } catch (error) {
      const { message } = refusalOf(error);
      const data = await readWatchlists(ctx.state, ctx.req, { listId, message });
      return page<WatchlistData>(data, { status: 422, headers: PRIVATE });
    }
  },
});

/** Does what a form asks for; the address that shows it. */
async function act(
  { watchlists, portfolio, market }: Pick<State, "watchlists" | "portfolio" | "market">,
  request: Request,
  form: FormData,
): Promise<string> {
  const ownerId = portfolio.ownerOf(request.headers);
  const name = textOf(form, "name").slice(0, MAX_NAME) || "Watchlist";
  const named = parseUuid(textOf(form, "list"));
  const kind = textOf(form, "act");
  const asset = textOf(form, "asset");
  if (asset !== "" && kind !== "remove") requireAsset(market, asset);
  if (kind === "create" || named === null) {
    const made = await watchlists.create(ownerId, { name, assets: asset === "" ? [] : [asset] });
    return `/watchlist?list=${made.id}`;
  }
  const scope = { ownerId, watchlistId: named };
  switch (kind) {
    case "add":
    case "note": {
      const note = textOf(form, "note").slice(0, MAX_NOTE);
      await watchlists.addItem(scope, { asset, note: note === "" ? null : note });
      break;
    }
    case "up":
    case "down": {
      const { items } = await watchlists.get(scope);
      const ids = items.map(({ assetId }) => assetId);
      await watchlists.update(scope, { order: movedBy(ids, { id: asset, by: STEPS[kind] }) });
      break;
    }
    case "remove":
      await watchlists.removeItem(scope, asset);
      break;
    case "rename":
      await watchlists.update(scope, { name });
      break;
    case "delete":
      await watchlists.remove(scope);
      return "/watchlist";
  }
  return `/watchlist?list=${named}`;
}

const STEPS = { up: -1, down: 1 } as const;

/** An asset that nobody knows is a slip of the pen, not a page that is missing. */
function requireAsset(market: State["market"], text: string): void {
  try {
    market.resolve(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError("VALIDATION_FAILED", error.message, { cause: error });
  }
}

/** What moved of the assets that I keep an eye on? */
export default define.page<typeof handler>(function Watchlists({ data }) {
  return (
    <>
      <Head>
        <title>Watchlist · Tokenlysis</title>
        <link rel="stylesheet" href={asset("/styles/portfolio.css")} />
        <link rel="stylesheet" href={asset("/styles/watchlist.css")} />
      </Head>
      <WatchlistPage {...data} />
      <AssetOptions labels={data.labels} />
      <InlineForms />
    </>
  );
});
