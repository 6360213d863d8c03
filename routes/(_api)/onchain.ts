import { z } from "zod";
import { formatUtcMs, SECOND_MS, type UtcMs } from "../../services/kernel/time.ts";
import {
  GAUGE_METRICS,
  type GaugeMetric,
  type GaugeName,
  type GaugeService,
  type GaugeView,
  KEPT_DAYS,
} from "../../services/onchain/mod.ts";
import type { Clock } from "../../services/ports/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { NOTHING, wholeNumber } from "./params.ts";
import { bare, ok } from "./reply.ts";
import { Epoch, Instant } from "./schemas.ts";

const tag = "On-chain";
const Value = z.number();
const Known = Value.nullable();
const query = z.object({
  days: wholeNumber({ min: 0, max: KEPT_DAYS, fallback: 1 })
    .describe("Days of history: one by the minute, more by the hour"),
});

const Off = z.object({
  enabled: z.literal(false),
  reason: z.string(),
  setting: z.string().describe("What turns it on"),
});

/** What says how far a gauge can be trusted. */
const STATE = {
  enabled: z.literal(true),
  source: z.string(),
  resolution: z.enum(["1m", "1h"]).describe("Of the history: readings, or means of hours"),
  asof: Instant.nullable().describe("When it was read; null before the first reading"),
  age_seconds: z.int().nullable().describe("How old the reading is"),
  stale: z.boolean().describe("Older than five minutes"),
  problem: z.string().nullable().describe("Why the newest try failed; null where it did not"),
  tried_at: Instant.nullable(),
};

function historyOf<Name extends GaugeName>(name: Name) {
  const metrics: readonly GaugeMetric<Name>[] = GAUGE_METRICS[name];
  const fields = Object.fromEntries(metrics.map((metric) => [metric, Known]));
  return z.array(z.object({ t: Epoch, ...fields as Record<GaugeMetric<Name>, typeof Known> }));
}

const GasOn = z.object({
  ...STATE,
  safe: Known.describe("Gwei"),
  proposed: Known,
  fast: Known,
  base_fee: Known,
  block: z.int().nullable(),
  history: historyOf("eth_gas"),
});
const Gas = z.union([Off, GasOn]).meta({ id: "EthGas" });

const MempoolOn = z.object({
  ...STATE,
  size: z.int().nullable().describe("Transactions that wait"),
  vsize: Known.describe("Virtual bytes"),
  total_fee: Known.describe("Satoshi that they would pay together"),
  fees: z.object({
    ...{ fastest: Value, half_hour: Value, hour: Value, economy: Value, minimum: Value },
  }).nullable().describe("Satoshi per virtual byte"),
  fee_buckets: z.array(z.object({
    from: Value.describe("Satoshi per virtual byte, at least"),
    to: Known.describe("Less than; null of the dearest"),
    vsize: Value,
  })).describe("What waits by what it pays, dearest first; empty where the source is silent"),
  projected_blocks: z.array(z.object({
    transactions: z.int(),
    vsize: Value,
    median_fee: Value,
    fee_range: z.array(Value),
  })),
  history: historyOf("btc_mempool"),
});
const Mempool = z.union([Off, MempoolOn]).meta({ id: "BtcMempool" });

/** A new reading as streams tell it: what its route answers, without the past. */
export const GaugeUpdate = z.union([
  GasOn.omit({ history: true }).extend({ gauge: z.literal("eth/gas") }),
  MempoolOn.omit({ history: true }).extend({ gauge: z.literal("btc/mempool") }),
]).meta({ id: "GaugeUpdate" });

interface Deps {
  readonly gauges: GaugeService;
  readonly clock: Clock;
}

