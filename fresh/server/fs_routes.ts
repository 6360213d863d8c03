import type { FsRouteFile, ModuleExports } from "./build_cache.ts";
import type { Command } from "./commands.ts";
import type { RouteHandler } from "./handlers.ts";
import type { MaybeLazyMiddleware } from "./middleware.ts";
import { placeOf, type RoutePlace } from "./route_files.ts";
import type { AnyRouteComponent, Route, RouteComponent, RouteConfig } from "./types.ts";

function handlerOf(exports: ModuleExports): unknown {
  return exports["handler"] ?? exports["handlers"];
}

/** The exports of a page or handler file as a route. */
function toRoute<State>(id: string, exports: ModuleExports): Route<State> {
  const component = exports["default"];
  const handler = handlerOf(exports);
  if (component === undefined && handler === undefined) {
    throw new TypeError(
      `Cannot use routes${id}: expected an export named "default", "handler" or "handlers"`,
    );
  }
  return {
    ...(component === undefined ? {} : { component: component as RouteComponent<State> }),
    ...(handler === undefined ? {} : { handler: handler as RouteHandler<unknown, State> }),
    ...(exports["config"] === undefined ? {} : { config: exports["config"] as RouteConfig }),
    ...(exports["css"] === undefined ? {} : { css: exports["css"] as readonly string[] }),
  };
}

function componentOf(id: string, exports: ModuleExports): AnyRouteComponent {
  const component = exports["default"];
  if (typeof component === "function") return component as AnyRouteComponent;
  throw new TypeError(`Cannot use routes${id}: expected a component as default export`);
}

function middlewaresOf<State>(id: string, exports: ModuleExports): MaybeLazyMiddleware<State>[] {
  const found = [exports["default"] ?? handlerOf(exports)].flat();
  if (found.every((middleware) => typeof middleware === "function")) {
    return found as MaybeLazyMiddleware<State>[];
  }
  throw new TypeError(
    `Cannot use routes${id}: expected a middleware, or an array of them, as default export`,
  );
}

/** A file that wraps routes or answers errors, as a command. */
function wrapperCommand<State>(
  { id, exports }: { id: string; exports: ModuleExports },
  { kind, scope }: RoutePlace,
): Command<State> {
  const config = (exports["config"] ?? {}) as RouteConfig;
  switch (kind) {
    case "app":
      return { type: "app", scope, component: componentOf(id, exports) };
    case "layout":
      return { type: "layout", scope, layout: { component: componentOf(id, exports), config } };
    case "middleware":
      return { type: "use", scope, middlewares: middlewaresOf(id, exports) };
    case "not_found":
      if (scope !== "/") {
        throw new TypeError(`Cannot use routes${id}: expected _404 at the root, or _error here`);
      }
      return { type: "notFound", route: toRoute(id, exports) };
    default:
      return { type: "onError", scope, route: toRoute(id, exports) };
  }
}

/** Turns a file under `routes/` into the command it stands for. */
export function addRouteFile<State>(
  { id, mod, config }: FsRouteFile,
  apply: (command: Command<State>) => void,
): void {
  const place = placeOf(id);
  const { kind, scope, pattern } = place;
  if (kind === "route") {
    const route = typeof mod === "function"
      ? async () => toRoute<State>(id, await mod())
      : toRoute<State>(id, mod);
    return apply({ type: "route", scope, pattern, route, config });
  }
  if (typeof mod === "function") {
    throw new TypeError(`Cannot use routes${id}: expected a module that is loaded already`);
  }
  apply(wrapperCommand({ id, exports: mod }, place));
}
