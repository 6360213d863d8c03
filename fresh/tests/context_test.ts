import { App, trailingSlashes } from "fresh";
import { assert, assertEquals } from "@/tests/assert.ts";
import { get } from "./fixture_app.ts";

const REDIRECTS: [string, string][] = [
  ["/new", "/new"],
  ["/", "/"],
  ["//evil.com/", "/evil.com/"],
  ["/\\evil.com", "/evil.com"],
  ["/\\/evil.com", "/evil.com"],
  ["/a?next=//b#//c", "/a?next=//b#//c"],
  ["/a#b?c//d", "/a#b?c//d"],
  ["https://example.com//a", "https://example.com//a"],
];
for (const [target, location] of REDIRECTS) {
  Deno.test(`ctx.redirect() turns ${target} into ${location}`, async () => {
    const handler = new App().get("/old", (ctx) => ctx.redirect(target)).handler();
    const response = await get(handler, "/old");
    assertEquals([response.status, response.headers.get("location")], [302, location]);
  });
}

Deno.test("ctx.redirect() takes a status", async () => {
  const handler = new App().get("/old", (ctx) => ctx.redirect("/new", 307)).handler();
  assertEquals((await get(handler, "/old")).status, 307);
});

Deno.test("ctx.text(), html(), json() and stream() set type, status and body", async () => {
  const handler = new App()
    .get("/text", (ctx) => ctx.text("a", { status: 201 }))
    .get("/html", (ctx) => ctx.html("<p>a</p>", { headers: { "x-a": "1" } }))
    .get("/json", (ctx) => ctx.json({ a: 1 }))
    .get("/stream", (ctx) =>
      ctx.stream(function* () {
        yield "a";
        yield "b";
      }))
    .handler();
  const [text, html, json, stream] = await Promise.all(
    ["/text", "/html", "/json", "/stream"].map((path) => get(handler, path)),
  );
  assertEquals([text?.status, await text?.text()], [201, "a"]);
  assertEquals(html?.headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals(html?.headers.get("x-a"), "1");
  assertEquals(await json?.json(), { a: 1 });
  assertEquals(await stream?.text(), "ab");
});

Deno.test("ctx.url follows the proxy's headers only if told to trust them", async () => {
  const headers = { "x-forwarded-proto": "https", "x-forwarded-host": "shop.example" };
  for (
    const [trustProxy, origin] of [[true, "https://shop.example"], [false, "http://localhost"]]
  ) {
    const handler = new App({ trustProxy: Boolean(trustProxy) })
      .get("/", (ctx) => ctx.text(ctx.url.origin))
      .handler();
    assertEquals(await (await get(handler, "/", { headers })).text(), origin);
  }
});

const SLASHES: { mode: "always" | "never"; path: string; location: string | null }[] = [
  { mode: "never", path: "/a/?b=1", location: "/a?b=1" },
  { mode: "never", path: "/a", location: null },
  { mode: "never", path: "/", location: null },
  { mode: "always", path: "/a?b=1", location: "/a/?b=1" },
  { mode: "always", path: "/a/", location: null },
];
for (const { mode, path, location } of SLASHES) {
  Deno.test(`trailingSlashes("${mode}") sends ${path} to ${location ?? "its handler"}`, async () => {
    const handler = new App().use(trailingSlashes(mode))
      .all("/*", (ctx) => ctx.text("here"))
      .handler();
    const response = await get(handler, path);
    assertEquals(response.headers.get("location"), location);
    assert(location === null ? response.status === 200 : response.status >= 300);
    await response.body?.cancel();
  });
}
