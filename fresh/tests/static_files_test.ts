import { App, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { ProdBuildCache, setBuildCache } from "fresh/internal";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { FIXTURE_ROOT, get, testBuild } from "./fixture_app.ts";

type Handler = ReturnType<App<unknown>["handler"]>;

/** Runs a test against the static files of the fixture, or of another folder, built to disk. */
async function withBuild(
  check: (handler: Handler, version: string) => Promise<void>,
  { staticDir = "static" }: { readonly staticDir?: string } = {},
): Promise<void> {
  const outDir = await Deno.makeTempDir();
  try {
    await new Builder({ root: FIXTURE_ROOT, outDir, staticDir }).build();
    const snapshot = await import(`file://${outDir}/snapshot.js`);
    const app = new App().use(staticFiles()).get("/page", (ctx) => ctx.text("page"));
    setBuildCache(app, new ProdBuildCache(new URL(FIXTURE_ROOT).pathname, snapshot), "production");
    await check(app.handler(), snapshot.version);
  } finally {
    await Deno.remove(outDir, { recursive: true });
  }
}

testBuild(
  "staticFiles() serves files with type and ETag, and passes other paths on",
  () =>
    withBuild(async (handler) => {
      const response = await get(handler, "/styles.css");
      assertEquals(response.status, 200);
      assertEquals(response.headers.get("content-type"), "text/css; charset=utf-8");
      assertEquals(response.headers.get("cache-control"), "no-cache");
      assertEquals(await response.text(), "body {\n  color: black;\n}\n");
      const etag = response.headers.get("etag") ?? "";
      for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
        const again = await get(handler, "/styles.css", { headers: { "if-none-match": tag } });
        assertEquals([again.status, again.body], [304, null]);
      }
      assertEquals(await (await get(handler, "/page")).text(), "page");
      assertEquals((await get(handler, "/../deno.json")).status, 404);
      assertEquals((await get(handler, "/%E0%A4%A")).status, 404);
    }),
);

testBuild(
  "staticFiles() lets clients keep files of this build for a year",
  () =>
    withBuild(async (handler, version) => {
      const current = await get(handler, `/styles.css?__frsh_c=${version}`);
      assertEquals(current.headers.get("cache-control"), "public, max-age=31536000, immutable");
      await current.body?.cancel();
      const old = await get(handler, "/styles.css?x=1&__frsh_c=old");
      assertEquals([old.status, old.headers.get("location")], [307, "/styles.css?x=1"]);
      const script = await get(handler, `/_fresh/js/${version}/fresh-runtime.js`);
      assertMatch(script.headers.get("cache-control") ?? "", /immutable/);
      await script.body?.cancel();
    }),
);

const ENCODINGS: { accepted: string; encoding: string | null }[] = [
  { accepted: "gzip, deflate, br", encoding: "br" },
  { accepted: "gzip", encoding: "gzip" },
  { accepted: "br;q=0, gzip", encoding: "gzip" },
  { accepted: "identity", encoding: null },
];
const LONG_CSS = "/* long */\n.a {\n  color: red;\n}\n".repeat(200);

async function sendsTheBestForm(handler: Handler): Promise<void> {
  const tags = new Set<string | null>();
  for (const { accepted, encoding } of ENCODINGS) {
    const headers = { "accept-encoding": accepted };
    const response = await get(handler, "/long.css", { headers });
    assertEquals(response.headers.get("content-encoding"), encoding);
    assertEquals(response.headers.get("vary"), "accept-encoding");
    tags.add(response.headers.get("etag"));
    const size = (await response.bytes()).length;
    assert(encoding === null ? size === LONG_CSS.length : size < 500, `${accepted}: ${size} bytes`);
  }
  assertEquals(tags.size, 3);
}

testBuild("staticFiles() sends the best form that was compressed ahead", async () => {
  const staticDir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${staticDir}/long.css`, LONG_CSS);
    await withBuild(sendsTheBestForm, { staticDir });
  } finally {
    await Deno.remove(staticDir, { recursive: true });
  }
});

testBuild(
  "staticFiles() answers HEAD without a body and refuses to write",
  () =>
    withBuild(async (handler) => {
      const head = await get(handler, "/styles.css", { method: "HEAD" });
      assertEquals([head.status, head.body], [200, null]);
      const post = await get(handler, "/styles.css", { method: "POST" });
      assertEquals([post.status, post.headers.get("allow")], [405, "GET, HEAD"]);
      await post.body?.cancel();
    }),
);
