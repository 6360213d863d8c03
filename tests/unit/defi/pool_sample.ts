import { DAY_MS, type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import { NO_FLAGS, type Pool, poolIdOf, type StoredSnapshot } from "@/services/defi/pool.ts";

/** 2026-01-01, the day on which samples begin. */
export const SAMPLE_START = utcMsOf(Date.UTC(2026, 0, 1));

/** The sample day of an index. */
export function sampleDay(index: number): UtcMs {
  return utcMsOf(SAMPLE_START + index * DAY_MS);
}

/** A lending pool of dollars; `given` changes what a test is about. */
export function samplePool(given: Partial<Pool> = {}): Pool {
  const pool = {
    protocol: "Aave V3",
    chain: "Ethereum",
    poolAddress: "0xusdc",
    symbol: "USDC",
    kind: "lending",
    structure: "single",
    reserveFactor: 0.1,
    maturityAt: null,
    since: null,
    ...given,
  } as const;
  return { ...pool, id: poolIdOf(pool) };
}

/** A reading of the sample pool on the first day. */
export function sampleSnapshot(given: Partial<StoredSnapshot> = {}): StoredSnapshot {
  const ts = given.ts ?? SAMPLE_START;
  return {
    poolId: samplePool().id,
    ts,
    source: "sample",
    ingestedAt: ts,
    supplyApy: 0.05,
    borrowApy: 0.07,
    incentiveApy: 0,
    utilization: 0.8,
    tvlUsd: 1e8,
    volumeUsd: null,
    kink: 0.92,
    updatedAt: null,
    basis: { kind: "apy" },
    flags: NO_FLAGS,
    availableAt: given.ingestedAt ?? ts,
    discardedAt: null,
    ...given,
  };
}

/** One reading a day; each entry changes that day's. */
export function sampleDays(
  days: readonly Partial<StoredSnapshot>[],
  pool: Pool = samplePool(),
): readonly StoredSnapshot[] {
  return days.map((given, index) =>
    sampleSnapshot({ poolId: pool.id, ts: sampleDay(index), ...given })
  );
}
