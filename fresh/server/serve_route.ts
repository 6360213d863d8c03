import { HttpError } from "../shared/http_error.ts";
import { type Context, internals, toElement } from "./context.ts";
import type { HandlerFn, PageResponse } from "./handlers.ts";
import type { Step } from "./middleware.ts";
import { allowedMethods, type Method } from "./router.ts";
import type { AnyRouteComponent, Route } from "./types.ts";

/** The methods that a route answers by itself; null for all. */
export function methodsOf<State>({ handler, component }: Route<State>): readonly string[] | null {
  if (typeof handler === "function") return null;
  const methods = Object.keys(handler ?? {});
  return component ? [...methods, "GET"] : methods;
}

function handlerFor<State>(
  { handler }: Route<State>,
  method: string,
): HandlerFn<unknown, State> | null {
  if (typeof handler === "function") return handler;
  const byMethod = handler?.[method as Method];
  return byMethod ?? (method === "HEAD" ? handler?.GET : undefined) ?? null;
}

/** A 405, whose response must name the methods that are answered. */
export class MethodNotAllowedError extends HttpError {
  /** Value of the `Allow` header. */
  readonly allow: string;

  constructor(allow: string) {
    super(405);
    this.allow = allow;
  }
}

/** The response to a method that a route does not answer: refusal, or the list for `OPTIONS`. */
export function refuseMethod(method: string, allowed: readonly string[]): Response {
  const allow = allowed.join(", ");
  if (method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
  throw new MethodNotAllowedError(allow);
}

async function renderRoute<State>(
  ctx: Context<State>,
  { route, response, status }: {
    route: Route<State>;
    response: PageResponse<unknown>;
    status: number;
  },
): Promise<Response> {
  if (!route.component) {
    throw new TypeError("Cannot answer: the handler returned data and the route has no page");
  }
  ctx.data = response.data;
  if (route.css) ctx[internals].css = route.css;
  const Inner = () => null;
  const vnode = await ctx[toElement](route.component as AnyRouteComponent, {
    data: response.data,
    Inner,
  });
  if (vnode instanceof Response) return vnode;
  const init: ResponseInit = { status: response.status ?? status };
  if (response.headers) init.headers = response.headers;
  return await ctx.render(vnode, init, route.config);
}

/** Runs a route's handler and renders its page with what the handler returned. */
export async function serveRoute<State>(
  ctx: Context<State>,
  route: Route<State>,
  { status = 200 }: { status?: number } = {},
): Promise<Response> {
  const { method } = ctx.req;
  const handler = handlerFor(route, method);
  const isPage = route.component && (method === "GET" || method === "HEAD" || status !== 200);
  if (!handler && !isPage) {
    return refuseMethod(method, allowedMethods(methodsOf(route) ?? []));
  }
  const response = handler ? await handler(ctx) : { data: undefined };
  if (response instanceof Response) return response;
  return await renderRoute(ctx, { route, response, status });
}

/** A step that renders an error page with the status of the error it was called for. */
export function errorPage<State>(route: Route<State>): Step<State> {
  return (ctx) => {
    const status = ctx.error instanceof HttpError ? ctx.error.status : 500;
    return serveRoute(ctx, route, { status });
  };
}
