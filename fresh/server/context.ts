import { Fragment, type FunctionComponent, h, isValidElement, type JSX } from "preact";
import type { BuildCache } from "./build_cache.ts";
import { renderDocument } from "./document.ts";
import type { AnyRouteComponent, LayoutConfig, PageProps, ResolvedFreshConfig } from "./types.ts";

/** Handlers of an upgraded connection. */
export interface WebSocketHandlers {
  open?(socket: WebSocket): void;
  message?(socket: WebSocket, event: MessageEvent): void;
  close?(socket: WebSocket, code: number, reason: string): void;
  error?(socket: WebSocket, event: Event | ErrorEvent): void;
}

/** Settings of an upgraded connection. */
export interface WebSocketUpgradeOptions {
  /** Seconds without an answer to a ping after which the connection is closed. */
  idleTimeout?: number;
  protocol?: string;
}

/** The components around a page. */
export interface Wrappers {
  readonly app: AnyRouteComponent | null;
  readonly layouts: readonly AnyRouteComponent[];
}

/** What the framework keeps on a context. */
export interface ContextInternals {
  readonly build: BuildCache;
  /** Path of the request without repeated slashes, as sent. */
  readonly pathname: string;
  wrappers: Wrappers;
  /** Style sheets of the route. */
  css: readonly string[];
  /** Answers when nothing else does. */
  readonly fallback: () => Promise<Response>;
}

/** Key of the framework's part of a context. */
export const internals: unique symbol = Symbol("fresh internals");

/** Key of the method that makes elements of components. */
export const toElement: unique symbol = Symbol("fresh element");

/** Everything a context is made from. */
export interface ContextInit {
  readonly req: Request;
  readonly info: Deno.ServeHandlerInfo;
  readonly config: ResolvedFreshConfig;
  readonly route: string | null;
  readonly params: Record<string, string>;
  readonly internals: ContextInternals;
}

/** The name Fresh 1 gave to `Context`. */
export type FreshContext<State = unknown> = Context<State>;

const ENCODER = new TextEncoder();

function isAsyncFunction(
  component: unknown,
): component is (props: unknown) => Promise<JSX.Element | Response | null> {
  return typeof component === "function" && component.constructor.name === "AsyncFunction";
}

function withContentType(init: ResponseInit, contentType: string): ResponseInit {
  const headers = new Headers(init.headers);
  headers.set("content-type", contentType);
  return { ...init, headers };
}

/** One request on its way through the middlewares. */
export class Context<State> {
  /** Settings of the application. */
  readonly config: ResolvedFreshConfig;
  /** The request as it came in. */
  req: Request;
  /** The pattern that matched; null if none did. */
  readonly route: string | null;
  /** Decoded parameters of the pattern. */
  readonly params: Record<string, string>;
  /** Shared by the middlewares, handlers and pages of this request. */
  readonly state: State = {} as State;
  /** What the route's handler returned for its page. */
  data: unknown = undefined;
  /** What was thrown, on error pages; otherwise null. */
  error: unknown | null = null;
  readonly info: Deno.ServeHandlerInfo;
  /** Whether only parts of the page are asked for: never, this layer sends whole pages. */
  readonly isPartial: boolean = false;
  /** Calls the next middleware. */
  next: () => Promise<Response>;
  /** The page or layout inside, while a layout or the app wrapper is rendered. */
  Component: FunctionComponent = () => null;
  readonly [internals]: ContextInternals;
  #url: URL | null = null;

  constructor(init: ContextInit) {
    this.config = init.config;
    this.req = init.req;
    this.info = init.info;
    this.route = init.route;
    this.params = init.params;
    this[internals] = init.internals;
    this.next = init.internals.fallback;
  }

