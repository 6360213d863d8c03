import { App, csp, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { setErrorInterceptor } from "fresh/internal";
import type { State } from "./fixture/define.ts";

type Handler = ReturnType<App<State>["handler"]>;
type ApplyBuild = Awaited<ReturnType<Builder["build"]>>;

export const FIXTURE_ROOT = new URL("./fixture/", import.meta.url).href;

let building: Promise<ApplyBuild> | null = null;

/** Gives an application the fixture's build, which is made once per test file. */
export async function applyFixture(app: App<State>): Promise<App<State>> {
  building ??= new Builder({ root: FIXTURE_ROOT }).build({ snapshot: "memory" });
  (await building)(app);
  return app;
}

/** Answers as the fixture application does, under a base path if one is given. */
export async function fixtureHandler({ basePath = "" } = {}): Promise<Handler> {
  const app = new App<State>({ basePath })
    .use(csp({ useNonce: true }))
    .use(staticFiles())
    .fsRoutes();
  // The fixture fails on purpose: its errors are no news.
  setErrorInterceptor(app, () => {});
  return (await applyFixture(app)).handler();
}

/** Gets a path of the fixture application. */
export async function get(handler: Handler, path: string, init?: RequestInit): Promise<Response> {
  return await handler(new Request(`http://localhost${path}`, init));
}

/** Serves a handler on a free port while `use` runs. */
export async function withServer(
  handler: Handler,
  use: (origin: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, handler);
  try {
    await use(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}
