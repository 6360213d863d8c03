import { HttpError } from "fresh";
import { define } from "../../page_state.ts";
import { gaugeCsv } from "../(_components)/gauge_csv.ts";
import { readOnchain } from "../(_components)/onchain_view.ts";

/** The history of a gauge over the range of the address. */
export const handler = define.handlers({
  async GET(ctx) {
    const { gauge = "" } = ctx.params;
    const { gas, mempool, view } = await readOnchain(ctx.state, ctx.url);
    const text = gauge === "gas"
      ? gas.on && gaugeCsv("eth_gas", gas.on)
      : gauge === "mempool"
      ? mempool.on && gaugeCsv("btc_mempool", mempool.on)
      : null;
    if (text === null) throw new HttpError(404, "There is no such history here: gas, mempool");
    return new Response(text, {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="tokenlysis-${gauge}-${view.range}.csv"`,
        "cache-control": "no-cache",
      },
    });
  },
});
