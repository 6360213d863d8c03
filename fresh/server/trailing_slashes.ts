import type { Middleware } from "./middleware.ts";

/** Redirects to the address with a trailing slash, or to the one without. */
export function trailingSlashes<State>(mode: "always" | "never"): Middleware<State> {
  return (ctx) => {
    const { pathname, search } = ctx.url;
    const hasSlash = pathname.endsWith("/");
    if (pathname === "/" || hasSlash === (mode === "always")) return ctx.next();
    const target = mode === "always" ? `${pathname}/` : pathname.replace(/\/+$/, "");
    return ctx.redirect(target + search);
  };
}
