import { renderToString } from "preact-render-to-string";
import { WatchlistPage } from "@/routes/watchlist/(_components)/WatchlistPage.tsx";
import type { Uuid } from "@/services/kernel/ids.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId, AssetQuote } from "@/services/market/mod.ts";
import { assert, assertMatch } from "@/tests/assert.ts";

const NOW = utcMsOf(Date.UTC(2026, 0, 10));

/** A quote as far as the page reads it. */
function quoteAt(assetId: string, freshness: AssetQuote["freshness"], asof: number): AssetQuote {
  const figure = { value: 1, reason: null };
  return {
    ...{ assetId, name: assetId, symbol: assetId, freshness, sparkline: [] },
    ...{ price: figure, change24h: figure, change7d: figure, change30d: figure },
    provenance: { source: "binance", resolution: "1d", asof, isDemo: false, derivedFrom: null },
  } as unknown as AssetQuote;
}

function pageOf(quotes: readonly AssetQuote[], watched: readonly string[]): string {
  const chosen = {
    ...{ id: "01890f3e-7b5a-7cc0-98c4-dc0c0c07398f" as Uuid, ownerId: "local", name: "Later" },
    createdAt: NOW,
    items: watched.map((id) => ({ assetId: id as AssetId, note: null, addedAt: NOW })),
  };
  const data = { lists: [chosen], chosen, quotes, labels: new Map(), now: NOW, message: null };
  return renderToString(<WatchlistPage {...data} />);
}

Deno.test("WatchlistPage says of a price that ended long ago when that was", () => {
  const html = pageOf([
    quoteAt("iota", "stale", Date.UTC(2021, 6, 7)),
    quoteAt("bitcoin", "live", NOW),
  ], ["iota", "bitcoin"]);
  assertMatch(html, /stale, ends<\/span> Jul 2021/);
  assert(html.split("stale, ends").length === 2, "a price of now has no end");
  assertMatch(html, /7 Jul 2021/);
});

Deno.test("WatchlistPage counts what it can't show any more", () => {
  const html = pageOf([quoteAt("bitcoin", "live", NOW)], ["bitcoin", "gone"]);
  assertMatch(html, /1 asset no longer in the registry/);
});

Deno.test("WatchlistPage names no source of an empty list, and takes none for empty that is not", () => {
  const empty = pageOf([], []);
  assertMatch(empty, /The list is empty/);
  assert(!empty.includes("changes against the close"), "there are no changes");
  const lost = pageOf([], ["gone"]);
  assertMatch(lost, /holds nothing that is known.*1 asset no longer in the registry/s);
});
