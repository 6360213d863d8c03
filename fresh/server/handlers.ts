import type { Context } from "./context.ts";
import type { Method } from "./router.ts";

/** Data for the page component, with the status and headers of the response. */
export interface PageResponse<T> {
  data: T;
  headers?: HeadersInit;
  status?: number;
}

/** Answers a request, or returns the data that its page is rendered with. */
export interface HandlerFn<Data, State> {
  (
    ctx: Context<State>,
  ): Response | PageResponse<Data> | Promise<Response | PageResponse<Data>>;
}

/** One handler per method; other methods are answered with 405. */
export type HandlerByMethod<Data, State> = { [M in Method]?: HandlerFn<Data, State> };

/** One handler for every method, or one per method. */
export type RouteHandler<Data, State> = HandlerFn<Data, State> | HandlerByMethod<Data, State>;

/** The data type that a handler hands to its page. */
export type RouteData<Handler extends RouteHandler<unknown, unknown>> = Handler extends
  RouteHandler<infer Data, unknown> ? Data : never;

/** Status and headers that go with a page's data. */
interface PageOptions {
  readonly headers?: HeadersInit;
  readonly status?: number;
}

/** Renders the route's page with `data`. */
export function page<T>(data: T, options?: PageOptions): PageResponse<T>;
export function page(): PageResponse<undefined>;
export function page(data?: unknown, options: PageOptions = {}): PageResponse<unknown> {
  return { data, ...options };
}
