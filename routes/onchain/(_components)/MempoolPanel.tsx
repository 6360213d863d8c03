import { FeeBands } from "../../../components/gauges/FeeBands.tsx";
import { ProjectedBlocks } from "../../../components/gauges/ProjectedBlocks.tsx";
import { formatDecimal } from "../../../components/format/number.ts";
import { Badge, EmptyState } from "../../../components/states/States.tsx";
import { Panel } from "../../../components/states/Panel.tsx";
import { explainHref, Unknown } from "../../../components/figures/Figures.tsx";
import type { MempoolGauge } from "../../../services/onchain/mod.ts";
import { GaugeFigure, GaugeHistoryChart, GaugeNotice, GaugeSource } from "./GaugeParts.tsx";
import type { OnchainData } from "./onchain_view.ts";

const FEE_LINES = [
  { key: "fastest", label: "Next" },
  { key: "half_hour", label: "30 min" },
  { key: "hour", label: "1 h" },
  { key: "economy", label: "Later" },
] as const;
const WAITING_LINES = [{ key: "size", label: "Waiting" }] as const;
const MEGABYTE = 1_000_000;
const SATOSHI = 1e8;

/** What waits for a block of Bitcoin, what it pays, and what it paid. */
export function MempoolPanel(
  { mempool, view, now }: Pick<OnchainData, "mempool" | "view" | "now">,
) {
  const { on, off } = mempool;
  const chart = {
    gauge: "btc_mempool",
    path: "btc/mempool",
    view,
    now,
    isLive: off === null,
  } as const;
  return (
    <Panel
      id="mempool"
      title="Bitcoin mempool"
      note={off !== null && on !== null ? <Badge kind="demo">Demo</Badge> : undefined}
    >
      <div data-region="mempool">
        <GaugeNotice shown={mempool} what="fees of Bitcoin" />
        {on?.latest ? <MempoolFigures latest={on.latest} /> : null}
        {on?.latest ? <Blocks latest={on.latest} /> : null}
      </div>
      {on?.latest
        ? (
          <div class="gauge-charts">
            <GaugeHistoryChart
              {...chart}
              on={on}
              name="fees"
              title="Fees"
              unit="sat_vb"
              lines={FEE_LINES}
            />
            <GaugeHistoryChart
              {...chart}
              on={on}
              name="waiting"
              title="Transactions that wait"
              unit="count"
              lines={WAITING_LINES}
            />
          </div>
        )
        : null}
      <div data-region="mempool-bands">{on?.latest ? <Bands latest={on.latest} /> : null}</div>
      <div data-region="mempool-source">
        <GaugeSource shown={mempool} label="mempool.space" />
      </div>
    </Panel>
  );
}

function MempoolFigures({ latest: { fees, size, vsize, totalFee } }: {
  readonly latest: MempoolGauge;
}) {
  const fee = { gauge: "btc_mempool", unit: "sat_vb" } as const;
  return (
    <dl class="figs">
      <GaugeFigure
        isLead
        {...{ ...fee, metric: "fastest", label: "Next block", value: fees.fastest }}
        note="about 10 minutes"
      />
      <GaugeFigure
        {...{ ...fee, metric: "half_hour", label: "Half an hour", value: fees.halfHour }}
        note="within three blocks"
      />
      <GaugeFigure
        {...{ ...fee, metric: "hour", label: "An hour", value: fees.hour }}
        note="within six blocks"
      />
      <GaugeFigure
        {...{ ...fee, metric: "economy", label: "With time", value: fees.economy }}
        note={`least ${fees.minimum} sat/vB`}
      />
      <GaugeFigure
        {...{ gauge: "btc_mempool", unit: "count", metric: "size", label: "Waiting", value: size }}
        note={`transactions, ${formatDecimal(vsize / MEGABYTE, 2)} MvB`}
      />
      <TotalFee totalFee={totalFee} />
    </dl>
  );
}

function TotalFee({ totalFee }: Pick<MempoolGauge, "totalFee">) {
  return (
    <div class="fig">
      <dt>Fees that wait</dt>
      <dd>
        {totalFee === null
          ? <Unknown reason="the source does not give it" />
          : (
            <a class="explain" href={explainHref("mempool:total_fee", "bitcoin")}>
              {formatDecimal(totalFee / SATOSHI, 4)}
              <span class="unit">BTC</span>
            </a>
          )}
      </dd>
      <dd>of all transactions</dd>
    </div>
  );
}

function Blocks({ latest: { projected } }: { readonly latest: MempoolGauge }) {
  return (
    <section aria-labelledby="blocks-title">
      <div class="panel-head">
        <h3 id="blocks-title">Blocks to come</h3>
        <span class="note">as the dearest transactions would fill them; median fee of each</span>
      </div>
      {projected.length === 0
        ? (
          <EmptyState icon="check" title="Nothing waits">
            Any fee from the least on is in the next block.
          </EmptyState>
        )
        : <ProjectedBlocks blocks={projected} />}
    </section>
  );
}

function Bands({ latest: { bands } }: { readonly latest: MempoolGauge }) {
  if (bands.length === 0) return null;
  return (
    <section aria-labelledby="bands-title">
      <div class="panel-head">
        <h3 id="bands-title">What waits, by fee</h3>
        <span class="note">a block takes 1 MvB</span>
      </div>
      <FeeBands bands={bands} />
    </section>
  );
}
