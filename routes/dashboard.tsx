import { define } from "./page_state.ts";

/** The overview's other name; one page has one address. */
export const handler = define.handlers({
  GET: (ctx) => ctx.redirect(`/${ctx.url.search}`, 308),
});
