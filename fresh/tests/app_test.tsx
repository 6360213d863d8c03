import { App, type Context, HttpError, type Middleware, page } from "fresh";
import { setErrorInterceptor } from "fresh/internal";
import { assertEquals, assertMatch } from "@/tests/assert.ts";
import { get } from "./fixture_app.ts";

interface State {
  steps: string[];
}

function step(name: string): Middleware<State> {
  return (ctx) => {
    ctx.state.steps = [...ctx.state.steps ?? [], name];
    return ctx.next();
  };
}

const steps = (ctx: Context<State>) => ctx.json(ctx.state.steps ?? []);

/** An application that keeps quiet about the errors it is made to throw. */
function quietApp(): { app: App<State>; errors: unknown[] } {
  const app = new App<State>();
  const errors: unknown[] = [];
  setErrorInterceptor(app, (error) => errors.push(error));
  return { app, errors };
}

Deno.test("App.use() applies to what is added after it, from left to right", async () => {
  const handler = new App<State>()
    .use(step("a"), step("b"))
    .get("/first", steps)
    .use(step("c"))
    .get("/second", steps)
    .handler();
  assertEquals(await (await get(handler, "/first")).json(), ["a", "b"]);
  assertEquals(await (await get(handler, "/second")).json(), ["a", "b", "c"]);
});

Deno.test("App.use() with a path applies to that path and below", async () => {
  const handler = new App<State>()
    .use("/admin", step("admin"))
    .get("/", steps)
    .get("/admin", steps)
    .get("/admin/users", steps)
    .get("/administration", steps)
    .handler();
  assertEquals(await (await get(handler, "/")).json(), []);
  assertEquals(await (await get(handler, "/admin")).json(), ["admin"]);
  assertEquals(await (await get(handler, "/admin/users")).json(), ["admin"]);
  assertEquals(await (await get(handler, "/administration")).json(), []);
});

Deno.test("App.use() takes a function that loads the middleware, once", async () => {
  let loads = 0;
  const handler = new App<State>()
    .use(() => {
      loads++;
      return Promise.resolve(step("lazy"));
    })
    .get("/", steps)
    .handler();
  assertEquals(await (await get(handler, "/")).json(), ["lazy"]);
  assertEquals(await (await get(handler, "/")).json(), ["lazy"]);
  assertEquals(loads, 1);
});

Deno.test("App.get() takes several middlewares and lazy ones", async () => {
  const handler = new App<State>()
    .get("/", step("a"), () => Promise.resolve(step("b")), steps)
    .handler();
  assertEquals(await (await get(handler, "/")).json(), ["a", "b"]);
});

const METHODS = ["get", "post", "put", "patch", "delete"] as const;
for (const name of METHODS) {
  Deno.test(`App.${name}() answers its own method only`, async () => {
    const handler = new App()[name]("/x", (ctx) => ctx.text(ctx.req.method)).handler();
    for (const other of METHODS) {
      const response = await get(handler, "/x", { method: other.toUpperCase() });
      assertEquals(response.status, other === name ? 200 : 405);
      await response.body?.cancel();
    }
  });
}

Deno.test("App.all() answers every method", async () => {
  const handler = new App().all("/x", (ctx) => ctx.text(ctx.req.method)).handler();
  for (const method of ["GET", "POST", "OPTIONS", "DELETE"]) {
    assertEquals(await (await get(handler, "/x", { method })).text(), method);
  }
});

Deno.test("App answers HEAD like GET without the body, unless head() says otherwise", async () => {
  const handler = new App()
    .get("/a", () => new Response("body", { headers: { "x-a": "1" } }))
    .get("/b", () => new Response("body"))
    .head("/b", () => new Response(null, { status: 204 }))
    .handler();
  const a = await get(handler, "/a", { method: "HEAD" });
  assertEquals([a.status, a.headers.get("x-a"), a.body], [200, "1", null]);
  assertEquals((await get(handler, "/b", { method: "HEAD" })).status, 204);
});

Deno.test("App names the allowed methods in 405 and in the answer to OPTIONS", async () => {
  const handler = new App().get("/x", () => new Response("x")).post("/x", () => new Response("x"))
    .handler();
  const refused = await get(handler, "/x", { method: "DELETE" });
  assertEquals([refused.status, refused.headers.get("allow")], [405, "GET, HEAD, POST, OPTIONS"]);
  await refused.body?.cancel();
  const options = await get(handler, "/x", { method: "OPTIONS" });
  assertEquals([options.status, options.headers.get("allow")], [204, "GET, HEAD, POST, OPTIONS"]);
});

