import type { UtcMs } from "../kernel/time.ts";

declare const poolId: unique symbol;

/** `aave-v3-ethereum-0xa0b8…`: made of protocol, chain and address, so that it never changes. */
export type PoolId = string & { readonly [poolId]: true };

/** What the tokens of a pool are to each other; it decides how much can be lost to their drift. */
export const STRUCTURES = ["single", "pegged", "correlated", "uncorrelated"] as const;
export type PoolStructure = typeof STRUCTURES[number];

/** Where a pool's yield comes from. The rate of a `savings` pool is set by votes and stands still. */
export const POOL_KINDS = ["lending", "staking", "savings", "fixed", "liquidity", "vault"] as const;
export type PoolKind = typeof POOL_KINDS[number];

/** A place to earn a yield. `null` is not known. */
export interface Pool {
  readonly id: PoolId;
  readonly protocol: string;
  readonly chain: string;
  /** Address of the contract or the source's own id; with the maturity where there is one. */
  readonly poolAddress: string;
  readonly symbol: string;
  /** What tells it from others of its token, protocol and chain, where there are such. */
  readonly mark?: string;
  readonly kind: PoolKind | null;
  readonly structure: PoolStructure | null;
  /** Share of the interest that the protocol keeps, as a fraction. */
  readonly reserveFactor: number | null;
  readonly maturityAt: UtcMs | null;
  /** When the source first saw it, where that is before our own first snapshot. */
  readonly since: UtcMs | null;
}

/** How the source gave its rates: a simple rate is compounded `periodsPerYear` times. */
export type RateBasis =
  | { readonly kind: "apy" }
  | { readonly kind: "apr"; readonly periodsPerYear: number };

/** What a source says of a reading beside its figures. */
export interface ReadingFlags {
  /** The source itself marked the reading as old. */
  readonly isStale: boolean;
  readonly isFrozen: boolean;
  readonly isPaused: boolean;
}

/** A pool at one instant. Yields are fractions a year, compounded; `null` is not known. */
export interface PoolSnapshot {
  readonly poolId: PoolId;
  readonly ts: UtcMs;
  readonly source: string;
  /** When the reading was known: fetched by us, or stored by the recorder of an imported file. */
  readonly ingestedAt: UtcMs;
  readonly supplyApy: number;
  readonly borrowApy: number | null;
  /** Paid in other tokens; `null` where the source does not tell it from `supplyApy`. */
  readonly incentiveApy: number | null;
  readonly utilization: number | null;
  readonly tvlUsd: number | null;
  readonly volumeUsd: number | null;
  /** Utilization from which the borrow rate climbed steeply then, as a fraction. */
  readonly kink: number | null;
  /** When the source's own state last changed. */
  readonly updatedAt: UtcMs | null;
  readonly basis: RateBasis;
  readonly flags: ReadingFlags;
}

/** A snapshot as stored. */
export interface StoredSnapshot extends PoolSnapshot {
  /** From when it counts; `null` while it is held as an outlier that nothing confirmed. */
  readonly availableAt: UtcMs | null;
  /** When an operator took it out for good; it then never counts. */
  readonly discardedAt: UtcMs | null;
}

/** Whether a stored reading waits for another to confirm it, or for an operator. */
export function isHeld(
  { availableAt, discardedAt }: Pick<StoredSnapshot, "availableAt" | "discardedAt">,
): boolean {
  return availableAt === null && discardedAt === null;
}

export const NO_FLAGS: ReadingFlags = { isStale: false, isFrozen: false, isPaused: false };

/** The id of the pool at an address. Throws `RangeError` where a part is empty. */
export function poolIdOf(
  { protocol, chain, poolAddress }: Pick<Pool, "protocol" | "chain" | "poolAddress">,
): PoolId {
  const parts = [protocol, chain, poolAddress].map(slugOf);
  if (parts.some((part) => part === "")) {
    throw new RangeError(`Cannot name pool "${protocol}" "${chain}" "${poolAddress}": empty part`);
  }
  return parts.join("-") as PoolId;
}

/** Lower case letters, digits and single hyphens: `Aave V3` is `aave-v3`. */
export function slugOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}
