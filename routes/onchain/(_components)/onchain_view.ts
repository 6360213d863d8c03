import type {
  GaugeName,
  GaugeOff,
  GaugeService,
  GaugeView,
} from "../../../services/onchain/mod.ts";
import type { Clock } from "../../../services/ports/mod.ts";

/** Spans of the charts, with their days. */
export const RANGES = { "24h": 1, "7d": 7, "30d": 30, "90d": 90 } as const;
export type GaugeRange = keyof typeof RANGES;
/** Shortest first. */
export const RANGE_NAMES: readonly GaugeRange[] = ["24h", "7d", "30d", "90d"];
export const RANGE_WORDS: Readonly<Record<GaugeRange, string>> = {
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
  "90d": "90 days",
};

/** Charts of the page, as their tables are called in the address. */
export const CHARTS = ["gas", "fees", "waiting"] as const;
export type ChartName = typeof CHARTS[number];

/** What the address asks of the page. */
export interface OnchainView {
  readonly range: GaugeRange;
  /** The chart that stands there as a table. */
  readonly table: ChartName | null;
}

/** The view of an address; what can't be read has its default. */
export function parseOnchainView({ searchParams }: URL): OnchainView {
  return {
    range: RANGE_NAMES.find((name) => name === searchParams.get("range")) ?? "24h",
    table: CHARTS.find((name) => name === searchParams.get("table")) ?? null,
  };
}

/** The address of a view, without what is a default. */
export function onchainHref({ range, table }: OnchainView, path = "/onchain"): string {
  const fields = [["range", range === "24h" ? "" : range], ["table", table ?? ""]];
  const query = new URLSearchParams(fields.filter(([, value]) => value !== ""));
  return query.size === 0 ? path : `${path}?${query}`;
}

export type GaugeOn<Name extends GaugeName> = Extract<GaugeView<Name>, { enabled: true }>;

/** A gauge as the page shows it. */
export interface ShownGauge<Name extends GaugeName> {
  /** Why it is off; `null` where it is read. */
  readonly off: GaugeOff | null;
  /** What is shown of it: read, or made up where it is off; `null` where there is nothing. */
  readonly on: GaugeOn<Name> | null;
}

/** Everything that the page shows. */
export interface OnchainData {
  readonly now: number;
  readonly view: OnchainView;
  readonly gas: ShownGauge<"eth_gas">;
  readonly mempool: ShownGauge<"btc_mempool">;
}

/** Reads what an address asks for. */
export async function readOnchain(
  { gauges, clock }: { readonly gauges: GaugeService; readonly clock: Clock },
  url: URL,
): Promise<OnchainData> {
  const view = parseOnchainView(url);
  const days = RANGES[view.range];
  const [gas, mempool] = await Promise.all([
    showGauge(gauges, { name: "eth_gas", days }),
    showGauge(gauges, { name: "btc_mempool", days }),
  ]);
  return { now: clock.now(), view, gas, mempool };
}

async function showGauge<Name extends GaugeName>(
  gauges: GaugeService,
  { name, days }: { readonly name: Name; readonly days: number },
): Promise<ShownGauge<Name>> {
  const view = await gauges.view(name, days);
  if (view.enabled) return { off: null, on: view };
  const { reason, setting } = view;
  const example = gauges.example(name, days);
  return { off: { reason, setting }, on: example?.enabled ? example : null };
}
