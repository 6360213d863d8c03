import { compose, type Product } from "@/main.ts";
import { loadConfig } from "@/services/config.ts";
import { DAY_MS } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { SqlCandleStore } from "@/services/storage/mod.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { columnsOf } from "@/tests/fakes/memory_candle_store.ts";
import { build } from "@/tools/build.ts";

const NOW = Date.UTC(2026, 0, 10);

/** The whole product in process: a database in memory with ten days of bitcoin. */
async function withProduct(test: (product: Product) => Promise<void>): Promise<void> {
  await build({ ifStale: true });
  const clock = new FakeClock(NOW);
  const log = new RecordingLog();
  await using database = await openTestDatabase({ clock });
  const candles = columnsOf(
    Array.from({ length: 10 }, (_, day) => {
      const price = 40_000 + 100 * day;
      const openTime = NOW - (10 - day) * DAY_MS;
      return { openTime, open: price, high: price, low: price, close: price, volume: 2 };
    }),
  );
  const key = { assetId: "bitcoin" as AssetId, interval: "1d", source: "ledger_file" } as const;
  await new SqlCandleStore(database, clock).upsertCandles(key, candles);
  const config = loadConfig({ TOKENLYSIS_NETWORK: "off" });
  await using product = await compose(config, { clock, log, database });
  await test(product);
}

function ask(product: Product, path: string, headers: HeadersInit = {}) {
  return product.fetch(new Request(`http://127.0.0.1${path}`, { headers }));
}

Deno.test("pages: every page carries its headers, an id and no inline code without the nonce", async () => {
  await withProduct(async (product) => {
    for (const path of ["/", "/assets/bitcoin", "/explain/price/bitcoin", "/docs", "/styleguide"]) {
      const response = await ask(product, path);
      assertEquals(response.status, 200, path);
      const policy = response.headers.get("content-security-policy") ?? "";
      const nonce = /'nonce-([\w-]+)'/.exec(policy)?.[1];
      assert(nonce !== undefined, policy);
      assert(!/unsafe-inline|unsafe-eval|upgrade-insecure-requests/.test(policy), policy);
      assertEquals(response.headers.get("x-content-type-options"), "nosniff");
      assertMatch(response.headers.get("x-request-id") ?? "", /^[0-9a-f]{8}-/);
      const html = await response.text();
      assertEquals(html.match(/\sstyle="/g), null, path);
      assertEquals(html.match(/\son[a-z]+="/g), null, path);
      for (const [, attributes = ""] of html.matchAll(/<script([^>]*)>/g)) {
        assert(/\bsrc=/.test(attributes) || attributes.includes(`nonce="${nonce}"`), attributes);
      }
    }
  });
});

Deno.test("pages: all icons are of one file that browsers keep", async () => {
  await withProduct(async (product) => {
    const html = await (await ask(product, "/")).text();
    const files = new Set([...html.matchAll(/<use href="([^"#]+)#i-/g)].map(([, file]) => file));
    assertEquals(files.size, 1);
    const [file = ""] = files;
    const response = await ask(product, file);
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("content-type"), "image/svg+xml; charset=utf-8");
    assertMatch(response.headers.get("cache-control") ?? "", /immutable/);
    await response.body?.cancel();
  });
});

Deno.test("pages: figures show their value, source and as-of, unknown ones their reason", async () => {
  await withProduct(async (product) => {
    const html = await (await ask(product, "/assets/bitcoin")).text();
    assertMatch(html, /40,900/);
    assertMatch(html, /ledger_file/);
    assertMatch(html, /2026-01-10T00:00:00Z/);
    assertMatch(html, /gives no market value/);
    assert(!/NaN|Infinity|undefined|\[object/.test(html), "no machine word reaches a reader");
  });
});

Deno.test("pages: an unknown address and an unknown asset are 404 with a way on", async () => {
  await withProduct(async (product) => {
    const missing = await ask(product, "/no-such-page");
    assertEquals(missing.status, 404);
    assertMatch(missing.headers.get("content-type") ?? "", /^text\/html/);
    const asset = await ask(product, "/assets/bitcion");
    assertEquals(asset.status, 404);
    assertMatch(await asset.text(), /href="\/assets\/bitcoin"/);
  });
});

Deno.test("pages: a symbol leads to the asset's own address", async () => {
  await withProduct(async (product) => {
    const response = await ask(product, "/assets/BTC?range=7d");
    assertEquals(response.status, 302);
    assertEquals(response.headers.get("location"), "/assets/bitcoin?range=7d");
  });
});

Deno.test("pages: the address of all simulations leads to the one there is, with its rules", async () => {
  await withProduct(async (product) => {
    const response = await ask(product, "/simulations?max_weight=0.5");
    assertEquals(response.status, 302);
    assertEquals(response.headers.get("location"), "/simulations/autopilot?max_weight=0.5");
  });
});

Deno.test("pages: what is left of an asset's address leads to the list of assets", async () => {
  await withProduct(async (product) => {
    const response = await ask(product, "/assets?theme=defi");
    assertEquals(response.status, 302);
    assertEquals(response.headers.get("location"), "/?theme=defi#assets");
  });
});

Deno.test("pages: are compressed for those who take it, and the same page otherwise", async () => {
  await withProduct(async (product) => {
    const plain = await ask(product, "/docs");
    const packed = await ask(product, "/docs", { "accept-encoding": "br, gzip" });
    assertEquals(plain.headers.get("content-encoding"), null);
    assertEquals(packed.headers.get("content-encoding"), "gzip");
    assertMatch(packed.headers.get("vary") ?? "", /accept-encoding/);
    assert(packed.body !== null);
    const unpacked = packed.body.pipeThrough(new DecompressionStream("gzip"));
    const withoutNonces = (html: string) => html.replaceAll(/nonce="[^"]*"/g, "");
    assertEquals(
      withoutNonces(await new Response(unpacked).text()),
      withoutNonces(await plain.text()),
    );
  });
});

Deno.test("pages: any query renders, whatever it holds", async () => {
  await withProduct(async (product) => {
    const queries = [
      "/?theme=nope",
      "/?sort=%00&order=sideways",
      "/?theme=defi&theme=meme",
      "/assets/bitcoin?range=9y&interval=3m&scale=x&ind=sma:0,%F0%9F%92%A5",
      "/assets/bitcoin?ind=" + "sma:20,".repeat(200),
      "/explain/price/%E0%A4%A",
      "/explain/nothing/bitcoin",
      "/docs?x=<script>",
    ];
    for (const path of queries) {
      const { status } = await ask(product, path);
      assert(status < 500, `${path} gave ${status}`);
    }
  });
});
