import { type PoolKind, type RateBasis } from "../../defi/pool.ts";
import { SECONDS_A_YEAR } from "../../defi/yields.ts";
import { DAY_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { Reading } from "./reading.ts";
import { RowError, type RowFields } from "./row_fields.ts";

/** One kind of CSV file, told by its columns. */
export interface PoolLayout {
  readonly name: string;
  /** Columns that it has; more do no harm. */
  readonly columns: readonly string[];
  /**
   * Told in the name of the series where a collector has several files that measure differently at
   * the same instants: they are no corrections of each other.
   */
  readonly measure?: string;
  /** What the file's name tells: `aave_v3_polygon_USDC_minute…`. Throws where it must and does not. */
  readonly begin?: (fileName: string) => FileFacts;
  readonly read: (row: RowFields, facts: FileFacts) => Reading;
  /** Whether all rows are one state, as of the newest time in any of them. */
  readonly isOneState?: boolean;
  /** Whether one address may change its symbol on the way; else another symbol is a mistake. */
  readonly mayRename?: boolean;
}

export interface FileFacts {
  readonly chain: string;
  readonly symbol: string;
}

const NO_FACTS: FileFacts = { chain: "", symbol: "" };
const EACH_SECOND: RateBasis = { kind: "apr", periodsPerYear: SECONDS_A_YEAR };
const EACH_DAY: RateBasis = { kind: "apr", periodsPerYear: 365 };
const APY: RateBasis = { kind: "apy" };
/** On-chain rates are whole numbers of 10^-27. */
const RAY = 1e27;
const BASIS_POINTS = 10_000;
/** Prices of the reserves file are whole numbers of 10^-8 dollars. */
const PRICE_UNIT = 1e8;

/** Daily rates of Aave reserves, as simple rates compounded each second. */
const AAVE_DAILY: PoolLayout = {
  name: "aave_daily",
  columns: [
    "snapshot_utc",
    "network",
    "symbol",
    "asset_address",
    "supply_rate_apr",
    "variable_borrow_rate_apr",
    "reserve_factor",
    "utilization_derived",
    "reserve_last_update_ts",
    "stale_node_reading",
    "frozen",
    "paused",
  ],
  mayRename: true,
  read(row) {
    const at = row.instant("snapshot_utc");
    return {
      protocol: "aave-v3",
      chain: row.text("network"),
      address: row.text("asset_address"),
      symbol: row.text("symbol"),
      about: {
        kind: "lending",
        structure: "single",
        reserveFactor: row.optionalNumber("reserve_factor"),
      },
      ts: at,
      knownAt: at,
      basis: EACH_SECOND,
      supplyRate: row.number("supply_rate_apr"),
      borrowRate: row.optionalNumber("variable_borrow_rate_apr"),
      utilization: row.optionalNumber("utilization_derived"),
      updatedAt: row.optionalSeconds("reserve_last_update_ts"),
      flags: {
        isStale: row.flag("stale_node_reading"),
        isFrozen: row.flag("frozen"),
        isPaused: row.flag("paused"),
      },
    };
  },
};

/** Rates of one Aave reserve by the minute; the file's name says which. */
const AAVE_MINUTE: PoolLayout = {
  name: "aave_minute",
  columns: ["block_timestamp", "liquidity_rate", "variable_borrow_rate", "liquidity_index"],
  begin(fileName) {
    const [, chain = "", symbol = ""] = /aave_v3_([a-z]+)_([A-Za-z0-9.]+)_minute/.exec(fileName) ??
      [];
    if (chain === "") {
      throw new RowError(
        `Cannot tell the reserve of "${fileName}": expected aave_v3_CHAIN_SYMBOL_minute in its name`,
      );
    }
    return { chain, symbol };
  },
  read(row, { chain, symbol }) {
    const at = row.instant("block_timestamp");
    return {
      protocol: "aave-v3",
      chain,
      address: symbol,
      symbol,
      about: { kind: "lending", structure: "single" },
      ts: at,
      knownAt: at,
      basis: EACH_SECOND,
      supplyRate: row.number("liquidity_rate"),
      borrowRate: row.number("variable_borrow_rate"),
    };
  },
};

/** All Aave reserves of a chain at one block, with the interest rate model of each. */
const AAVE_RESERVES: PoolLayout = {
  name: "aave_reserves",
  columns: [
    "underlyingAsset",
    "symbol",
    "liquidityRate",
    "optimalUsageRatio",
    "lastUpdateTimestamp",
  ],
  isOneState: true,
  begin(fileName) {
    const [, chain = ""] = /reserves_([a-z]+)/.exec(fileName) ?? [];
    if (chain === "") {
      throw new RowError(
        `Cannot tell the chain of "${fileName}": expected reserves_CHAIN in its name`,
      );
    }
    return { chain, symbol: "" };
  },
  read(row, { chain }) {
    const updatedAt = row.optionalSeconds("lastUpdateTimestamp");
    if (updatedAt === null) throw new RowError("Cannot read lastUpdateTimestamp: blank");
    const debt = row.number("totalScaledVariableDebt") * row.number("variableBorrowIndex") / RAY;
    const units = (row.number("availableLiquidity") + debt) / 10 ** row.number("decimals");
    return {
      protocol: "aave-v3",
      chain,
      address: row.text("underlyingAsset"),
      symbol: row.text("symbol"),
      about: {
        kind: "lending",
        structure: "single",
        reserveFactor: row.number("reserveFactor") / BASIS_POINTS,
      },
      ts: updatedAt,
      knownAt: updatedAt,
      basis: EACH_SECOND,
      supplyRate: row.number("liquidityRate") / RAY,
      borrowRate: row.number("variableBorrowRate") / RAY,
      utilization: row.optionalNumber("derived_utilization"),
      kink: row.number("optimalUsageRatio") / RAY,
      tvlUsd: units * row.number("priceInMarketReferenceCurrency") / PRICE_UNIT,
      updatedAt,
      flags: { isStale: false, isFrozen: row.flag("isFrozen"), isPaused: row.flag("isPaused") },
    };
  },
};

/** What Yieldhouse calls a protocol, what we do, and how its rates are meant. */
const YIELDHOUSE_PROTOCOLS: Readonly<
  Record<string, { readonly name: string; readonly kind: PoolKind; readonly basis: RateBasis }>
> = {
  AAVEV3: { name: "aave-v3", kind: "lending", basis: EACH_SECOND },
  MAKER: { name: "maker", kind: "savings", basis: APY },
  SKY: { name: "sky", kind: "savings", basis: APY },
  LIDO: { name: "lido", kind: "staking", basis: EACH_DAY },
  PENDLEV2: { name: "pendle-v2", kind: "fixed", basis: APY },
};

function yieldhousePool(row: RowFields, maturityAt: UtcMs | null) {
  const given = row.text("protocol");
  const known = YIELDHOUSE_PROTOCOLS[given];
  if (!known) {
    throw new RowError(`Cannot read protocol "${given}": how it means its rates is not known`);
  }
  const contract = row.text("contract");
  return {
    protocol: known.name,
    chain: row.text("chain"),
    address: maturityAt === null ? contract : `${contract}/${maturityAt / 1_000}`,
    symbol: row.text("asset"),
    about: { kind: known.kind, structure: "single", maturityAt } as const,
    basis: known.basis,
  };
}

/** Daily rates as Yieldhouse collected them: a whole day's mean, known when the day is over. */
const YIELDHOUSE_DAILY: PoolLayout = {
  name: "yieldhouse_daily",
  measure: "daily",
  columns: ["date", "protocol", "chain", "asset", "contract", "maturity_ts", "rate"],
  read(row) {
    const ts = row.instant("date");
    const isWholeDay = ts % DAY_MS === 0;
    return {
      ...yieldhousePool(row, row.optionalSeconds("maturity_ts")),
      ts,
      knownAt: isWholeDay ? utcMsOf(ts + DAY_MS) : ts,
      supplyRate: row.number("rate"),
    };
  },
};

/** Rates and TVL as Yieldhouse's crawler stored them, about every six hours. */
const YIELDHOUSE_SNAPSHOTS: PoolLayout = {
  name: "yieldhouse_snapshots",
  measure: "snapshots",
  columns: ["time", "protocol", "chain", "asset", "contract", "rate", "tvl"],
  read(row) {
    const ts = row.instant("time");
    return {
      ...yieldhousePool(row, null),
      ts,
      knownAt: ts,
      supplyRate: row.number("rate"),
      tvlUsd: row.optionalNumber("tvl"),
    };
  },
};

/** DefiLlama's daily charts: yield in percent, in one figure; known when the day is over. */
const DEFILLAMA_CHART: PoolLayout = {
  name: "defillama_chart",
  columns: ["defillama_pool", "pool_name", "date", "apy_pct", "tvl_usd"],
  read(row) {
    const ts = row.instant("date");
    return {
      protocol: "defillama",
      chain: "unknown",
      address: row.text("defillama_pool"),
      symbol: row.text("pool_name"),
      ts,
      knownAt: utcMsOf(ts + DAY_MS),
      basis: APY,
      supplyRate: row.number("apy_pct") / 100,
      tvlUsd: row.optionalNumber("tvl_usd"),
    };
  },
};

/** Every layout; the first whose columns are all there is taken. */
export const POOL_LAYOUTS: readonly PoolLayout[] = [
  AAVE_DAILY,
  AAVE_MINUTE,
  AAVE_RESERVES,
  YIELDHOUSE_DAILY,
  YIELDHOUSE_SNAPSHOTS,
  DEFILLAMA_CHART,
];

/** The layout with these columns, `null` if it is none of ours. */
export function findLayout(columns: ReadonlySet<string>): PoolLayout | null {
  return POOL_LAYOUTS.find((layout) => layout.columns.every((name) => columns.has(name))) ?? null;
}

/** What the name of a file tells, where its layout asks for it. */
export function factsOf({ begin }: PoolLayout, fileName: string): FileFacts {
  return begin ? begin(fileName) : NO_FACTS;
}
