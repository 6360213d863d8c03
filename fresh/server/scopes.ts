import { HttpError } from "../shared/http_error.ts";
import { internals, type Wrappers } from "./context.ts";
import { chain, type MaybeLazyMiddleware, type Step } from "./middleware.ts";
import type { AnyRouteComponent, LayoutConfig } from "./types.ts";

/** A layout with what it opts out of. */
export interface Layout {
  readonly component: AnyRouteComponent;
  readonly config: LayoutConfig;
}

/** A step of a path, with what applies to everything below it. */
export class Scope<State> {
  readonly parent: Scope<State> | null;
  readonly middlewares: MaybeLazyMiddleware<State>[] = [];
  layout: Layout | null = null;
  app: AnyRouteComponent | null = null;
  /** Answers errors thrown at or below this step. */
  onError: Step<State> | null = null;
  /** Answers status 404; looked for at the root only. */
  onNotFound: Step<State> | null = null;
  readonly #children = new Map<string, Scope<State>>();
  #wrappers: Wrappers | null = null;

  constructor(parent: Scope<State> | null = null) {
    this.parent = parent;
  }

  /** The scope of a path, made on first use; `*` and empty segments add nothing. */
  at(path: string): Scope<State> {
    const segments = path.split("/").filter((segment) => segment !== "" && segment !== "*");
    return segments.reduce<Scope<State>>((scope, segment) => scope.#child(segment), this);
  }

  /** This scope and those above it, from the root down. */
  get line(): readonly Scope<State>[] {
    return this.parent ? [...this.parent.line, this] : [this];
  }

  /** What surrounds a page at this step. Only to be asked for once all layouts are set. */
  get wrappers(): Wrappers {
    this.#wrappers ??= this.#resolveWrappers();
    return this.#wrappers;
  }

  #child(segment: string): Scope<State> {
    const child = this.#children.get(segment) ?? new Scope(this);
    this.#children.set(segment, child);
    return child;
  }

  #resolveWrappers(): Wrappers {
    const inherited = this.parent?.wrappers ?? { app: null, layouts: [] };
    const app = this.app ?? inherited.app;
    if (!this.layout) return { app, layouts: inherited.layouts };
    const { component, config } = this.layout;
    return {
      app: config.skipAppWrapper ? null : app,
      layouts: config.skipInheritedLayouts ? [component] : [...inherited.layouts, component],
    };
  }
}

/** The part of a request's way that lies in one scope, as far as it was set when a route came. */
interface Frame<State> {
  readonly scope: Scope<State>;
  readonly middlewares: readonly MaybeLazyMiddleware<State>[];
}

/** Lets the error pages of `scope` answer what `run` throws. */
function guard<State>(scope: Scope<State>, run: Step<State>): Step<State> {
  const root = scope.line[0] ?? scope;
  const { onError, wrappers } = scope;
  return async (ctx) => {
    const own = ctx[internals];
    const outside = own.wrappers;
    own.wrappers = wrappers;
    try {
      return await run(ctx);
    } catch (error) {
      ctx.error = error;
      own.css = [];
      if (root.onNotFound && error instanceof HttpError && error.status === 404) {
        own.wrappers = root.wrappers;
        return await root.onNotFound(ctx);
      }
      if (!onError) throw error;
      own.wrappers = wrappers;
      return await onError(ctx);
    } finally {
      own.wrappers = outside;
    }
  };
}

/**
 * Runs the middlewares of a scope around `inner`. Errors from inside are answered before they
 * reach the middlewares, which so can add their headers to error pages as well; the outer guard
 * is for what the middlewares throw themselves.
 */
function enter<State>({ scope, middlewares }: Frame<State>, inner: Step<State>): Step<State> {
  const inside = guard(scope, inner);
  return middlewares.length === 0 ? inside : guard(scope, chain(middlewares, inside));
}

/** A way through the scopes down to `last`, with the middlewares known so far. */
export class Path<State> {
  readonly #frames: readonly Frame<State>[];
  readonly #last: Step<State>;

  constructor(scope: Scope<State>, last: Step<State>) {
    this.#frames = scope.line.map((step) => ({ scope: step, middlewares: [...step.middlewares] }));
    this.#last = last;
  }

  /** One function for the whole way. Only to be made once every layout and error page is set. */
  compile(): Step<State> {
    return this.#frames.reduceRight<Step<State>>((inner, frame) => {
      const { scope, middlewares } = frame;
      const isPlain = scope.parent && middlewares.length === 0 && !scope.layout && !scope.app &&
        !scope.onError;
      return isPlain ? inner : enter(frame, inner);
    }, this.#last);
  }
}
