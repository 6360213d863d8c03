import { AppError, errorMessage, ProviderError } from "../kernel/errors.ts";
import { DAY_MS, MINUTE_MS, type UtcMs, utcMsOf } from "../kernel/time.ts";
import type { LeaseStore } from "../ports/leases.ts";
import type { Clock, Log } from "../ports/mod.ts";
import type { PoolFetch, PoolProvider, PoolStore, QuarantinedReading } from "./ports.ts";

/** Of one run, whatever the number of its targets. */
export interface IngestReport {
  readonly provider: string;
  /** Targets that were due and asked for. */
  readonly fetched: readonly string[];
  readonly read: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  /** New readings that wait for the next one to confirm them. */
  readonly held: number;
  readonly quarantined: number;
  readonly errors: readonly QuarantinedReading[];
  /** Targets that failed, with the reason. */
  readonly problems: Readonly<Record<string, string>>;
}

export interface PoolIngestionDeps {
  readonly provider: PoolProvider;
  readonly store: PoolStore;
  readonly leases: LeaseStore;
  readonly owner: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** How far back a target is asked for that was never fetched. */
const FIRST_DAYS = 400;
/** Errors that a report names. */
const MAX_ERRORS = 100;
const LEASE = "pool_ingest";
/** Longer than the slowest run of a query. */
const LEASE_MS = 20 * MINUTE_MS;

/**
 * Takes pools from a provider into the store. Every step may be repeated: a process that dies
 * between two of them leaves nothing that the next run does not bring to the same end. The start
 * of a fetch is stored before it, so that one that is billed is not asked for again too soon.
 */
export class PoolIngestion {
  readonly #deps: PoolIngestionDeps;
  #running: Promise<IngestReport | null> | null = null;
  /** Nothing is due before it, as far as this process knows. */
  #nextAt = 0;

  constructor(deps: PoolIngestionDeps) {
    this.#deps = deps;
  }

  /** Fetches what is due; `null` where nothing is, or another run is under way. Cheap to ask. */
  async tick(signal?: AbortSignal): Promise<IngestReport | null> {
    if (this.#running !== null || this.#deps.clock.now() < this.#nextAt) return null;
    return await this.#start({ isForced: false, signal });
  }

  /** Fetches every target now. Throws `CONFLICT` while another run is under way. */
  async runNow(signal?: AbortSignal): Promise<IngestReport> {
    const report = this.#running === null ? await this.#start({ isForced: true, signal }) : null;
    if (report !== null) return report;
    throw new AppError("CONFLICT", "Cannot fetch pools: another run is under way");
  }

  async #start(
    options: { readonly isForced: boolean; readonly signal: AbortSignal | undefined },
  ): Promise<IngestReport | null> {
    const run = this.#runLeased(options);
    this.#running = run;
    try {
      return await run;
    } finally {
      this.#running = null;
    }
  }

  async #runLeased(
    { isForced, signal }: { readonly isForced: boolean; readonly signal: AbortSignal | undefined },
  ): Promise<IngestReport | null> {
    const { leases, owner, provider, clock, log } = this.#deps;
    if (!await leases.acquire(LEASE, { owner, leaseMs: LEASE_MS })) return null;
    try {
      const due = await this.#due(isForced);
      if (due.length === 0) return null;
      let report = emptyReport(provider.name);
      for (const { target, start } of due) {
        report = await this.#take(target, { start, signal, report });
      }
      this.#nextAt = clock.now() + provider.minFetchMs;
      if (Object.keys(report.problems).length > 0) {
        log.warn("Cannot fetch all pools", { provider: provider.name, problems: report.problems });
      }
      return report;
    } finally {
      await leases.release(LEASE, owner);
    }
  }

  /** Targets whose least time has passed, with the time from which they are wanted. */
  async #due(isForced: boolean): Promise<readonly { target: string; start: UtcMs }[]> {
    const { provider, store, clock } = this.#deps;
    const now = clock.now();
    const known = new Map(
      (await store.listFetches(provider.name)).map((fetch) => [fetch.target, fetch]),
    );
    const due = provider.targets.flatMap((target) => {
      const last = known.get(target);
      if (last && !isForced && now - last.startedAt < provider.minFetchMs) return [];
      const isComplete = last?.finishedAt !== null && last?.problem === null;
      const start = last && isComplete ? last.startedAt : utcMsOf(now - FIRST_DAYS * DAY_MS);
      return [{ target, start }];
    });
    if (due.length === 0) {
      const starts = [...known.values()].map(({ startedAt }) => startedAt + provider.minFetchMs);
      this.#nextAt = Math.min(...starts);
    }
    return due;
  }

  async #take(
    target: string,
    { start, signal, report }: {
      readonly start: UtcMs;
      readonly signal: AbortSignal | undefined;
      readonly report: IngestReport;
    },
  ): Promise<IngestReport> {
    const { provider, store, clock } = this.#deps;
    const startedAt = clock.now();
    const fetch: PoolFetch = { target, startedAt, finishedAt: null, problem: null };
    await store.recordFetch(provider.name, fetch);
    try {
      const range = { start, end: startedAt, ...(signal && { signal }) };
      const payloads = await provider.fetchRaw([target], range);
      const taken = await keepReadings(store, provider.normalize(payloads));
      await store.recordFetch(provider.name, { ...fetch, finishedAt: clock.now() });
      return addReport(report, { target, taken });
    } catch (error) {
      // An outside failure is this target's; the next is asked all the same.
      if (!(error instanceof ProviderError || error instanceof AppError)) throw error;
      const problem = errorMessage(error);
      await store.recordFetch(provider.name, { ...fetch, finishedAt: clock.now(), problem });
      return { ...report, problems: { ...report.problems, [target]: problem } };
    }
  }
}

/** What came of some readings: every one of them is in exactly one count. */
export interface Taken {
  readonly read: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly held: number;
  readonly quarantined: number;
  readonly errors: readonly QuarantinedReading[];
}

/** Stores pools, then their readings: twice is as once. */
export async function keepReadings(
  store: Pick<PoolStore, "upsertPools" | "recordSnapshots">,
  { pools, snapshots, quarantined }: ReturnType<PoolProvider["normalize"]>,
): Promise<Taken> {
  await store.upsertPools(pools);
  const counts = await store.recordSnapshots(snapshots);
  return {
    read: snapshots.length + quarantined.length,
    ...counts,
    quarantined: quarantined.length,
    errors: quarantined.slice(0, MAX_ERRORS),
  };
}

function emptyReport(provider: string): IngestReport {
  const none = { read: 0, inserted: 0, updated: 0, unchanged: 0, held: 0, quarantined: 0 };
  return { provider, fetched: [], ...none, errors: [], problems: {} };
}

function addReport(
  report: IngestReport,
  { target, taken }: { readonly target: string; readonly taken: Taken },
): IngestReport {
  return {
    ...report,
    fetched: [...report.fetched, target],
    read: report.read + taken.read,
    inserted: report.inserted + taken.inserted,
    updated: report.updated + taken.updated,
    unchanged: report.unchanged + taken.unchanged,
    held: report.held + taken.held,
    quarantined: report.quarantined + taken.quarantined,
    errors: [...report.errors, ...taken.errors].slice(0, MAX_ERRORS),
  };
}
