import { z } from "zod";
import { POOL_KINDS, STRUCTURES } from "../../defi/pool.ts";
import { parseUtcMs, type UtcMs } from "../../kernel/time.ts";
import type { Reading } from "./reading.ts";
import { RowError } from "./row_fields.ts";

/** Warehouses give whole decimals as text now and then. */
const Figure = z.union([z.number(), z.string().trim().min(1).transform(Number)])
  .refine(Number.isFinite, "expected a number");
const Optional = Figure.nullish().transform((value) => value ?? null);

/** The columns that a query of a warehouse has to give; yields are APYs as fractions. */
const CanonicalRow = z.object({
  ts: z.string(),
  protocol: z.string().min(1),
  chain: z.string().min(1),
  pool_address: z.string().min(1),
  symbol: z.string().min(1),
  supply_apy: Figure,
  borrow_apy: Optional,
  incentive_apy: Optional,
  utilization: Optional,
  tvl_usd: Optional,
  volume_usd: Optional,
  kind: z.enum(POOL_KINDS).nullish(),
  structure: z.enum(STRUCTURES).nullish(),
});

/**
 * Reads one row of a query's result. Throws `RowError` that names the first column which is not as
 * documented in docs/pools.md.
 */
export function readCanonicalRow(row: unknown, { fetchedAt }: { fetchedAt: UtcMs }): Reading {
  const { success, data, error } = CanonicalRow.safeParse(row);
  if (!success) {
    const [issue] = error.issues;
    throw new RowError(`Cannot read ${issue?.path.join(".") || "row"}: ${issue?.message}`);
  }
  return {
    protocol: data.protocol,
    chain: data.chain,
    address: data.pool_address,
    symbol: data.symbol,
    about: { kind: data.kind ?? null, structure: data.structure ?? null },
    ts: readInstant(data.ts),
    knownAt: fetchedAt,
    basis: { kind: "apy" },
    supplyRate: data.supply_apy,
    borrowRate: data.borrow_apy,
    incentiveRate: data.incentive_apy,
    utilization: data.utilization,
    tvlUsd: data.tvl_usd,
    volumeUsd: data.volume_usd,
  };
}

/** Dune writes `2024-01-01 00:00:00.000 UTC`. */
function readInstant(text: string): UtcMs {
  const at = parseUtcMs(text.replace(/ UTC$/, ""));
  if (at === null) throw new RowError(`Cannot read ts "${text}": no ISO 8601 time`);
  return at;
}
