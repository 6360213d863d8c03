import { define, statusOf } from "./page_state.ts";

/** Tells every page how the data stands, for the badges of the shell. */
export default define.middleware(async (ctx) => {
  const { market, pools } = ctx.state;
  const overview = await market.getOverview();
  // Where there are prices nobody is told how far pools reach.
  ctx.state.status = statusOf(overview, overview.asof === null ? await pools.listCards() : []);
  return await ctx.next();
});
