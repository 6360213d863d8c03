import {
  NO_FLAGS,
  type Pool,
  poolIdOf,
  type PoolSnapshot,
  type RateBasis,
  type ReadingFlags,
  slugOf,
} from "../../defi/pool.ts";
import { textFault } from "../../kernel/text_fault.ts";
import { formatUtcMs, MINUTE_MS, type UtcMs } from "../../kernel/time.ts";
import { RowError } from "./row_fields.ts";
import { toApy } from "../../defi/yields.ts";

/** A pool and one reading of it, as a source gives them: rates are not yet compounded. */
export interface Reading {
  readonly protocol: string;
  readonly chain: string;
  readonly address: string;
  readonly symbol: string;
  readonly about?: Partial<
    Pick<Pool, "kind" | "structure" | "reserveFactor" | "maturityAt" | "since">
  >;
  readonly ts: UtcMs;
  /** When it was known. */
  readonly knownAt: UtcMs;
  readonly basis: RateBasis;
  readonly supplyRate: number;
  readonly borrowRate?: number | null;
  readonly incentiveRate?: number | null;
  readonly utilization?: number | null;
  readonly tvlUsd?: number | null;
  readonly volumeUsd?: number | null;
  readonly kink?: number | null;
  readonly updatedAt?: UtcMs | null;
  readonly flags?: ReadingFlags;
}

/** Characters of a name: no address is longer, and the longest symbols list eight tokens. */
const MAX_NAME = 256;
/** A yield beyond this is a mistake of units. */
const MAX_APY = 1_000;
const MAX_USD = 1e15;
/** No pool is older than the first contracts. */
const FIRST_AT = Date.UTC(2015, 6, 30);
/** A source's clock may be ahead of ours by as much. */
export const MAX_AHEAD_MS = MINUTE_MS;

/** The reading with its yields compounded. Throws `RowError` for figures that can't be. */
export function toReading(
  reading: Reading,
  source: string,
): { readonly pool: Pool; readonly snapshot: PoolSnapshot } {
  const { ts, knownAt, basis, about = {}, symbol } = reading;
  checkTime(ts, knownAt);
  const place = placeOf(reading);
  const pool: Pool = {
    id: poolIdOf(place),
    ...place,
    symbol,
    kind: about.kind ?? null,
    structure: about.structure ?? null,
    reserveFactor: checked("reserve factor", about.reserveFactor, { min: 0, max: 1 }),
    maturityAt: about.maturityAt ?? null,
    since: about.since ?? null,
  };
  const apy = (name: string, rate: number | null | undefined) =>
    checked(name, toApy(rate ?? null, basis), { min: -1, max: MAX_APY });
  const supplyApy = apy("supply APY", reading.supplyRate);
  if (supplyApy === null) throw new RowError("Cannot read supply APY: beyond all numbers");
  const snapshot: PoolSnapshot = {
    poolId: pool.id,
    ts,
    source,
    ingestedAt: knownAt,
    supplyApy,
    borrowApy: apy("borrow APY", reading.borrowRate),
    incentiveApy: apy("incentive APY", reading.incentiveRate),
    // A little above 1 where interest accrued after the last repayment.
    utilization: checked("utilization", reading.utilization, { min: 0, max: 1.05 }),
    tvlUsd: checked("TVL", reading.tvlUsd, { min: 0, max: MAX_USD }),
    volumeUsd: checked("volume", reading.volumeUsd, { min: 0, max: MAX_USD }),
    kink: checked("kink", reading.kink, { min: 0, max: 1 }),
    updatedAt: reading.updatedAt ?? null,
    basis,
    flags: reading.flags ?? NO_FLAGS,
  };
  return { pool, snapshot };
}

function placeOf({ protocol, chain, address, symbol }: Reading) {
  const place = {
    protocol: slugOf(protocol),
    chain: slugOf(chain),
    poolAddress: address.toLowerCase(),
  };
  const isNamed = [place.protocol, place.chain, slugOf(address)].every((part) => part !== "");
  if (!isNamed) {
    throw new RowError("Cannot name the pool: expected letters in its protocol, chain and address");
  }
  const names = [protocol, chain, address, symbol];
  if (names.some((name) => name.length > MAX_NAME)) {
    throw new RowError(`Cannot keep the pool: a name of it is longer than ${MAX_NAME} characters`);
  }
  const fault = textFault(address) ?? textFault(symbol);
  if (fault !== null) throw new RowError(`Cannot keep the pool: its address or symbol ${fault}`);
  return place;
}

function checkTime(ts: UtcMs, knownAt: UtcMs): void {
  if (ts >= FIRST_AT && ts <= knownAt + MAX_AHEAD_MS) return;
  const fault = ts < FIRST_AT ? "before there were pools" : "after it was read";
  throw new RowError(`Cannot read time ${formatUtcMs(ts)}: it is ${fault}`);
}

function checked(
  name: string,
  value: number | null | undefined,
  { min, max }: { readonly min: number; readonly max: number },
): number | null {
  if (value === null || value === undefined) return null;
  if (value >= min && value <= max) return value;
  throw new RowError(`Cannot read ${name} ${value}: expected ${min} to ${max}`);
}
