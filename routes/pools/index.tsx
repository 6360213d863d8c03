import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { define } from "../page_state.ts";
import { parsePoolsView, poolsHref } from "./(_components)/pools_view.ts";
import { PoolsFigures, PoolsHeader } from "./(_components)/PoolsHeader.tsx";
import { SwingsPanel, VenuesPanel } from "./(_components)/BoardPanels.tsx";
import { PoolsPanel } from "./(_components)/PoolsPanel.tsx";
import {
  keepColumns,
  type PoolsData,
  readKeptColumns,
  readPools,
} from "./(_components)/read_pools.ts";

export const handler = define.handlers({
  async GET(ctx) {
    if (ctx.url.searchParams.has("keep")) {
      const view = parsePoolsView(ctx.url);
      const headers = { location: poolsHref(view), "set-cookie": keepColumns(view) };
      return new Response(null, { status: 303, headers });
    }
    const kept = readKeptColumns(ctx.req.headers);
    // Who chose columns sees another page at the same address.
    const headers = { vary: "cookie" };
    return page<PoolsData>(await readPools(ctx.state, ctx.url, { kept }), { headers });
  },
});

/** Which yield is worth its risk? */
export default define.page<typeof handler>(function Pools({ data }) {
  return (
    <>
      <Head>
        <title>Pools · Tokenlysis</title>
        <meta name="description" content="DeFi pools by yield, with the risk of each scored." />
        <link rel="stylesheet" href={asset("/styles/pools.css")} />
      </Head>
      <PoolsHeader {...data} />
      <div class="grid">
        {data.total === 0 ? null : (
          <div>
            <PoolsFigures {...data} />
          </div>
        )}
        <div>
          <PoolsPanel {...data} />
        </div>
        <div class="c-6 m-12 stack">
          <VenuesPanel {...data} />
        </div>
        <div class="c-6 m-12 stack">
          <SwingsPanel {...data} />
        </div>
      </div>
    </>
  );
});