/** The gauges, in the envelope below `/api` and bare without it. */
export function onchainEndpoints({ gauges, clock }: Deps): readonly Endpoint[] {
  const gas = async (days: number) => gasToWire(await gauges.view("eth_gas", days), clock.now());
  const mempool = async (days: number) =>
    mempoolToWire(await gauges.view("btc_mempool", days), clock.now());
  const routes = [
    { path: "/onchain/eth/gas", summary: "Gas prices of Ethereum", response: Gas, read: gas },
    {
      path: "/onchain/btc/mempool",
      summary: "What waits for a block of Bitcoin",
      response: Mempool,
      read: mempool,
    },
  ];
  return routes.flatMap(({ path, read, ...about }) => [
    endpoint({
      ...{ ...about, path, tag, params: NOTHING, query, isBare: true },
      handle: async ({ query: { days } }) => bare(JSON.stringify(await read(days))),
    }),
    endpoint({
      ...{ ...about, path: `/api${path}`, tag, params: NOTHING, query },
      handle: async ({ query: { days } }) => ok(await read(days), { now: clock.now() }),
    }),
  ]);
}

/** The newest reading of a gauge for its stream; `null` of one that is off or not known. */
export async function readGaugeUpdate(
  gauges: Pick<GaugeService, "view">,
  { name, now }: { readonly name: string; readonly now: UtcMs },
): Promise<z.output<typeof GaugeUpdate> | null> {
  if (name === "eth_gas") {
    const view = await gauges.view(name, 0);
    if (!view.enabled) return null;
    const { history: _, ...wire } = gasOnToWire(view, now);
    return { ...wire, gauge: "eth/gas" };
  }
  if (name !== "btc_mempool") return null;
  const view = await gauges.view(name, 0);
  if (!view.enabled) return null;
  const { history: _, ...wire } = mempoolOnToWire(view, now);
  return { ...wire, gauge: "btc/mempool" };
}

type On<Name extends GaugeName> = Extract<GaugeView<Name>, { enabled: true }>;

function stateToWire<Name extends GaugeName>(view: On<Name>, now: UtcMs) {
  const { source, latest, isStale, tried, history } = view;
  return {
    ...{ enabled: true as const, source, stale: isStale, resolution: history.resolution },
    asof: latest && formatUtcMs(latest.asof),
    age_seconds: latest && Math.max(0, Math.floor((now - latest.asof) / SECOND_MS)),
    problem: tried?.problem ?? null,
    tried_at: tried && formatUtcMs(tried.at),
  };
}

function gasToWire(view: GaugeView<"eth_gas">, now: UtcMs): z.output<typeof Gas> {
  return view.enabled ? gasOnToWire(view, now) : view;
}

function gasOnToWire(view: On<"eth_gas">, now: UtcMs): z.output<typeof GasOn> {
  const { latest, history } = view;
  return {
    ...stateToWire(view, now),
    safe: latest?.safe ?? null,
    proposed: latest?.proposed ?? null,
    fast: latest?.fast ?? null,
    base_fee: latest?.baseFee ?? null,
    block: latest?.block ?? null,
    history: history.points.map(({ t, values }) => ({ t, ...values })),
  };
}

function mempoolToWire(view: GaugeView<"btc_mempool">, now: UtcMs): z.output<typeof Mempool> {
  return view.enabled ? mempoolOnToWire(view, now) : view;
}

function mempoolOnToWire(view: On<"btc_mempool">, now: UtcMs): z.output<typeof MempoolOn> {
  const { latest, history } = view;
  return {
    ...stateToWire(view, now),
    size: latest?.size ?? null,
    vsize: latest?.vsize ?? null,
    total_fee: latest?.totalFee ?? null,
    fees: latest && {
      fastest: latest.fees.fastest,
      half_hour: latest.fees.halfHour,
      hour: latest.fees.hour,
      economy: latest.fees.economy,
      minimum: latest.fees.minimum,
    },
    fee_buckets: [...latest?.bands ?? []],
    projected_blocks: (latest?.projected ?? []).map((block) => ({
      transactions: block.transactions,
      vsize: block.vsize,
      median_fee: block.medianFee,
      fee_range: [...block.feeRange],
    })),
    history: history.points.map(({ t, values }) => ({ t, ...values })),
  };
}
