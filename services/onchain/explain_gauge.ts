import type { UtcMs } from "../kernel/time.ts";
import { GAUGE_METRICS, type GaugeMetric, gaugePoint } from "./gauge_metrics.ts";
import type { GaugeName } from "./gauges.ts";
import type { GaugeView } from "./gauge_service.ts";

/** A figure of a gauge, as addresses name it: `gas:fast`, `mempool:size`. */
export type GaugeFigure = {
  readonly [Name in GaugeName]: { readonly gauge: Name; readonly metric: GaugeMetric<Name> };
}[GaugeName];

/** A figure of a gauge taken apart. */
export interface GaugeExplanation {
  readonly figure: string;
  /** The asset whose chain it is of. */
  readonly assetId: string;
  readonly label: string;
  readonly value: number | null;
  readonly unit: string;
  readonly reason: string | null;
  readonly words: string;
  readonly formula: string;
  readonly inputs: readonly {
    readonly name: string;
    readonly value: number | null;
    readonly unit: string;
  }[];
  readonly rounding: string;
  readonly source: string | null;
  readonly asof: UtcMs | null;
}

interface MetricText {
  readonly label: string;
  readonly unit: string;
  readonly words: string;
  readonly formula: string;
}

const ORACLE =
  "As Etherscan's gas oracle estimates it from the newest blocks; the base fee of the " +
  "next block is part of it.";
const FEE = "As mempool.space recommends it: from the blocks that the waiting transactions would " +
  "fill, the dearest first.";

const TEXTS: { readonly [Name in GaugeName]: Readonly<Record<GaugeMetric<Name>, MetricText>> } = {
  eth_gas: {
    safe: {
      label: "Safe gas price",
      unit: "gwei",
      words: "What a transaction that has time should offer for each unit of gas.",
      formula: ORACLE,
    },
    proposed: {
      label: "Proposed gas price",
      unit: "gwei",
      words: "What a transaction should offer for each unit of gas to be taken up soon.",
      formula: ORACLE,
    },
    fast: {
      label: "Fast gas price",
      unit: "gwei",
      words:
        "What a transaction should offer for each unit of gas to be in one of the next blocks.",
      formula: ORACLE,
    },
    base_fee: {
      label: "Base fee",
      unit: "gwei",
      words:
        "What the next block burns for each unit of gas, whoever is in it. The protocol sets " +
        "it by how full the block before was.",
      formula: "base fee before × (1 + 1/8 × (gas used − gas target) ÷ gas target)",
    },
  },
  btc_mempool: {
    size: {
      label: "Transactions that wait",
      unit: "units",
      words: "Transactions that the node of the source knows and that are in no block yet. Nodes " +
        "differ: each drops the cheapest when it is full.",
      formula: "A count of the node's mempool.",
    },
    vsize: {
      label: "Size of what waits",
      unit: "vB",
      words: "Virtual bytes of all that waits; a block takes up to a million of them.",
      formula: "Σ weight ÷ 4 over the transactions that wait.",
    },
    total_fee: {
      label: "Fees of what waits",
      unit: "sat",
      words: "What all waiting transactions would pay together.",
      formula: "Σ fee over the transactions that wait.",
    },
    fastest: {
      label: "Fee for the next block",
      unit: "sat/vB",
      words: "What a transaction should pay for each virtual byte to be in the next block.",
      formula: FEE,
    },
    half_hour: {
      label: "Fee for half an hour",
      unit: "sat/vB",
      words: "What a transaction should pay for each virtual byte to be in one of three blocks.",
      formula: FEE,
    },
    hour: {
      label: "Fee for an hour",
      unit: "sat/vB",
      words: "What a transaction should pay for each virtual byte to be in one of six blocks.",
      formula: FEE,
    },
    economy: {
      label: "Fee with time",
      unit: "sat/vB",
      words: "What a transaction may pay for each virtual byte when there is no hurry.",
      formula: FEE,
    },
    minimum: {
      label: "Least fee",
      unit: "sat/vB",
      words: "Below it the node of the source takes no transaction.",
      formula: "The node's own limit, which rises while its mempool is full.",
    },
  },
};

const PREFIXES: Readonly<Record<GaugeName, string>> = { eth_gas: "gas", btc_mempool: "mempool" };
const ASSETS: Readonly<Record<GaugeName, string>> = { eth_gas: "ethereum", btc_mempool: "bitcoin" };
const ROUNDING = "None: as the source gives it. Pages round what they show, copies do not.";

/** Name and unit of a figure. */
export function gaugeText<Name extends GaugeName>(
  gauge: Name,
  metric: GaugeMetric<Name>,
): Pick<MetricText, "label" | "unit"> {
  const texts: Readonly<Record<GaugeMetric<Name>, MetricText>> = TEXTS[gauge];
  return texts[metric];
}

/** How addresses name a figure: `gas:fast`. */
export function gaugeFigureName<Name extends GaugeName>(
  gauge: Name,
  metric: GaugeMetric<Name>,
): string {
  return `${PREFIXES[gauge]}:${metric}`;
}

/** The figure that a text names; `null` if it names none of a gauge. */
export function gaugeFigureOf(text: string): GaugeFigure | null {
  const gas = GAUGE_METRICS.eth_gas.find((metric) => gaugeFigureName("eth_gas", metric) === text);
  if (gas) return { gauge: "eth_gas", metric: gas };
  const metric = GAUGE_METRICS.btc_mempool
    .find((name) => gaugeFigureName("btc_mempool", name) === text);
  return metric ? { gauge: "btc_mempool", metric } : null;
}

/** The asset whose chain a gauge is of. */
export function gaugeAssetOf(gauge: GaugeName): string {
  return ASSETS[gauge];
}

/** A figure of a gauge taken apart, from the view that shows it. */
export function explainGauge<Name extends GaugeName>(
  { gauge, metric }: { readonly gauge: Name; readonly metric: GaugeMetric<Name> },
  view: GaugeView<Name>,
): GaugeExplanation {
  const texts: Readonly<Record<GaugeMetric<Name>, MetricText>> = TEXTS[gauge];
  const latest = view.enabled ? view.latest : null;
  const values = latest && gaugePoint(gauge, latest).values;
  const others: readonly GaugeMetric<Name>[] = GAUGE_METRICS[gauge];
  return {
    figure: gaugeFigureName(gauge, metric),
    assetId: ASSETS[gauge],
    ...texts[metric],
    value: values?.[metric] ?? null,
    reason: reasonOf(view, values?.[metric] ?? null),
    inputs: values === null ? [] : others.filter((name) => name !== metric).map((name) => ({
      name: `${texts[name].label}, of the same reading`,
      value: values[name],
      unit: texts[name].unit,
    })),
    rounding: ROUNDING,
    source: view.enabled ? view.source : null,
    asof: latest?.asof ?? null,
  };
}

function reasonOf<Name extends GaugeName>(
  view: GaugeView<Name>,
  value: number | null,
): string | null {
  if (value !== null) return null;
  if (!view.enabled) return `${view.reason}: ${view.setting}`;
  if (view.latest !== null) return "The source does not give it";
  return view.tried?.problem ?? "Nothing was read yet";
}
