import { Sparkline } from "../../../components/charts/Sparkline.tsx";
import {
  Change,
  Explained,
  type FigureValue,
  Price,
  Unknown,
} from "../../../components/figures/Figures.tsx";
import { ControlsHead } from "../../../components/table/ControlsHead.tsx";
import { CsvLink } from "../../../components/table/PanelLinks.tsx";
import { formatCount, formatCounted } from "../../../components/format/number.ts";
import { Icon } from "../../../components/Icon.tsx";
import { liveAttributes } from "../../../components/live/live_attributes.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { Banner, EmptyState } from "../../../components/states/States.tsx";
import { endOfAsset } from "../../../components/table/asset_row.ts";
import { Ended, PriceAge } from "../../../components/table/AssetRows.tsx";
import type { UtcMs } from "../../../services/kernel/time.ts";
import type { AssetQuote } from "../../../services/market/mod.ts";
import type { Watchlist } from "../../../services/portfolio/mod.ts";
import { AsofSpan } from "../../(_overview)/AsofSpan.tsx";
import { RowControls } from "./RowControls.tsx";
import type { WatchlistData } from "./read_watchlists.ts";

/** Lists of assets with their prices; live where scripts run, complete where they do not. */
export function WatchlistPage(data: WatchlistData) {
  const { lists, chosen, message } = data;
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{chosen?.name ?? "Watchlist"}</h1>
          <p class="asof" data-region="asof">
            <span>{formatCounted(chosen?.items.length ?? 0, "asset")}</span>
          </p>
        </div>
        {chosen === null ? null : <AddForm chosen={chosen} />}
      </header>
      <div
        hidden
        data-shape={chosen === null ? "watchlists" : `watchlist ${chosen.id} ${lists.length}`}
      />
      <div data-region="message">
        {message === null ? null : <Banner kind="bad">{message}</Banner>}
      </div>
      {lists.length < 2 ? null : (
        <nav class="tabs watch-tabs" aria-label="Watchlists">
          {lists.map(({ id, name, items }) => (
            <a
              key={id}
              href={`/watchlist?list=${id}`}
              aria-current={id === chosen?.id ? "page" : undefined}
            >
              {name} <small>{formatCount(items.length)}</small>
            </a>
          ))}
        </nav>
      )}
      <div data-region="list">
        {chosen === null ? <FirstUse /> : <ListPanel {...data} chosen={chosen} />}
      </div>
      {chosen === null ? null : <Manage chosen={chosen} />}
    </>
  );
}

function AddForm({ chosen }: { readonly chosen: Watchlist }) {
  return (
    <form method="post" action="/watchlist" class="scope watch-add" data-inline>
      <input type="hidden" name="list" value={chosen.id} />
      <input
        class="input"
        name="asset"
        list="assets-known"
        required
        maxLength={80}
        autocomplete="off"
        aria-label="Asset to add"
        placeholder="BTC, ethereum, …"
      />
      <button type="submit" class="btn" data-kind="primary" name="act" value="add">
        <Icon name="plus" /> Add
      </button>
    </form>
  );
}

function FirstUse() {
  return (
    <EmptyState
      icon="watch"
      title="Nothing is watched yet"
      level={2}
      actions={
        <form method="post" action="/watchlist" class="watch-add">
          <input
            class="input"
            name="asset"
            list="assets-known"
            autocomplete="off"
            aria-label="First asset"
            placeholder="BTC, ethereum, …"
          />
          <button type="submit" class="btn" data-kind="primary" name="act" value="create">
            Create a watchlist
          </button>
        </form>
      }
    >
      Put assets in a list to see their prices and changes in one place, in your own order.
    </EmptyState>
  );
}

