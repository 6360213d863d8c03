import { HttpError, statusText } from "../shared/http_error.ts";
import { type BuildCache, emptyBuildCache } from "./build_cache.ts";
import { type Command, type CompiledApp, Compiler, mountCommand } from "./commands.ts";
import { Context } from "./context.ts";
import { ALIVE_PATH, LiveReload } from "./live_reload.ts";
import type { MaybeLazyMiddleware, Middleware } from "./middleware.ts";
import { requestPath } from "./request_path.ts";
import { joinPaths } from "./route_files.ts";
import { type Match, METHODS } from "./router.ts";
import { MethodNotAllowedError, refuseMethod } from "./serve_route.ts";
import type {
  AnyRouteComponent,
  FreshConfig,
  LayoutConfig,
  MaybeLazy,
  ResolvedFreshConfig,
  Route,
  RouteComponent,
  RouteConfig,
} from "./types.ts";
import "./vnode_hooks.ts";

/** Where to listen. */
export type ListenOptions =
  & Partial<Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem>
  & { readonly remoteAddress?: string };

/** Answers requests. */
type Handler = (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response>;

const FIRST_PORT = 8000;
const PORTS_TRIED = 20;

const LOCAL_ADDRESS: Deno.NetAddr = { transport: "tcp", hostname: "localhost", port: 8080 };
/** What handlers see of a connection when there is none, as in tests. */
const NO_CONNECTION: Deno.ServeHandlerInfo = {
  remoteAddr: LOCAL_ADDRESS,
  completed: Promise.resolve(),
};

let attachBuild: <S>(app: App<S>, build: BuildCache) => void;
let attachInterceptor: <S>(app: App<S>, intercept: (error: unknown) => void) => void;
let attachReload: <S>(app: App<S>, reload: LiveReload) => void;

/** Gives an application the output of a build. A development build makes it a development one. */
export function setBuildCache<State>(
  app: App<State>,
  build: BuildCache,
  mode: "development" | "production" = "production",
): void {
  attachBuild(app, build);
  app.config.root = build.root;
  app.config.mode = build.mode === "development" ? "development" : mode;
}

/** Calls `intercept` for each error that is not a client's fault, instead of printing it. */
export function setErrorInterceptor<State>(
  app: App<State>,
  intercept: (error: unknown) => void,
): void {
  attachInterceptor(app, intercept);
}

/** Gives an application the means to reload the pages it served in development. */
export function setLiveReload<State>(app: App<State>, reload: LiveReload): void {
  attachReload(app, reload);
}

function printError(error: unknown): void {
  // deno-lint-ignore no-console -- the last resort of an application that set no interceptor
  console.error(error);
}

function isServerError(error: unknown): boolean {
  return !(error instanceof HttpError) || error.status >= 500;
}

/** The response to an error that no error page answered. Says nothing of the server's inside. */
function plainResponse(error: unknown): Response {
  if (!(error instanceof HttpError)) return new Response(statusText(500), { status: 500 });
  const { status, message } = error;
  return new Response(status >= 500 ? statusText(status) : message, { status });
}

/** Routes requests through middlewares to pages and handlers. */
export class App<State> {
  /** Settings with every default filled in. */
  readonly config: ResolvedFreshConfig;
  readonly #commands: Command<State>[] = [];
  #build: BuildCache | null = null;
  #intercept: (error: unknown) => void = printError;
  #reload: LiveReload | null = null;

  static {
    attachBuild = (app, build) => app.#build = build;
    attachInterceptor = (app, intercept) => app.#intercept = intercept;
    attachReload = (app, reload) => app.#reload = reload;
  }

  constructor({ basePath = "", mode = "production", trustProxy = false }: FreshConfig = {}) {
    this.config = { root: ".", basePath: basePath.replace(/\/+$/, ""), mode, trustProxy };
  }

  /** Adds middlewares for every later route, or for those at and below a path. */
  use(...middlewares: MaybeLazyMiddleware<State>[]): this;
  use(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this;
  use(
    first: string | MaybeLazyMiddleware<State>,
    ...rest: MaybeLazyMiddleware<State>[]
  ): this {
    const scope = typeof first === "string" ? first : "*";
    const middlewares = typeof first === "string" ? rest : [first, ...rest];
    return this.#add({ type: "use", scope, middlewares });
  }

  /** Answers GET requests. */
  get(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(["GET"], path, middlewares);
  }

  /** Answers POST requests. */
  post(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(["POST"], path, middlewares);
  }

  /** Answers PUT requests. */
  put(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(["PUT"], path, middlewares);
  }

  /** Answers PATCH requests. */
  patch(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(["PATCH"], path, middlewares);
  }

  /** Answers DELETE requests. */
  delete(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(["DELETE"], path, middlewares);
  }

  /** Answers HEAD requests, which otherwise are answered like GET without the body. */
  head(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(["HEAD"], path, middlewares);
  }

  /** Answers requests of every method. */
  all(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(METHODS, path, middlewares);
  }

  /** Adds a page with its handlers, or a function that loads them. */
  route(path: string, route: MaybeLazy<Route<State>>, config?: RouteConfig): this {
    return this.#add({ type: "route", scope: path, pattern: path, route, config });
  }

  /** Adds the files of `routes/` here, or below a path. */
  fsRoutes(path = "*"): this {
    return this.#add({ type: "fsRoutes", scope: path });
  }

  /** Sets the component around every page. */
  appWrapper(component: RouteComponent<State>): this {
    return this.#add({ type: "app", scope: "*", component: component as AnyRouteComponent });
  }

  /** Sets a component around the pages at and below a path. */
  layout(path: string, component: RouteComponent<State>, config: LayoutConfig = {}): this {
    return this.#add({
      type: "layout",
      scope: path,
      layout: { component: component as AnyRouteComponent, config },
    });
  }

  /** Answers errors thrown at and below a path. */
  onError(path: string, route: Route<State> | Middleware<State>): this {
    return this.#add({ type: "onError", scope: path, route });
  }

  /** Answers whatever ends in status 404. */
  notFound(route: Route<State> | Middleware<State>): this {
    return this.#add({ type: "notFound", route });
  }

  /** Adds everything of another application below a path. */
  mountApp(path: string, app: App<State>): this {
    const mount = joinPaths(path, app.config.basePath);
    for (const command of app.#commands) this.#add(mountCommand(command, mount));
    return this;
  }

  /** One function that answers requests; later calls on the application do not change it. */
  handler(): Handler {
    const build = this.#build ?? emptyBuildCache();
    const compiler = new Compiler<State>({
      basePath: this.config.basePath,
      files: build.fsRoutes,
    });
    for (const command of this.#commands) compiler.apply(command);
    const compiled = compiler.compile();
    const reload = this.config.mode === "development" ? this.#reload ?? new LiveReload() : null;
    const alivePath = this.config.basePath + ALIVE_PATH;
    return (req, info = NO_CONNECTION) => {
      const pathname = requestPath(req.url);
      if (reload && pathname === alivePath) return Promise.resolve(reload.connect());
      return this.#answer(compiled, { req, info, build, pathname });
    };
  }

  /** Serves on the given port, or on the first free one from 8000. */
  async listen(options: ListenOptions = {}): Promise<void> {
    const handler = this.handler();
    if (options.port !== undefined) {
      await Deno.serve(options, handler).finished;
      return;
    }
    for (let port = FIRST_PORT;; port++) {
      try {
        await Deno.serve({ ...options, port }, handler).finished;
        return;
      } catch (error) {
        const isTaken = error instanceof Deno.errors.AddrInUse;
        if (!isTaken || port === FIRST_PORT + PORTS_TRIED - 1) throw error;
      }
    }
  }

  #add(command: Command<State>): this {
    this.#commands.push(command);
    return this;
  }

  #handle(
    methods: readonly string[],
    pattern: string,
    middlewares: readonly MaybeLazyMiddleware<State>[],
  ): this {
    return this.#add({ type: "handle", methods, pattern, middlewares });
  }

  async #answer(
    { router, fallback }: CompiledApp<State>,
    { req, info, build, pathname }: {
      req: Request;
      info: Deno.ServeHandlerInfo;
      build: BuildCache;
      pathname: string;
    },
  ): Promise<Response> {
    const { method } = req;
    let match: Match<(ctx: Context<State>) => Promise<Response>>;
    let malformed: HttpError | null = null;
    try {
      match = router.match(method, pathname);
    } catch (error) {
      malformed = new HttpError(400, undefined, { cause: error });
      match = { item: null, pattern: null, params: {}, allowed: [] };
    }
    const ctx = new Context<State>({
      req,
      info,
      config: this.config,
      route: match.pattern,
      params: match.params,
      internals: {
        build,
        pathname,
        wrappers: { app: null, layouts: [] },
        css: [],
        fallback: async () => {
          if (malformed) throw malformed;
          if (match.item || match.pattern === null) throw new HttpError(404);
          return await Promise.resolve(refuseMethod(method, match.allowed));
        },
      },
    });
    const response = await this.#run(match.item ?? fallback, ctx);
    if (ctx.error !== null && isServerError(ctx.error)) this.#intercept(ctx.error);
    if (ctx.error instanceof MethodNotAllowedError) response.headers.set("allow", ctx.error.allow);
    return method === "HEAD" && response.body ? new Response(null, response) : response;
  }

  async #run(
    step: (ctx: Context<State>) => Promise<Response>,
    ctx: Context<State>,
  ): Promise<Response> {
    try {
      const response: unknown = await step(ctx);
      if (response instanceof Response) return response;
      throw new TypeError(`Cannot answer: expected a Response, got ${String(response)}`);
    } catch (error) {
      ctx.error = error;
      return plainResponse(error);
    }
  }
}
