import type { Context } from "./context.ts";

/** Answers a request itself or passes it on with `ctx.next()`. */
export type MiddlewareFn<State> = (ctx: Context<State>) => Response | Promise<Response>;

/** Same as `MiddlewareFn`. */
export type Middleware<State> = MiddlewareFn<State>;

/** A middleware, or a function that loads one at the first request. */
export type MaybeLazyMiddleware<State> = (
  ctx: Context<State>,
) => Response | Promise<Response | Middleware<State>>;

/** A step of a request's way through the application. */
export type Step<State> = (ctx: Context<State>) => Promise<Response>;

function step<State>(first: MaybeLazyMiddleware<State>, next: Step<State>): Step<State> {
  let middleware = first;
  return async (ctx) => {
    ctx.next = () => next(ctx);
    const result = await middleware(ctx);
    if (typeof result !== "function") return result;
    middleware = result;
    ctx.next = () => next(ctx);
    return await result(ctx);
  };
}

/** Runs middlewares from left to right, then `last`; lazy ones are loaded once. */
export function chain<State>(
  middlewares: readonly MaybeLazyMiddleware<State>[],
  last: Step<State>,
): Step<State> {
  return middlewares.reduceRight<Step<State>>((next, middleware) => step(middleware, next), last);
}
