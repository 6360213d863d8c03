import { formatCount } from "../../../components/format/number.ts";
import { Badge } from "../../../components/states/States.tsx";
import { Panel } from "../../../components/states/Panel.tsx";
import type { GasGauge } from "../../../services/onchain/mod.ts";
import { GaugeFigure, GaugeHistoryChart, GaugeNotice, GaugeSource } from "./GaugeParts.tsx";
import type { OnchainData } from "./onchain_view.ts";

/** A plain transfer, and a swap of two tokens as they usually are. */
const TRANSFER_GAS = 21_000;
const SWAP_GAS = 150_000;
const GWEI_A_ETH = 1e9;

const LINES = [
  { key: "fast", label: "Fast" },
  { key: "proposed", label: "Proposed" },
  { key: "safe", label: "Safe" },
  { key: "base_fee", label: "Base" },
] as const;

/** What Ethereum costs now, and what it cost. */
export function GasPanel({ gas, view, now }: Pick<OnchainData, "gas" | "view" | "now">) {
  const { on, off } = gas;
  return (
    <Panel
      id="gas"
      title="Ethereum gas"
      note={off !== null && on !== null ? <Badge kind="demo">Demo</Badge> : undefined}
    >
      <div data-region="gas">
        <GaugeNotice shown={gas} what="gas prices" />
        {on?.latest ? <GasFigures latest={on.latest} /> : null}
      </div>
      {on?.latest
        ? (
          <GaugeHistoryChart
            name="gas"
            title="Gas price"
            gauge="eth_gas"
            path="eth/gas"
            unit="gwei"
            lines={LINES}
            isLive={off === null}
            {...{ on, view, now }}
          />
        )
        : null}
      <div data-region="gas-source">
        <GaugeSource shown={gas} label="Etherscan gas oracle" />
      </div>
    </Panel>
  );
}

function GasFigures({ latest }: { readonly latest: GasGauge }) {
  const { safe, proposed, fast, baseFee, block } = latest;
  const gauge = "eth_gas";
  return (
    <dl class="figs">
      <GaugeFigure
        isLead
        {...{ gauge, metric: "fast", label: "Fast", unit: "gwei", value: fast }}
        note={`a swap ${eth(fast * SWAP_GAS)}`}
      />
      <GaugeFigure
        {...{ gauge, metric: "proposed", label: "Proposed", unit: "gwei", value: proposed }}
        note={`a transfer ${eth(proposed * TRANSFER_GAS)}`}
      />
      <GaugeFigure
        {...{ gauge, metric: "safe", label: "Safe", unit: "gwei", value: safe }}
        note={`a transfer ${eth(safe * TRANSFER_GAS)}`}
      />
      <GaugeFigure
        {...{ gauge, metric: "base_fee", label: "Base fee", unit: "gwei", value: baseFee }}
        note="burnt by the next block"
      />
      <div class="fig">
        <dt>Block</dt>
        <dd>{formatCount(block)}</dd>
        <dd>the newest that it knows</dd>
      </div>
    </dl>
  );
}

/** An amount of gwei in ETH, to two significant digits. */
function eth(gwei: number): string {
  return `about ${Number((gwei / GWEI_A_ETH).toPrecision(2))} ETH`;
}
