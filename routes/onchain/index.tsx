import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { Moment } from "../../components/figures/Moment.tsx";
import type { GaugePath } from "../../components/api/gauges.ts";
import LiveGauges from "../../islands/LiveGauges.tsx";
import { define } from "../page_state.ts";
import { GasPanel } from "./(_components)/GasPanel.tsx";
import { MempoolPanel } from "./(_components)/MempoolPanel.tsx";
import {
  type OnchainData,
  onchainHref,
  RANGE_NAMES,
  readOnchain,
  type ShownGauge,
} from "./(_components)/onchain_view.ts";

export const handler = define.handlers({
  async GET(ctx) {
    return page<OnchainData>(await readOnchain(ctx.state, ctx.url));
  },
});

/** What does it cost to use a chain now? */
export default define.page<typeof handler>(function Onchain({ data }) {
  const { now, view, gas, mempool } = data;
  const shown: (readonly [GaugePath, number | null])[] = [];
  if (gas.off === null) shown.push(["eth/gas", gas.on?.latest?.asof ?? null]);
  if (mempool.off === null) shown.push(["btc/mempool", mempool.on?.latest?.asof ?? null]);
  return (
    <>
      <Head>
        <title>Network gauges · Tokenlysis</title>
        <meta
          name="description"
          content="Gas prices of Ethereum and what waits for a block of Bitcoin, now and over time."
        />
        <link rel="stylesheet" href={asset("/styles/onchain.css")} />
      </Head>
      <header class="page-head">
        <div>
          <div class="title-line">
            <h1>Network gauges</h1>
            {shown.length === 0 ? null : (
              <LiveGauges
                shown={shown}
                isByMinute={view.range === "24h"}
                isBeginning={isBeginning(gas) || isBeginning(mempool)}
              />
            )}
          </div>
          <p class="asof" data-region="asof">
            <Asof name="Gas" shown={gas} />
            <Asof name="Mempool" shown={mempool} />
          </p>
        </div>
        <div class="scope">
          <nav class="seg" aria-label="Range" data-range-control>
            {RANGE_NAMES.map((range) => (
              <a
                key={range}
                href={onchainHref({ ...view, range })}
                aria-current={range === view.range ? "true" : "false"}
              >
                {range}
              </a>
            ))}
          </nav>
        </div>
      </header>
      <GasPanel {...{ gas, view, now }} />
      <MempoolPanel {...{ mempool, view, now }} />
    </>
  );
});

type AnyGauge = ShownGauge<"eth_gas"> | ShownGauge<"btc_mempool">;

/** Whether there are charts to come that the page has no room for yet. */
function isBeginning({ off, on }: AnyGauge): boolean {
  return off === null && (on?.history.points.length ?? 0) < 2;
}

function Asof(
  { name, shown: { off, on } }: {
    readonly name: string;
    readonly shown: AnyGauge;
  },
) {
  return (
    <span>
      {name} {off !== null
        ? (on === null ? "is off" : "is made up")
        : on?.latest
        ? <Moment at={on.latest.asof} />
        : "not read yet"}
    </span>
  );
}
