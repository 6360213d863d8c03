import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import OpsControls from "../../islands/OpsControls.tsx";
import { define } from "../page_state.ts";
import type { OpsQuery, OpsView } from "../../services/ops/mod.ts";
import { readLogQuery } from "./(_components)/ops_view.ts";
import { OpsPage } from "./(_components)/OpsPage.tsx";

interface OpsData {
  readonly view: OpsView;
  readonly query: OpsQuery;
}

export const handler = define.handlers({
  async GET(ctx) {
    const { ops } = ctx.state;
    const query = readLogQuery(ctx.url);
    return page<OpsData>({ view: await ops.read(query), query }, {
      headers: { "cache-control": "no-store" },
    });
  },
});

/** The operator's console. */
export default define.page<typeof handler>(function Ops({ data: { view, query } }) {
  return (
    <>
      <Head>
        <title>Operations · Tokenlysis</title>
        <link rel="stylesheet" href={asset("/styles/ops.css")} />
      </Head>
      <OpsPage view={view} query={query} />
      <OpsControls />
    </>
  );
});
