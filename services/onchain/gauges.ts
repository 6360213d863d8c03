import type { UtcMs } from "../kernel/time.ts";
import type { FeeBand } from "./fee_bands.ts";
import type { GaugeHour } from "./gauge_hours.ts";

/** Gas prices of Ethereum, in gwei. */
export interface GasGauge {
  readonly asof: UtcMs;
  readonly block: number;
  readonly safe: number;
  readonly proposed: number;
  readonly fast: number;
  /** `null` where the source does not give it. */
  readonly baseFee: number | null;
}

/** A block that the waiting transactions would fill. */
export interface ProjectedBlock {
  readonly transactions: number;
  readonly vsize: number;
  /** Satoshi per virtual byte. */
  readonly medianFee: number;
  /** Fees from the least to the most, some of them in between. */
  readonly feeRange: readonly number[];
}

/** What waits for a block of Bitcoin; fees in satoshi per virtual byte. */
export interface MempoolGauge {
  readonly asof: UtcMs;
  /** Transactions that wait. */
  readonly size: number;
  /** Their virtual bytes. */
  readonly vsize: number;
  /** What they would pay together, in satoshi; `null` where the source does not give it. */
  readonly totalFee: number | null;
  /** Fee for the next block, for half an hour, for an hour, when there is time, and the least. */
  readonly fees: {
    readonly fastest: number;
    readonly halfHour: number;
    readonly hour: number;
    readonly economy: number;
    readonly minimum: number;
  };
  /** Virtual bytes by what they pay, dearest first; none where the source does not tell. */
  readonly bands: readonly FeeBand[];
  readonly projected: readonly ProjectedBlock[];
}

/** A gauge that is kept, by its name. */
export interface Gauges {
  readonly eth_gas: GasGauge;
  readonly btc_mempool: MempoolGauge;
}
export type GaugeName = keyof Gauges;

/** Topic of the bus that names each gauge that was read anew, once its reading is stored. */
export const GAUGE_TOPIC = "gauge_readings";

/** Where a gauge is read. Throws `ProviderError`, or `AppError` `RATE_LIMITED`. */
export interface GaugeSource<Name extends GaugeName> {
  readonly name: Name;
  /** Whose figures these are: `etherscan`. */
  readonly provider: string;
  fetch(signal?: AbortSignal): Promise<Gauges[Name]>;
}

/** How the newest try to read a gauge went. */
export interface GaugeTry {
  readonly at: UtcMs;
  readonly problem: string | null;
}

export interface GaugeStore {
  /** Keeps a reading, once for its time, and brings the summary of its hour up to date. */
  record<Name extends GaugeName>(name: Name, reading: Gauges[Name]): Promise<void>;
  findLatest<Name extends GaugeName>(name: Name): Promise<Gauges[Name] | null>;
  /** The readings since an instant, oldest first. */
  list<Name extends GaugeName>(name: Name, since: UtcMs): Promise<readonly Gauges[Name][]>;
  /** The hours that began at or after an instant, oldest first. */
  listHours<Name extends GaugeName>(name: Name, since: UtcMs): Promise<readonly GaugeHour<Name>[]>;
  recordTry(name: GaugeName, tried: GaugeTry): Promise<void>;
  findTry(name: GaugeName): Promise<GaugeTry | null>;
  /** Removes readings and hours before the instant; their number. */
  prune(before: UtcMs): Promise<number>;
}
