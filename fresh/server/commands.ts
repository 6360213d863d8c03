import type { FsRouteFile } from "./build_cache.ts";
import { addRouteFile } from "./fs_routes.ts";
import { internals } from "./context.ts";
import { chain, type MaybeLazyMiddleware, type Middleware, type Step } from "./middleware.ts";
import { isGroup, joinPaths } from "./route_files.ts";
import { METHODS, Router } from "./router.ts";
import { type Layout, Path, Scope } from "./scopes.ts";
import { errorPage, methodsOf, serveRoute } from "./serve_route.ts";
import type { AnyRouteComponent, MaybeLazy, Route, RouteConfig } from "./types.ts";

/** A route together with the place it is registered at. */
export interface RouteCommand<State> {
  /** Path whose middlewares, layouts and error pages apply. */
  readonly scope: string;
  readonly pattern: string;
  readonly route: MaybeLazy<Route<State>>;
  readonly config?: RouteConfig | undefined;
}

/** What was called on an application, in order. Paths are relative to where it is mounted. */
export type Command<State> =
  | { type: "use"; scope: string; middlewares: readonly MaybeLazyMiddleware<State>[] }
  | {
    type: "handle";
    pattern: string;
    methods: readonly string[];
    middlewares: readonly MaybeLazyMiddleware<State>[];
  }
  | { type: "route" } & RouteCommand<State>
  | { type: "layout"; scope: string; layout: Layout }
  | { type: "app"; scope: string; component: AnyRouteComponent }
  | { type: "onError"; scope: string; route: Route<State> | Middleware<State> }
  | { type: "notFound"; route: Route<State> | Middleware<State> }
  | { type: "fsRoutes"; scope: string };

/** An application ready to answer. */
export interface CompiledApp<State> {
  readonly router: Router<Step<State>>;
  /** The way of requests that no route answers. */
  readonly fallback: Step<State>;
}

function asStep<State>(route: Route<State> | Middleware<State>): Step<State> {
  return errorPage(typeof route === "function" ? { handler: route } : route);
}

/** The path of a pattern without groups, which are no part of the URL. */
function withoutGroups(pattern: string): string {
  const kept = pattern.split("/").filter((segment) => !isGroup(segment)).join("/");
  return kept || "/";
}

/** Applies commands in order, then makes one function of every route. */
export class Compiler<State> {
  readonly #root = new Scope<State>();
  readonly #basePath: string;
  readonly #files: readonly FsRouteFile[];
  readonly #routes: { pattern: string; methods: readonly string[]; path: Path<State> }[] = [];

  constructor({ basePath, files }: { basePath: string; files: readonly FsRouteFile[] }) {
    this.#basePath = basePath;
    this.#files = files;
  }

  /** Applies one command; file routes become commands of their own. */
  apply(command: Command<State>): void {
    switch (command.type) {
      case "use":
        this.#root.at(command.scope).middlewares.push(...command.middlewares);
        return;
      case "handle":
        return this.#handle(command);
      case "route":
        return this.#route(command);
      case "layout":
        this.#root.at(command.scope).layout = command.layout;
        return;
      case "app":
        this.#root.at(command.scope).app = command.component;
        return;
      case "onError":
        this.#root.at(command.scope).onError = asStep(command.route);
        return;
      case "notFound":
        this.#root.onNotFound = asStep(command.route);
        return;
      case "fsRoutes":
        for (const file of this.#files) {
          addRouteFile<State>(file, (made) => this.apply(mountCommand(made, command.scope)));
        }
    }
  }

  /** The finished application. */
  compile(): CompiledApp<State> {
    const router = new Router<Step<State>>();
    for (const { pattern, methods, path } of this.#routes) {
      router.add(pattern, { methods, item: path.compile() });
    }
    const last: Step<State> = (ctx) => ctx[internals].fallback();
    return { router, fallback: new Path(this.#root, last).compile() };
  }

  #handle({ pattern, methods, middlewares }: Command<State> & { type: "handle" }): void {
    const last: Step<State> = (ctx) => ctx[internals].fallback();
    const path = new Path(this.#root.at(pattern), chain(middlewares, last));
    this.#add(pattern, methods, path);
  }

  #route({ scope, pattern, route, config }: RouteCommand<State>): void {
    if (typeof route === "function") {
      let loaded: Route<State> | null = null;
      const serve: Step<State> = async (ctx) => serveRoute(ctx, loaded ??= await route());
      const methods = Array.isArray(config?.methods) ? config.methods : METHODS;
      this.#add(config?.routeOverride ?? pattern, methods, new Path(this.#root.at(scope), serve));
      return;
    }
    const settings = { ...config, ...route.config };
    const serve: Step<State> = (ctx) => serveRoute(ctx, { ...route, config: settings });
    const path = new Path(this.#root.at(scope), serve);
    this.#add(settings.routeOverride ?? pattern, methodsOf(route) ?? METHODS, path);
  }

  #add(pattern: string, methods: readonly string[], path: Path<State>): void {
    const full = joinPaths(this.#basePath, withoutGroups(pattern));
    this.#routes.push({ pattern: full, methods, path });
    // The root of a base path answers with and without the slash.
    if (full === this.#basePath) this.#routes.push({ pattern: `${full}/`, methods, path });
  }
}

/** A command of a mounted application or of file routes, moved under `path`. */
export function mountCommand<State>(command: Command<State>, path: string): Command<State> {
  switch (command.type) {
    case "notFound":
      return command;
    case "handle":
      return { ...command, pattern: joinPaths(path, command.pattern) };
    case "route":
      return {
        ...command,
        scope: joinPaths(path, command.scope),
        pattern: joinPaths(path, command.pattern),
      };
    default:
      return { ...command, scope: joinPaths(path, command.scope) };
  }
}
