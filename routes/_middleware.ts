import { define, statusOf } from "./page_state.ts";

/** Tells every page how the data stands, for the badges of the shell. */
export default define.middleware(async (ctx) => {
  ctx.state.status = statusOf(await ctx.state.market.getOverview());
  return await ctx.next();
});
