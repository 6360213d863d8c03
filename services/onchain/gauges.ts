import type { UtcMs } from "../kernel/time.ts";

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
  readonly feeRange: readonly number[];
}

/** What waits for a block of Bitcoin; fees in satoshi per virtual byte. */
export interface MempoolGauge {
  readonly asof: UtcMs;
  /** Transactions that wait. */
  readonly size: number;
  /** Their virtual bytes. */
  readonly vsize: number;
  /** Fee for the next block, for half an hour, for an hour, when there is time, and the least. */
  readonly fees: {
    readonly fastest: number;
    readonly halfHour: number;
    readonly hour: number;
    readonly economy: number;
    readonly minimum: number;
  };
  readonly projected: readonly ProjectedBlock[];
}

/** A gauge that is kept, by its name. */
export interface Gauges {
  readonly eth_gas: GasGauge;
  readonly btc_mempool: MempoolGauge;
}
export type GaugeName = keyof Gauges;

/** Where a gauge is read. Throws `ProviderError`, or `AppError` `RATE_LIMITED`. */
export interface GaugeSource<Name extends GaugeName> {
  readonly name: Name;
  fetch(signal?: AbortSignal): Promise<Gauges[Name]>;
}

export interface GaugeStore {
  /** Keeps a reading, once for its time. */
  record<Name extends GaugeName>(name: Name, reading: Gauges[Name]): Promise<void>;
  /** The readings since an instant, oldest first. */
  list<Name extends GaugeName>(name: Name, since: UtcMs): Promise<readonly Gauges[Name][]>;
  /** Removes readings before the instant; their number. */
  prune(before: UtcMs): Promise<number>;
}
