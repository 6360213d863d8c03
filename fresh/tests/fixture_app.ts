import { App, csp, staticFiles } from "fresh";
import { ProdBuildCache, setBuildCache, setErrorInterceptor } from "fresh/internal";
import type { BuildSnapshot } from "../server/build_cache.ts";
import type { State } from "./fixture/define.ts";

type Handler = ReturnType<App<State>["handler"]>;

export const FIXTURE_ROOT = new URL("./fixture/", import.meta.url).href;

let building: Promise<BuildSnapshot> | null = null;

/**
 * Builds the fixture in another process: the bundler's own process ends at its own time, which the
 * test that runs just then would be blamed for.
 */
async function buildFixture(): Promise<BuildSnapshot> {
  const script = new URL("./build_fixture.ts", import.meta.url).href;
  const args = ["run", "--quiet", "--no-check", "-A", script];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return await import(new URL("./_fresh/snapshot.js", FIXTURE_ROOT).href);
}

/** Gives an application the fixture's build, which is made once per test file. */
export async function applyFixture(app: App<State>): Promise<App<State>> {
  building ??= buildFixture();
  setBuildCache(app, new ProdBuildCache(new URL(FIXTURE_ROOT).pathname, await building));
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

/**
 * A test that bundles. The bundler ends its own process at its own time after a build, which is no
 * leak of the test that runs just then.
 */
export function testBuild(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}