  /** The address of the request. */
  get url(): URL {
    if (this.#url) return this.#url;
    const url = new URL(this.req.url);
    url.pathname = this[internals].pathname;
    if (this.config.trustProxy) {
      const protocol = this.req.headers.get("x-forwarded-proto");
      const host = this.req.headers.get("x-forwarded-host");
      if (protocol) url.protocol = `${protocol}:`;
      if (host) url.host = host;
    }
    this.#url = url;
    return url;
  }

  /**
   * A redirect, 302 unless said otherwise. A path stays on this site: `//other.site` and
   * `/\other.site`, which browsers take for another host, become paths here.
   */
  redirect(pathOrUrl: string, status = 302): Response {
    let location = pathOrUrl;
    if (pathOrUrl.startsWith("/")) {
      const end = pathOrUrl.search(/[?#]/);
      const path = end < 0 ? pathOrUrl : pathOrUrl.slice(0, end);
      location = path.replace(/[/\\]+/g, "/") + (end < 0 ? "" : pathOrUrl.slice(end));
    }
    return new Response(null, { status, headers: { location } });
  }

  /** A page made of `vnode` inside the layouts and the app wrapper that apply here. */
  async render(
    vnode: JSX.Element | null,
    init: ResponseInit = {},
    config: LayoutConfig = {},
  ): Promise<Response> {
    if (vnode !== null && !isValidElement(vnode)) {
      throw new TypeError("Cannot render a page: expected JSX or null");
    }
    const { wrappers, build, css, pathname } = this[internals];
    const layouts = config.skipInheritedLayouts ? [] : wrappers.layouts;
    const app = config.skipAppWrapper ? null : wrappers.app;
    let content: JSX.Element | null = vnode;
    for (const layout of layouts.toReversed()) {
      const inner = content;
      const wrapped = await this[toElement](layout, { Inner: () => inner });
      if (wrapped instanceof Response) return wrapped;
      content = wrapped;
    }
    const islands = build.islands ?? await build.loadIslands();
    const page = {
      content: content ?? h(Fragment, null),
      app: app && ((Inner: FunctionComponent) => this[toElement](app, { Inner })),
    };
    const { basePath, mode } = this.config;
    return await renderDocument(page, { init, islands, build, css, pathname, basePath, mode });
  }

  /** A response of plain text. */
  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  /** A response of HTML. */
  html(content: string, init: ResponseInit = {}): Response {
    return new Response(content, withContentType(init, "text/html; charset=utf-8"));
  }

  /** A response of JSON. */
  json(content: unknown, init?: ResponseInit): Response {
    return Response.json(content, init);
  }

  /** A response that sends text or bytes as they are yielded. */
  stream<U extends string | Uint8Array>(
    stream: Iterable<U> | AsyncIterable<U> | (() => Iterable<U> | AsyncIterable<U>),
    init?: ResponseInit,
  ): Response {
    const chunks = typeof stream === "function" ? stream() : stream;
    const encode = new TransformStream<U, Uint8Array>({
      transform(chunk, controller) {
        controller.enqueue(typeof chunk === "string" ? ENCODER.encode(chunk) : chunk);
      },
    });
    return new Response(ReadableStream.from(chunks).pipeThrough(encode), init);
  }

  /** Turns the request into a WebSocket: with handlers, returns the response alone. */
  upgrade(options?: WebSocketUpgradeOptions): { socket: WebSocket; response: Response };
  upgrade(handlers: WebSocketHandlers, options?: WebSocketUpgradeOptions): Response;
  upgrade(
    first: WebSocketHandlers | WebSocketUpgradeOptions = {},
    second?: WebSocketUpgradeOptions,
  ): Response | { socket: WebSocket; response: Response } {
    const isManaged = ["open", "message", "close", "error"].some((name) => name in first);
    const options = isManaged ? second : first as WebSocketUpgradeOptions;
    const { socket, response } = Deno.upgradeWebSocket(this.req, options ?? {});
    if (!isManaged) return { socket, response };
    const { open, message, close, error } = first as WebSocketHandlers;
    if (open) socket.onopen = () => open(socket);
    if (message) socket.onmessage = (event) => message(socket, event);
    if (close) socket.onclose = (event) => close(socket, event.code, event.reason);
    if (error) socket.onerror = (event) => error(socket, event);
    return response;
  }

  /** A page, layout or app wrapper as an element; async ones are awaited. */
  async [toElement](
    component: AnyRouteComponent,
    { data, Inner }: { data?: unknown; Inner: FunctionComponent },
  ): Promise<JSX.Element | Response | null> {
    const { config, error, info, isPartial, params, req, route, state, url } = this;
    const props: PageProps<unknown, State> = {
      Component: Inner,
      config,
      data,
      error,
      info,
      isPartial,
      params,
      req,
      route,
      state,
      url,
    };
    if (isAsyncFunction(component)) return await component(props);
    return h(component as FunctionComponent<object>, props);
  }
}
