import { App, csp, type CSPOptions, type FreshConfig, staticFiles } from "fresh";
import { ProdBuildCache, setBuildCache, setErrorInterceptor } from "fresh/internal";
import { UuidFactory } from "../services/kernel/ids.ts";
import type { Log } from "../services/ports/mod.ts";
import type { State } from "./page_state.ts";

/** What the pages are made with. */
export interface PageServerOptions {
  /** What every page finds in its state. */
  readonly state: Omit<State, "requestId" | "status">;
  readonly settings: FreshConfig;
  readonly contentSecurityPolicy: CSPOptions;
  /** The output of the build, and the folder that it was made of. */
  readonly build: ConstructorParameters<typeof ProdBuildCache>[1];
  readonly root: string;
  readonly log: Log;
}

/** The pages over the output of the last build, behind the headers that each of them has. */
export function createPages(
  { state, settings, contentSecurityPolicy, build, root, log }: PageServerOptions,
): (request: Request, info?: Deno.ServeHandlerInfo) => Response | Promise<Response> {
  const ids = new UuidFactory(() => state.clock.now());
  const app = new App<State>(settings)
    .use(async (ctx) => {
      Object.assign(ctx.state, state, { requestId: ids.next() });
      const response = await ctx.next();
      secure(response.headers);
      response.headers.set("x-request-id", ctx.state.requestId);
      return compressPage(ctx.req, response);
    })
    .use(csp(contentSecurityPolicy))
    .use(staticFiles())
    .fsRoutes();
  setBuildCache(app, new ProdBuildCache(root, build));
  setErrorInterceptor(app, (error) => log.error("Page failed", { error }));
  return app.handler();
}

/** What every page says beside its content security policy. */
function secure(headers: Headers): void {
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "same-origin");
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-cache");
  const policy = headers.get("content-security-policy");
  // Served over plain HTTP on loopback, where some browsers would ask for the files over TLS.
  if (policy) {
    headers.set("content-security-policy", policy.replace("; upgrade-insecure-requests", ""));
  }
}

/** A rendered page as gzip where the browser takes it: a table of 200 assets shrinks eightfold. */
function compressPage(request: Request, response: Response): Response {
  const { headers, body } = response;
  const isPage = headers.get("content-type")?.startsWith("text/html") ?? false;
  if (!isPage || body === null || headers.has("content-encoding")) return response;
  headers.append("vary", "accept-encoding");
  if (!/\bgzip\b/.test(request.headers.get("accept-encoding") ?? "")) return response;
  headers.set("content-encoding", "gzip");
  headers.delete("content-length");
  return new Response(body.pipeThrough(new CompressionStream("gzip")), response);
}