function ListPanel({ chosen, quotes, now }: WatchlistData & { readonly chosen: Watchlist }) {
  const lost = chosen.items.length - quotes.length;
  const notes = new Map(chosen.items.map(({ assetId, note }) => [assetId, note]));
  const sources = new Set(quotes.flatMap(({ provenance }) => provenance?.source ?? []));
  return (
    <Panel
      id="watched"
      title="Assets"
      note="in your order"
      actions={<CsvLink href={`/watchlist/list.csv?list=${chosen.id}`} of="this watchlist" />}
    >
      {quotes.length === 0
        ? (
          <EmptyState
            icon="watch"
            title={lost === 0 ? "The list is empty" : "The list holds nothing that is known"}
          >
            Add an asset above.
          </EmptyState>
        )
        : (
          <table class="table two-line" data-keys>
            <caption class="sr">Watched assets with price and changes</caption>
            <thead>
              <tr>
                <th scope="col">Asset</th>
                <th scope="col" class="num">Price</th>
                <th scope="col" class="num">24 h</th>
                <th scope="col" class="num" data-pri="2">7 d</th>
                <th scope="col" class="num" data-pri="3">30 d</th>
                <th scope="col" class="num" data-pri="2">90 days</th>
                <ControlsHead />
              </tr>
            </thead>
            <tbody>
              {quotes.map((quote, at) => (
                <WatchRow
                  key={quote.assetId}
                  quote={quote}
                  place={{ isFirst: at === 0, isLast: at === quotes.length - 1 }}
                  note={notes.get(quote.assetId) ?? null}
                  listId={chosen.id}
                  now={now}
                />
              ))}
            </tbody>
          </table>
        )}
      {chosen.items.length === 0 ? null : (
        <SourceLine
          state={lost === 0 ? "current" : "partial"}
          parts={[
            sources.size === 0 ? "no source" : [...sources].sort().join(", "),
            "changes against the close that long before",
            ...lost === 0 ? [] : [`${formatCounted(lost, "asset")} no longer in the registry`],
            <AsofSpan key="asof" quotes={quotes} />,
          ]}
        />
      )}
    </Panel>
  );
}

interface WatchRowProps {
  readonly quote: AssetQuote;
  readonly note: string | null;
  readonly listId: string;
  readonly place: { readonly isFirst: boolean; readonly isLast: boolean };
  readonly now: UtcMs;
}

function WatchRow({ quote, note, listId, place, now }: WatchRowProps) {
  const { assetId, name, symbol } = quote;
  return (
    <tr {...liveAttributes(quote)}>
      <th scope="row" data-p="name">
        <span class="name">
          <a href={`/assets/${encodeURIComponent(assetId)}`}>{name}</a>
          <small>{symbol}</small>
          <Ended at={endOfAsset(quote, { newest: now })} />
          <PriceAge />
        </span>
        {note === null ? null : <small class="watch-note" title={note}>{note}</small>}
      </th>
      <td class="num" data-p="value" data-cell="price">
        <Figure figure="price" value={quote.price} assetId={assetId} />
      </td>
      <td class="num" data-p="change" data-cell="change_24h">
        <Figure figure="change_24h" value={quote.change24h} assetId={assetId} />
      </td>
      <td class="num" data-pri="2">
        <Figure figure="change_7d" value={quote.change7d} assetId={assetId} />
      </td>
      <td class="num" data-pri="3">
        <Figure figure="change_30d" value={quote.change30d} assetId={assetId} />
      </td>
      <td class="num" data-pri="2">
        <Sparkline name={name} values={quote.sparkline} />
      </td>
      <td class="num watch-cell" data-p="detail">
        <RowControls
          {...{ listId, assetId, name, note, ...place }}
        />
      </td>
    </tr>
  );
}

interface FigureProps {
  readonly figure: string;
  readonly value: FigureValue;
  readonly assetId: string;
}

function Figure({ figure, value, assetId }: FigureProps) {
  if (value.value === null) return <Unknown reason={value.reason} />;
  return (
    <Explained figure={figure} assetId={assetId}>
      {figure === "price" ? <Price value={value.value} /> : <Change fraction={value.value} />}
    </Explained>
  );
}

/** A name, another list, an end. */
function Manage({ chosen }: { readonly chosen: Watchlist }) {
  return (
    <details class="watch-manage">
      <summary>Lists</summary>
      <div class="two">
        <form method="post" action="/watchlist" class="watch-add">
          <input type="hidden" name="list" value={chosen.id} />
          <input
            class="input"
            name="name"
            required
            maxLength={80}
            defaultValue={chosen.name}
            aria-label="Name of this list"
          />
          <button type="submit" class="btn" name="act" value="rename">Rename</button>
          <button type="submit" class="btn" data-kind="danger" name="act" value="delete">
            Delete for good
          </button>
        </form>
        <form method="post" action="/watchlist" class="watch-add">
          <input
            class="input"
            name="name"
            required
            maxLength={80}
            aria-label="Name of a new list"
          />
          <button type="submit" class="btn" name="act" value="create">New list</button>
        </form>
      </div>
    </details>
  );
}
