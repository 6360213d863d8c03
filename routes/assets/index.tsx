import { define } from "../page_state.ts";

/** Every asset stands on the overview; this address is what is left of an asset's. */
export const handler = define.handlers({
  GET: (ctx) => ctx.redirect(`/${ctx.url.search}#assets`, 302),
});
