import type { UtcMs } from "../kernel/time.ts";
import type { Pool, PoolId, PoolSnapshot, StoredSnapshot } from "./pool.ts";

/** What a source says, as we understand it. */
export interface NormalizedPools {
  readonly pools: readonly Pool[];
  readonly snapshots: readonly PoolSnapshot[];
  readonly quarantined: readonly QuarantinedReading[];
}

/** A row that can't be read, with where it stood and why. */
export interface QuarantinedReading {
  readonly line: number;
  readonly reason: string;
}

/** A row that was set aside, and of which answer. */
export interface StoredQuarantine extends QuarantinedReading {
  readonly provider: string;
  /** What was asked for, or `file/NAME`. */
  readonly target: string;
  /** When it was first set aside for this reason. */
  readonly seenAt: UtcMs;
}

/** One answer of a source, as it came. */
export interface RawPayload {
  /** Names what was asked, without time and keys: `pools`, `chart/747c1d2a`. */
  readonly key: string;
  /** The answer as parsed JSON, or a file's text. */
  readonly body: unknown;
  readonly fetchedAt: UtcMs;
}

/** From when to when a provider is asked; it may give more. */
export interface FetchRange {
  readonly start: UtcMs;
  readonly end: UtcMs;
  /** When a fetch began that came to no good end: what it asked for may be ready, and paid for. */
  readonly unreadSince?: UtcMs;
  readonly signal?: AbortSignal;
}

/** A source of pools. Both steps may be repeated: the same payloads give the same readings. */
export interface PoolProvider {
  readonly name: string;
  /** What it can be asked for, each on its own clock. */
  readonly targets: readonly string[];
  /** Least time between two fetches of one target. */
  readonly minFetchMs: number;
  /** The same after a fetch that failed or was cut off; without it no sooner than after others. */
  readonly retryMs?: number;
  /** Asks for the targets. Throws `ProviderError`, or `AppError` `RATE_LIMITED`. */
  fetchRaw(targets: readonly string[], range: FetchRange): Promise<readonly RawPayload[]>;
  /** Reads the answers; rows that are not as expected are set aside, never guessed. */
  normalize(payloads: readonly RawPayload[]): NormalizedPools;
  /**
   * What of an earlier fetch of a target is paid for and not read yet, in words, with what comes of
   * it; `null` where nothing is. Absent where nothing is paid for.
   */
  tellPending?(target: string): Promise<string | null>;
}

/** What came of writing rows. */
export interface WriteCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
}

/** What a run at a provider is for. */
export interface PaidTarget {
  readonly provider: string;
  readonly target: string;
}

/** A run that is paid for. */
export interface PaidRun {
  /** As the provider names it; `null` where it was asked for and its name never learnt. */
  readonly id: string | null;
  /** When it was asked for, or its name learnt. */
  readonly startedAt: UtcMs;
}

/** Runs that are paid for and whose result was not read to its end, one of each target. */
export interface PaidRunStore {
  findRun(of: PaidTarget): Promise<PaidRun | null>;
  /** Keeps a run of a target in the place of the one before; without an id before it is asked for. */
  recordRun(of: PaidTarget, id: string | null): Promise<void>;
  forgetRun(of: PaidTarget): Promise<void>;
}

/** When a target was last asked for, and what came of it. */
export interface PoolFetch {
  readonly target: string;
  readonly startedAt: UtcMs;
  /** `null` while it runs, or if it was cut off. */
  readonly finishedAt: UtcMs | null;
  readonly problem: string | null;
}

/** A target whose newest fetch brought nothing. */
export interface FetchProblem {
  readonly provider: string;
  readonly target: string;
  readonly reason: string;
  /** From when it is asked for again. */
  readonly nextAt: UtcMs;
}

/** The readings of one pool by one source. */
export interface PoolSeries {
  readonly poolId: PoolId;
  readonly source: string;
}

/** Names one reading. */
export interface ReadingKey extends PoolSeries {
  readonly ts: UtcMs;
}

/** A reading that waits, beside what it jumped from. */
export interface HeldReading {
  readonly reading: StoredSnapshot;
  /** The newest reading before it that counts. */
  readonly believed: StoredSnapshot | null;
}

/** What an operator can make of a held reading. */
export type HeldAct = "accept" | "discard";

/** A reading as it stands after an operator spoke, and whether it was held before. */
export interface SettledReading extends HeldReading {
  readonly wasHeld: boolean;
}

export interface PoolStore {
  /** Adds pools and brings those that are known up to date; what a source leaves out stays. */
  upsertPools(pools: readonly Pool[]): Promise<WriteCounts>;
  /**
   * Stores snapshots of known pools, each once by pool, time and source; outliers are held until
   * the next one confirms them. The same again changes nothing; another value for a known time
   * replaces it.
   */
  recordSnapshots(snapshots: readonly PoolSnapshot[]): Promise<WriteCounts & { held: number }>;
  listPools(): Promise<readonly Pool[]>;
  /** One series by time, held ones too. */
  listSnapshots(series: PoolSeries): Promise<readonly StoredSnapshot[]>;
  /** Every pair of pool and source. */
  listSeries(): Promise<readonly PoolSeries[]>;
  /** Snapshots written at or after the instant, by pool, source and time. */
  listWrittenSince(at: UtcMs): Promise<readonly StoredSnapshot[]>;
  /**
   * Leaves of the source's readings before the instant only the first of each bucket; the number
   * removed.
   */
  thinSnapshots(
    source: string,
    keep: { readonly before: UtcMs; readonly bucketMs: number },
  ): Promise<number>;
  /** Readings that wait for the next one to confirm them, newest first. */
  listHeld(limit: number): Promise<readonly HeldReading[]>;
  /**
   * Ends the wait of a held reading: it counts from now on, or never. One that is not held stays
   * as it is; `null` where there is none.
   */
  settleHeld(key: ReadingKey, act: HeldAct): Promise<SettledReading | null>;
  /** Keeps what was set aside of the newest answer to a target, in the place of what was before. */
  recordQuarantine(
    answer: { readonly provider: string; readonly target: string },
    rows: readonly QuarantinedReading[],
  ): Promise<void>;
  /** What was set aside, by provider and target. */
  listQuarantine(limit: number): Promise<readonly StoredQuarantine[]>;
  listFetches(provider: string): Promise<readonly PoolFetch[]>;
  recordFetch(provider: string, fetch: PoolFetch): Promise<void>;
}
