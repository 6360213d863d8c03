/**
 * The server's side: the application, its routes and its middlewares.
 * @module
 */
export { App, type ListenOptions } from "./server/app.ts";
export { type Context, type FreshContext } from "./server/context.ts";
export { csp, type CSPOptions } from "./server/csp.ts";
export { createDefine, type Define } from "./server/define.ts";
export {
  type HandlerByMethod,
  type HandlerFn,
  page,
  type PageResponse,
  type RouteData,
  type RouteHandler,
} from "./server/handlers.ts";
export type { Middleware, MiddlewareFn } from "./server/middleware.ts";
export type { Method } from "./server/router.ts";
export { staticFiles } from "./server/static_files.ts";
export { trailingSlashes } from "./server/trailing_slashes.ts";
export type {
  FreshConfig,
  LayoutConfig,
  Lazy,
  MaybeLazy,
  PageProps,
  ResolvedFreshConfig,
  RouteConfig,
} from "./server/types.ts";
export { HttpError } from "./shared/http_error.ts";