const PATTERNS: { pattern: string; path: string; params: Record<string, string> | null }[] = [
  { pattern: "/books/:id", path: "/books/7", params: { id: "7" } },
  { pattern: "/books/:id", path: "/books/a%20b", params: { id: "a b" } },
  { pattern: "/books/:id", path: "/books/a%2Fb", params: { id: "a/b" } },
  { pattern: "/books/:id", path: "/books", params: null },
  { pattern: "/books/:id", path: "/books/7/", params: null },
  { pattern: "/books/:id/notes/:note", path: "/books/7/notes/1", params: { id: "7", note: "1" } },
  { pattern: "/old/:path*", path: "/old", params: {} },
  { pattern: "/old/:path*", path: "/old/a/b", params: { path: "a/b" } },
  { pattern: "/old/:path+", path: "/old", params: null },
  { pattern: "/docs{/:version}?", path: "/docs", params: {} },
  { pattern: "/docs{/:version}?", path: "/docs/2", params: { version: "2" } },
  { pattern: "/x/:module@:version", path: "/x/fresh@2", params: { module: "fresh", version: "2" } },
  { pattern: "/n/:id(\\d+)", path: "/n/12", params: { id: "12" } },
  { pattern: "/n/:id(\\d+)", path: "/n/ab", params: null },
  { pattern: "/foo/*", path: "/foo/bar/baz", params: { 0: "bar/baz" } },
  { pattern: "/foo/*", path: "/foo", params: null },
];
for (const { pattern, path, params } of PATTERNS) {
  const outcome = params ? JSON.stringify(params) : "nothing";
  Deno.test(`App matches ${path} against ${pattern} as ${outcome}`, async () => {
    const handler = new App().get(pattern, (ctx) => ctx.json([ctx.params, ctx.route])).handler();
    const response = await get(handler, path);
    assertEquals(response.status, params ? 200 : 404);
    if (params) assertEquals(await response.json(), [params, pattern]);
    else await response.body?.cancel();
  });
}

Deno.test("App prefers fixed paths, then patterns in the order they were added", async () => {
  const handler = new App()
    .get("/posts/:id", (ctx) => ctx.text("first"))
    .get("/posts/:slug", (ctx) => ctx.text("second"))
    .get("/posts/featured", (ctx) => ctx.text("fixed"))
    .handler();
  assertEquals(await (await get(handler, "/posts/featured")).text(), "fixed");
  assertEquals(await (await get(handler, "/posts/other")).text(), "first");
});

Deno.test("App answers a malformed parameter with 400", async () => {
  const handler = new App().get("/books/:id", (ctx) => ctx.text("x")).handler();
  const response = await get(handler, "/books/%E0%A4%A");
  assertEquals(response.status, 400);
  await response.body?.cancel();
});

Deno.test("App reads paths with repeated slashes, dots and queries like their plain form", async () => {
  const handler = new App().get("/a/b", (ctx) => ctx.text(ctx.url.pathname + ctx.url.search))
    .handler();
  assertEquals(await (await get(handler, "//a///b?x=1&y=a//b")).text(), "/a/b?x=1&y=a//b");
  assertEquals(await (await get(handler, "/a/./c/../b")).text(), "/a/b");
});

Deno.test("App serves everything under its base path", async () => {
  const handler = new App({ basePath: "/my-app" })
    .get("/", (ctx) => ctx.text("root"))
    .get("/about", (ctx) => ctx.text(ctx.config.basePath))
    .handler();
  assertEquals(await (await get(handler, "/my-app/about")).text(), "/my-app");
  assertEquals(await (await get(handler, "/my-app")).text(), "root");
  assertEquals(await (await get(handler, "/my-app/")).text(), "root");
  assertEquals((await get(handler, "/about")).status, 404);
});

Deno.test("App.mountApp() adds another application below a path", async () => {
  const inner = new App<State>().use(step("inner")).get("/", steps).get("/deep", steps);
  const handler = new App<State>()
    .use(step("outer"))
    .mountApp("/sub", inner)
    .get("/beside", steps)
    .handler();
  assertEquals(await (await get(handler, "/sub")).json(), ["outer", "inner"]);
  assertEquals(await (await get(handler, "/sub/deep")).json(), ["outer", "inner"]);
  assertEquals(await (await get(handler, "/beside")).json(), ["outer"]);
});

