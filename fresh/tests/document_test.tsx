import { signal } from "@preact/signals";
import { App } from "fresh";
import { setErrorInterceptor } from "fresh/internal";
import { asset, assetSrcSet, Head } from "fresh/runtime";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import type { State } from "./fixture/define.ts";
import Values from "./fixture/islands/Values.tsx";
import { applyFixture, fixtureHandler, get } from "./fixture_app.ts";

const handler = await fixtureHandler();

async function html(path: string): Promise<string> {
  return await (await get(handler, path)).text();
}

function countOf(text: string, part: string | RegExp): number {
  return text.split(part).length - 1;
}

Deno.test("Head replaces the title and elements of the same name or key in the app wrapper", async () => {
  const page = await html("/");
  assertEquals(countOf(page, /<title>/), 1);
  assertMatch(page, /<title>hello world<\/title>/);
  assertEquals(countOf(page, 'name="description"'), 1);
  assertMatch(page, /content="of the page"/);
  assertEquals(countOf(page, 'data-key="theme"'), 1);
  assertMatch(page, /<meta name="theme-color" content="black" data-key="theme"\/>/);
});

Deno.test("Head leaves the app wrapper's elements where the page says nothing", async () => {
  const page = await html("/blog");
  assertMatch(page, /<title>Fixture<\/title><meta name="description" content="of the app"\/>/);
});

Deno.test("Head lets the last of several elements win", async () => {
  const app = new App().get("/", (ctx) =>
    ctx.render(
      <>
        <Head>
          <title>first</title>
          <meta name="robots" content="all" />
        </Head>
        <Head>
          <title>second</title>
          <meta name="robots" content="none" />
          <link rel="alternate" href="/feed" />
        </Head>
      </>,
    ));
  const page = await (await get(app.handler(), "/")).text();
  assertMatch(
    page,
    /<title>second<\/title><meta name="robots" content="none"\/><link rel="alternate" href="\/feed"\/><\/head>/,
  );
});

const LINKS: { path: string; marks: string[] }[] = [
  { path: "/", marks: ['data-current="true" aria-current="page" href="/"'] },
  {
    path: "/blog",
    marks: [
      'data-ancestor="true" aria-current="true" href="/"',
      'data-current="true" aria-current="page" href="/blog"',
    ],
  },
  {
    path: "/blog/first",
    marks: [
      'data-ancestor="true" aria-current="true" href="/"',
      'data-ancestor="true" aria-current="true" href="/blog"',
      'data-current="true" aria-current="page" href="/blog/first?tab=1"',
    ],
  },
];
for (const { path, marks } of LINKS) {
  Deno.test(`links that lead to ${path} or above it are marked`, async () => {
    const page = await html(path);
    for (const mark of marks) assert(page.includes(`<a ${mark}`), `Expected ${mark} in ${page}`);
    assertEquals(countOf(page, "aria-current"), marks.length);
  });
}

Deno.test("markup that is made once is marked anew for each page", async () => {
  const link = <a href="/a">a</a>;
  const app = new App().get("/:page", (ctx) => ctx.render(link)).handler();
  assertMatch(await (await get(app, "/a")).text(), /<a data-current="true" aria-current="page"/);
  assertMatch(await (await get(app, "/b")).text(), /<a href="\/a">a<\/a>/);
});

Deno.test("images get a cacheable address unless they opt out", async () => {
  const app = await applyFixture(
    new App<State>().get("/", (ctx) =>
      ctx.render(
        <>
          <img src="/a.png" srcset="/a.png 1x, /b.png 2x" />
          <img src="/c.png" data-fresh-disable-lock />
        </>,
      )),
  );
  const page = await (await get(app.handler(), "/")).text();
  assertMatch(page, /src="\/a\.png\?__frsh_c=\w{16}"/);
  assertMatch(page, /srcset="\/a\.png\?__frsh_c=\w{16} 1x, \/b\.png\?__frsh_c=\w{16} 2x"/);
  assertMatch(page, /src="\/c\.png"/);
});

const ASSETS: [string, RegExp][] = [
  ["/a.css", /^\/a\.css\?__frsh_c=\w+$/],
  ["/a.css?x=1#top", /^\/a\.css\?x=1&__frsh_c=\w+#top$/],
  ["//cdn.example/a.css", /^\/\/cdn\.example\/a\.css$/],
  ["https://cdn.example/a.css", /^https:\/\/cdn\.example\/a\.css$/],
  ["/a.css?__frsh_c=1", /^\/a\.css\?__frsh_c=1$/],
];
for (const [path, expected] of ASSETS) {
  Deno.test(`asset() makes of ${path} an address like ${expected}`, () => {
    assertMatch(asset(path), expected);
  });
}

Deno.test("assetSrcSet() leaves a set with parentheses alone", () => {
  assertEquals(assetSrcSet("/a(1).png 1x"), "/a(1).png 1x");
});

Deno.test("island properties cannot end the script that carries them", async () => {
  const page = await html("/values");
  const script = /<script type="module"[^>]*>(.*?)<\/script>/s.exec(page)?.[1] ?? "";
  assert(!/[<\u2028\u2029]/.test(script.replace(/^import.*?boot\(/s, "")));
  assertMatch(script, /\\u003c\/script>/i);
});

Deno.test("an island given a function fails with the place of the function", async () => {
  const errors: unknown[] = [];
  const app = await applyFixture(
    new App<State>().get("/", (ctx) => ctx.render(<Values values={{ onSave: () => {} }} />)),
  );
  setErrorInterceptor(app, (error) => errors.push(error));
  const response = await get(app.handler(), "/");
  assertEquals([response.status, await response.text()], [500, "Internal Server Error"]);
  assertMatch(String(errors[0]), /Cannot send properties .*\(Values\).*onSave/);
});

Deno.test("a page with islands names their scripts for preloading, others have none", async () => {
  const withIsland = await get(handler, "/counter");
  assertMatch(withIsland.headers.get("link") ?? "", /island-Counter\.js>; rel="modulepreload"/);
  assertMatch(await withIsland.text(), /<!--island:Counter:0:-->/);
  const without = await get(handler, "/blog");
  assertEquals(without.headers.get("link"), null);
  assert(!(await without.text()).includes("<script"));
});

Deno.test("a signal in markup is rendered as its value", async () => {
  const app = await applyFixture(
    new App<State>().get("/", (ctx) => ctx.render(<p>{signal("live")}</p>)),
  );
  assertMatch(await (await get(app.handler(), "/")).text(), /<p>live<\/p>/);
});
