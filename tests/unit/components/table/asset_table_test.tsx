import { renderToString } from "preact-render-to-string";
import type { AssetRow } from "@/components/table/asset_row.ts";
import { AssetTable } from "@/components/table/AssetTable.tsx";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";

const known = (value: number) => ({ value, reason: null });

const ROW: AssetRow = {
  assetId: "a<b",
  symbol: "PEPE",
  name: "Pepe & <co>",
  price: known(0.000001234),
  change24h: known(-0.0455),
  change7d: known(0),
  change30d: { value: null, reason: "listed less than 30 days" },
  change1y: known(2.6516),
  volume24hUsd: known(26_500_000_000),
  isVolumeEstimated: true,
  marketCapUsd: known(99_999),
  sparkline: [1, 2],
  freshness: "stale",
  provenance: { asof: Date.UTC(2021, 6, 7) },
};

function render(changes: Partial<Parameters<typeof AssetTable>[0]> = {}): string {
  return renderToString(
    <AssetTable
      caption="Assets"
      rows={[ROW]}
      newest={Date.UTC(2021, 6, 7)}
      sort="price"
      order="desc"
      hidden={new Set()}
      sortHref={(key, order) => `/?sort=${key}&order=${order}`}
      {...changes}
    />,
  );
}

Deno.test("AssetTable says its order and leads to the others", () => {
  const html = render();
  assertMatch(html, /aria-sort="descending"[^>]*><a[^>]*sort=price&amp;order=asc/);
  assertMatch(html, /aria-sort="none"[^>]*><a[^>]*sort=name&amp;order=asc/);
  assertMatch(html, /<a[^>]*sort=change_24h&amp;order=desc/);
});

Deno.test("AssetTable escapes what the registry gives", () => {
  const html = render();
  assert(html.includes("Pepe &amp; &lt;co>"), html.slice(0, 900));
  assert(html.includes("/assets/a%3Cb"));
});

Deno.test("AssetTable leads every known figure to its explanation, and says why others lack", () => {
  const html = render();
  assertEquals(html.match(/class="explain"/g)?.length, 6);
  assertMatch(html, /unknown: listed less than 30 days/);
});

Deno.test("AssetTable tells direction by sign, shape and word", () => {
  const html = render();
  assertMatch(html, /data-dir="down">\u22124\.55%<span class="sr">, down/);
  assertMatch(html, /data-dir="flat">0\.00%<span class="sr">, unchanged/);
});

Deno.test("AssetTable reads counted zeros as the plain number", () => {
  assertMatch(render(), /aria-hidden="true">0\.0₅1234<\/span><span class="sr">0\.000001234/);
});

Deno.test("AssetTable marks estimated volumes", () => {
  assertMatch(render(), /estimated as volume × close/);
});

Deno.test("AssetTable leaves hidden columns out, also for a row it rendered before", () => {
  render();
  const html = render({ hidden: new Set(["price", "sparkline"]) });
  assert(!html.includes("0.000001234"));
  assert(!html.includes("spark"));
});

Deno.test("AssetTable dates the assets that end a day or more before the newest, and no other", () => {
  const renderOn = (newest: number) => render({ newest });
  assert(!renderOn(Date.UTC(2021, 6, 7, 23)).includes("ended"));
  assertMatch(renderOn(Date.UTC(2021, 6, 8)), /stale, ends<\/span> 7 Jul</);
  assertMatch(renderOn(Date.UTC(2022, 0, 1)), /stale, ends<\/span> Jul 2021</);
});
