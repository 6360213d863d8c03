import { define } from "../page_state.ts";

/** There is one simulation: its rules in the address are kept. */
export const handler = define.handlers({
  GET: (ctx) => ctx.redirect(`/simulations/autopilot${ctx.url.search}`, 302),
});
