import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { fixtureHandler, get } from "./fixture_app.ts";

const handler = await fixtureHandler();

/** The body of a page without the navigation that every page has. */
async function content(path: string, init?: RequestInit): Promise<string> {
  const html = await (await get(handler, path, init)).text();
  return html.replace(/^.*<\/nav>/s, "").replace(/<\/body><\/html>$/, "");
}

const PAGES: { path: string; status?: number; content: string }[] = [
  {
    path: "/blog",
    content: '<div class="root-layout" data-visited="root blog-1 blog-2">' +
      '<section class="blog-layout"><h1>blog</h1></section></div>',
  },
  {
    path: "/blog/new",
    content: '<div class="root-layout" data-visited="root blog-1 blog-2">' +
      '<section class="blog-layout"><h1>new post</h1></section></div>',
  },
  {
    path: "/blog/a%20b",
    content: '<div class="root-layout" data-visited="root blog-1 blog-2">' +
      '<section class="blog-layout"><h1 data-route="/blog/:slug">post a b</h1></section></div>',
  },
  {
    path: "/nested",
    content: '<div class="root-layout" data-visited="root"><h1>beside the folder</h1></div>',
  },
  {
    path: "/nested/inside",
    content: '<article class="nested-layout"><h1>inside the folder</h1></article>',
  },
  {
    path: "/docs",
    content: '<div class="root-layout" data-visited="root"><h1>docs latest</h1></div>',
  },
  {
    path: "/docs/2",
    content: '<div class="root-layout" data-visited="root"><h1>docs 2</h1></div>',
  },
  {
    path: "/async",
    content: '<div class="root-layout" data-visited="root"><p>awaited</p></div>',
  },
  {
    path: "/blog/forbidden",
    status: 403,
    content: '<div class="root-layout" data-visited="root blog-1 blog-2"><h1>error 403</h1></div>',
  },
  {
    path: "/blog/missing",
    status: 404,
    content: '<div class="root-layout" data-visited="root blog-1 blog-2">' +
      "<h1>nothing at /blog/missing</h1></div>",
  },
  {
    path: "/unknown",
    status: 404,
    content: '<div class="root-layout" data-visited="root"><h1>nothing at /unknown</h1></div>',
  },
];
for (const { path, status = 200, content: expected } of PAGES) {
  Deno.test(`fsRoutes() answers ${path} with its page, layouts and status`, async () => {
    const response = await get(handler, path);
    assertEquals(response.status, status);
    await response.body?.cancel();
    assertEquals(await content(path), expected);
  });
}

Deno.test("fsRoutes() renders a bare page without layouts and app wrapper", async () => {
  const html = await (await get(handler, "/nested/bare")).text();
  assertEquals(
    html,
    '<!DOCTYPE html><html><head><meta charset="utf-8"/></head><body><h1>bare</h1></body></html>',
  );
});

Deno.test("fsRoutes() gives a group's layout to the group's pages, at URLs without it", async () => {
  assertMatch(await content("/about"), /<div class="group-layout"><main><h1>about<\/h1>/);
  assertEquals((await get(handler, "/(group)/about")).status, 404);
});

Deno.test("fsRoutes() makes no pages of folders in parentheses with an underscore", async () => {
  for (const path of ["/LocalIsland", "/(_islands)/LocalIsland"]) {
    const response = await get(handler, path);
    assertEquals(response.status, 404);
    await response.body?.cancel();
  }
});

Deno.test("fsRoutes() matches rests, with and without segments", async () => {
  assertEquals(await (await get(handler, "/files")).text(), "path none");
  assertEquals(await (await get(handler, "/files/a/b.txt")).text(), "path a/b.txt");
});

Deno.test("fsRoutes() uses the pattern of routeOverride instead of the file's path", async () => {
  const response = await get(handler, "/x/fresh@2/a/b");
  assertEquals(await response.json(), { module: "fresh", version: "2", path: "a/b" });
  assertEquals((await get(handler, "/override")).status, 404);
});

Deno.test("fsRoutes() answers the methods that a route handles", async () => {
  const read = await get(handler, "/methods");
  assertEquals([read.status, read.headers.get("x-note")], [200, "yes"]);
  assertMatch(await read.text(), /<p>read<\/p>/);
  const written = await get(handler, "/methods", { method: "POST" });
  assertEquals(written.status, 201);
  assertMatch(await written.text(), /<p>written<\/p>/);
  const deleted = await get(handler, "/methods", { method: "DELETE" });
  assertEquals([deleted.status, deleted.headers.get("location")], [303, "/methods"]);
  const head = await get(handler, "/methods", { method: "HEAD" });
  assertEquals([head.status, head.body], [200, null]);
  const refused = await get(handler, "/methods", { method: "PUT" });
  assertEquals(refused.status, 405);
  assertEquals(refused.headers.get("allow"), "GET, HEAD, POST, DELETE, OPTIONS");
  assertMatch(await refused.text(), /<h1>error 405<\/h1>/);
  const options = await get(handler, "/methods", { method: "OPTIONS" });
  assertEquals([options.status, options.headers.get("allow")], [
    204,
    "GET, HEAD, POST, DELETE, OPTIONS",
  ]);
});

Deno.test("fsRoutes() reads queries in handlers", async () => {
  const html = await (await get(handler, "/?name=%3Cb%3E%20%26%20co")).text();
  assertMatch(html, /<h1>hello &lt;b> &amp; co<\/h1>/);
});

Deno.test("fsRoutes() lets an async page answer by itself", async () => {
  const response = await get(handler, "/async?leave");
  assertEquals([response.status, await response.text()], [418, "left"]);
});

Deno.test("fsRoutes() runs a folder's middlewares after those above it", async () => {
  const response = await get(handler, "/blog/first");
  assertEquals(response.headers.get("x-visited"), "root blog-1 blog-2");
  await response.body?.cancel();
});

Deno.test("fsRoutes() renders error pages with the error's status and nothing of its inside", async () => {
  const response = await get(handler, "/blog/broken");
  const html = await response.text();
  assertEquals(response.status, 500);
  assertMatch(html, /<h1>error 500<\/h1>/);
  assert(!html.includes("secret"), "Expected the error's message to stay on the server");
  assertMatch(response.headers.get("content-security-policy") ?? "", /'nonce-[0-9a-f]{32}'/);
});

Deno.test("fsRoutes() prefers the error page of the folder", async () => {
  assertMatch(await content("/failing"), /<h1>failing: planned failure<\/h1>/);
});

Deno.test("fsRoutes() can be mounted below a path", async () => {
  const mounted = await fixtureHandler({ basePath: "/sub" });
  assertEquals((await get(mounted, "/sub/blog")).status, 200);
  assertEquals((await get(mounted, "/sub")).status, 200);
  assertEquals((await get(mounted, "/blog")).status, 404);
});

Deno.test("fsRoutes() answers 404 for a trailing slash, which trailingSlashes() can redirect", async () => {
  assertEquals((await get(handler, "/blog/")).status, 404);
});
