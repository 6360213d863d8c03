import { z } from "zod";
import {
  EXPLAINED_FIGURES,
  explainPool,
  POOL_UNITS,
  type PoolInput,
  type PoolRow,
  type PoolService,
} from "../../services/defi/mod.ts";
import { formatUtcMs } from "../../services/kernel/time.ts";
import type { Clock } from "../../services/ports/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { PoolsAsofParam } from "./pools.ts";
import { ok } from "./reply.ts";
import { Instant } from "./schemas.ts";

const Value = z.number().nullable();
const Unit = z.enum(POOL_UNITS);

const Explained = z.object({
  figure: z.enum(EXPLAINED_FIGURES),
  label: z.string(),
  value: Value,
  unit: Unit.describe("rate and points are fractions: 0.05 is 5 %"),
  reason: z.string().nullable().describe("Why there is no value"),
  words: z.string(),
  formula: z.string(),
  inputs: z.array(z.object({
    name: z.string(),
    value: Value,
    unit: Unit,
    note: z.string().nullable(),
    asof: Instant.nullable(),
    source: z.string(),
  })),
  rounding: z.string(),
  source: z.string(),
  asof: Instant,
  rows: z.array(z.object({
    ts: Instant,
    known_at: Instant,
    supply_apy: z.number(),
    incentive_apy: Value,
    borrow_apy: Value,
    utilization: Value,
    tvl_usd: Value,
    state: z.enum(["stale", "stress", "spike", "final"]),
  })).describe("Stored readings behind it, oldest first"),
  row_count: z.int().describe("How many readings count; rows holds the newest of them"),
}).meta({ id: "PoolExplanation" });

/** How a figure of a pool was made. */
export function poolExplainEndpoint(
  { pools, clock }: { readonly pools: PoolService; readonly clock: Clock },
): Endpoint {
  return endpoint({
    path: "/api/pools/{pool_id}/explain/{figure}",
    tag: "DeFi pools",
    summary: "A figure of a pool: formula, inputs with source and as-of, and its readings",
    params: z.object({
      pool_id: z.string().min(1).max(300),
      figure: z.string().min(1).max(60).meta({ examples: ["score_v1", "kink_distance"] }),
    }),
    query: z.object({ asof: PoolsAsofParam }),
    response: Explained,
    refusals: [404],
    async handle({ params: { pool_id, figure }, query: { asof } }) {
      const detail = await pools.getPool(pool_id, { asof });
      const { rows, rowCount, inputs, ...explained } = explainPool(figure, detail);
      return ok({
        ...explained,
        asof: formatUtcMs(explained.asof),
        inputs: inputs.map(inputToWire),
        rows: rows.map(rowToWire),
        row_count: rowCount,
      }, { now: clock.now() });
    },
  });
}

function inputToWire({ asof, ...input }: PoolInput) {
  return { ...input, asof: asof === null ? null : formatUtcMs(asof) };
}

function rowToWire(row: PoolRow) {
  return {
    ts: formatUtcMs(row.ts),
    known_at: formatUtcMs(row.knownAt),
    supply_apy: row.supplyApy,
    incentive_apy: row.incentiveApy,
    borrow_apy: row.borrowApy,
    utilization: row.utilization,
    tvl_usd: row.tvlUsd,
    state: row.state,
  };
}
