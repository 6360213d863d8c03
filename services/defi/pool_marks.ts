import { formatUtcMs } from "../kernel/time.ts";
import type { Pool } from "./pool.ts";

/** Longer ones than this are shortened to their ends. */
const MAX_ADDRESS = 13;

/**
 * Gives pools of one token, protocol and chain what tells them apart: the day they mature where
 * that differs, else the address. A pool without namesakes stays as it is.
 */
export function markNamesakes(pools: readonly Pool[]): readonly Pool[] {
  const byName = Map.groupBy(pools, nameKey);
  return pools.map((pool) => {
    const namesakes = byName.get(nameKey(pool)) ?? [];
    return namesakes.length < 2 ? pool : { ...pool, mark: markOf(pool, namesakes) };
  });
}

function nameKey({ symbol, protocol, chain }: Pool): string {
  return JSON.stringify([symbol.toLowerCase(), protocol, chain]);
}

function markOf({ maturityAt, poolAddress }: Pool, namesakes: readonly Pool[]): string {
  const ofThatDay = namesakes.filter((other) => other.maturityAt === maturityAt);
  if (maturityAt !== null && ofThatDay.length === 1) return formatUtcMs(maturityAt).slice(0, 10);
  if (poolAddress.length <= MAX_ADDRESS) return poolAddress;
  return `${poolAddress.slice(0, 6)}…${poolAddress.slice(-4)}`;
}
