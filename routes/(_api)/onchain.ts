import { z } from "zod";
import { formatUtcMs } from "../../services/kernel/time.ts";
import { type GaugeService, type GaugeView, KEPT_DAYS } from "../../services/onchain/mod.ts";
import type { Clock } from "../../services/ports/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { NOTHING, wholeNumber } from "./params.ts";
import { bare, ok } from "./reply.ts";
import { Epoch, Instant } from "./schemas.ts";

const tag = "On-chain";
const Value = z.number();
const Off = z.object({ enabled: z.literal(false), reason: z.string() });
const query = z.object({
  days: wholeNumber({ min: 0, max: KEPT_DAYS, fallback: 1 }).describe("Days of history"),
});

const Gas = z.union([
  Off,
  z.object({
    enabled: z.literal(true),
    safe: Value.nullable().describe("Gwei"),
    proposed: Value.nullable(),
    fast: Value.nullable(),
    base_fee: Value.nullable(),
    block: z.int().nullable(),
    asof: Instant.nullable().describe("null before the first reading"),
    history: z.array(z.object({
      t: Epoch,
      safe: Value,
      proposed: Value,
      fast: Value,
      base_fee: Value.nullable(),
    })),
  }),
]);

const Mempool = z.union([
  Off,
  z.object({
    enabled: z.literal(true),
    size: z.int().nullable().describe("Transactions that wait"),
    vsize: Value.nullable().describe("Virtual bytes"),
    fees: z.record(z.string(), Value).nullable().describe("Satoshi per virtual byte"),
    projected_blocks: z.array(z.object({
      transactions: z.int(),
      vsize: Value,
      median_fee: Value,
      fee_range: z.array(Value),
    })),
    asof: Instant.nullable(),
    history: z.array(
      z.object({ t: Epoch, size: z.int(), vsize: Value, fastest: Value, hour: Value }),
    ),
  }),
]);

interface Deps {
  readonly gauges: GaugeService;
  readonly clock: Clock;
}

/** The gauges, in the envelope below `/api` and bare without it. */
export function onchainEndpoints({ gauges, clock }: Deps): readonly Endpoint[] {
  const gas = async (days: number) => gasToWire(await gauges.view("eth_gas", days));
  const mempool = async (days: number) => mempoolToWire(await gauges.view("btc_mempool", days));
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

function gasToWire(view: GaugeView<"eth_gas">): z.output<typeof Gas> {
  if (!view.enabled) return view;
  const { latest, history } = view;
  return {
    enabled: true,
    safe: latest?.safe ?? null,
    proposed: latest?.proposed ?? null,
    fast: latest?.fast ?? null,
    base_fee: latest?.baseFee ?? null,
    block: latest?.block ?? null,
    asof: latest && formatUtcMs(latest.asof),
    history: history.map(({ asof, safe, proposed, fast, baseFee }) => ({
      ...{ t: asof, safe, proposed, fast, base_fee: baseFee },
    })),
  };
}

function mempoolToWire(view: GaugeView<"btc_mempool">): z.output<typeof Mempool> {
  if (!view.enabled) return view;
  const { latest, history } = view;
  const fees = latest && {
    fastest: latest.fees.fastest,
    half_hour: latest.fees.halfHour,
    hour: latest.fees.hour,
    economy: latest.fees.economy,
    minimum: latest.fees.minimum,
  };
  return {
    enabled: true,
    size: latest?.size ?? null,
    vsize: latest?.vsize ?? null,
    fees,
    projected_blocks: (latest?.projected ?? []).map((block) => ({
      transactions: block.transactions,
      vsize: block.vsize,
      median_fee: block.medianFee,
      fee_range: [...block.feeRange],
    })),
    asof: latest && formatUtcMs(latest.asof),
    history: history.map(({ asof, size, vsize, fees: { fastest, hour } }) => ({
      ...{ t: asof, size, vsize, fastest, hour },
    })),
  };
}
