import type { AnyComponent, FunctionComponent } from "preact";
import type { Context } from "./context.ts";
import type { RouteHandler } from "./handlers.ts";
import type { Method } from "./router.ts";

/** A function that loads `T` when it is first needed. */
export type Lazy<T> = () => Promise<T>;

/** `T`, or a function that loads it. */
export type MaybeLazy<T> = T | Lazy<T>;

/** Settings of an application. */
export interface FreshConfig {
  /** Path under which the whole application is served, such as `/app`. */
  readonly basePath?: string;
  /** Development adds live reload and error details to pages. */
  readonly mode?: "development" | "production";
  /** Believe `X-Forwarded-Proto` and `X-Forwarded-Host` when building `ctx.url`. */
  readonly trustProxy?: boolean;
}

/** Settings of an application with every default filled in. */
export interface ResolvedFreshConfig {
  /** Folder of the project on disk. */
  root: string;
  basePath: string;
  mode: "development" | "production";
  trustProxy: boolean;
}

/** What a page, a layout or the app wrapper is given. */
export type PageProps<Data = unknown, State = unknown> =
  & Pick<
    Context<State>,
    "config" | "url" | "req" | "params" | "info" | "state" | "isPartial" | "error" | "route"
  >
  & {
    /** What the handler returned. */
    data: Data;
    /** The page or layout inside; renders nothing in a page. */
    Component: FunctionComponent;
  };

/** A page, layout or app wrapper; async functions may return a `Response` instead. */
// deno-lint-ignore no-explicit-any -- pages of any data share one list
export type RouteComponent<State> = AnyComponent<PageProps<any, State>>;

/** A component of any application, once nothing depends on its state's type. */
export type AnyRouteComponent = RouteComponent<never>;

/** What a layout may opt out of. */
export interface LayoutConfig {
  /** Leave out the layouts of the folders above. */
  readonly skipInheritedLayouts?: boolean;
  /** Leave out the app wrapper. */
  readonly skipAppWrapper?: boolean;
}

/** What a route may change about itself. */
export interface RouteConfig extends LayoutConfig {
  /** A pattern that replaces the one given by the file's path. */
  readonly routeOverride?: string;
  /** Methods a lazily loaded route answers. */
  readonly methods?: "ALL" | readonly Method[];
}

/** A page with the handlers that feed it. */
export interface Route<State> {
  readonly component?: RouteComponent<State>;
  readonly handler?: RouteHandler<unknown, State>;
  readonly config?: RouteConfig;
  /** Addresses of style sheets to link from this page. */
  readonly css?: readonly string[];
}