Deno.test("App.route() renders a component with its handler's data, and loads lazily", async () => {
  const route = {
    component: ({ data }: { data: { name: string } }) => <h1>About {data.name}</h1>,
    handler: { GET: () => page({ name: "us" }) },
  };
  const handler = new App()
    .route("/eager", route)
    .route("/lazy", () => Promise.resolve(route))
    .handler();
  for (const path of ["/eager", "/lazy"]) {
    assertMatch(await (await get(handler, path)).text(), /<h1>About us<\/h1>/);
    const refused = await get(handler, path, { method: "POST" });
    assertEquals([refused.status, refused.headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
    await refused.body?.cancel();
  }
});

Deno.test("App.layout() and appWrapper() wrap pages; options leave wrappers out", async () => {
  const handler = new App()
    .appWrapper(({ Component }) => (
      <html>
        <body id="app">
          <Component />
        </body>
      </html>
    ))
    .layout("*", ({ Component }) => (
      <main>
        <Component />
      </main>
    ))
    .layout("/inner", ({ Component }) => (
      <section>
        <Component />
      </section>
    ))
    .layout("/alone", ({ Component }) => (
      <i>
        <Component />
      </i>
    ), { skipInheritedLayouts: true, skipAppWrapper: true })
    .get("/", (ctx) => ctx.render(<p>page</p>))
    .get("/inner/page", (ctx) => ctx.render(<p>page</p>))
    .get("/alone", (ctx) => ctx.render(<p>page</p>))
    .get(
      "/bare",
      (ctx) => ctx.render(<p>page</p>, {}, { skipInheritedLayouts: true, skipAppWrapper: true }),
    )
    .handler();
  const body = async (path: string) => {
    const html = await (await get(handler, path)).text();
    return /<body.*<\/body>/.exec(html)?.[0];
  };
  assertEquals(await body("/"), '<body id="app"><main><p>page</p></main></body>');
  assertEquals(
    await body("/inner/page"),
    '<body id="app"><main><section><p>page</p></section></main></body>',
  );
  assertEquals(await body("/alone"), "<body><i><p>page</p></i></body>");
  assertEquals(await body("/bare"), "<body><p>page</p></body>");
});

Deno.test("App.onError() is answered by the nearest error page", async () => {
  const { app, errors } = quietApp();
  const handler = app
    .onError("*", () => new Response("outer", { status: 500 }))
    .onError("/foo/bar", (ctx) => new Response(`inner ${(ctx.error as Error).message}`))
    .get("/thrower", () => {
      throw new Error("one");
    })
    .get("/foo/bar/thrower", () => {
      throw new Error("two");
    })
    .handler();
  assertEquals(await (await get(handler, "/thrower")).text(), "outer");
  assertEquals(await (await get(handler, "/foo/bar/thrower")).text(), "inner two");
  assertEquals(errors.map(String), ["Error: one", "Error: two"]);
});

Deno.test("App.onError() passes an error page's own error to the page above it", async () => {
  const { app } = quietApp();
  const handler = app
    .onError("*", (ctx) => new Response(`outer ${(ctx.error as Error).message}`))
    .onError("/foo", () => {
      throw new Error("from the page");
    })
    .get("/foo", () => {
      throw new Error("first");
    })
    .handler();
  assertEquals(await (await get(handler, "/foo")).text(), "outer from the page");
});

Deno.test("App lets middlewares add headers to error pages", async () => {
  const { app } = quietApp();
  const handler = app
    .use(async (ctx) => {
      const response = await ctx.next();
      response.headers.set("x-seen", "yes");
      return response;
    })
    .onError("*", { component: () => <h1>broken</h1> })
    .notFound({ component: () => <h1>missing</h1> })
    .get("/thrower", () => {
      throw new HttpError(503);
    })
    .handler();
  for (const [path, status] of [["/thrower", 503], ["/none", 404]] as const) {
    const response = await get(handler, path);
    assertEquals([response.status, response.headers.get("x-seen")], [status, "yes"]);
    await response.body?.cancel();
  }
});

Deno.test("App.notFound() answers unknown paths and every thrown 404", async () => {
  const handler = new App()
    .notFound((ctx) => new Response(`none at ${ctx.url.pathname}`, { status: 404 }))
    .onError("*", () => new Response("other", { status: 500 }))
    .get("/thrower", () => {
      throw new HttpError(404);
    })
    .handler();
  assertEquals(await (await get(handler, "/thrower")).text(), "none at /thrower");
  const unknown = await get(handler, "/unknown");
  assertEquals([unknown.status, await unknown.text()], [404, "none at /unknown"]);
});

Deno.test("App keeps the inside of errors from clients", async () => {
  const { app, errors } = quietApp();
  const handler = app
    .get("/bug", () => {
      throw new Error("password is swordfish");
    })
    .get("/down", () => {
      throw new HttpError(503, "database 10.0.0.7 refused");
    })
    .get("/mine", () => {
      throw new HttpError(422, "the name is too long");
    })
    .get("/nothing", () => undefined as unknown as Response)
    .handler();
  const answers = await Promise.all(["/bug", "/down", "/mine", "/nothing"].map(async (path) => {
    const response = await get(handler, path);
    return [response.status, await response.text()];
  }));
  assertEquals(answers, [
    [500, "Internal Server Error"],
    [503, "Service Unavailable"],
    [422, "the name is too long"],
    [500, "Internal Server Error"],
  ]);
  assertEquals(errors.length, 3);
});
