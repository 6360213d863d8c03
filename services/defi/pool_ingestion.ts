import { AppError, errorMessage, ProviderError } from "../kernel/errors.ts";
import { DAY_MS, formatUtcMs, MINUTE_MS, type UtcMs, utcMsOf } from "../kernel/time.ts";
import type { JsonValue } from "../ports/jobs.ts";
import type { LeaseStore } from "../ports/leases.ts";
import type { AuditLog } from "../ports/audit.ts";
import type { Clock, Log, Timer } from "../ports/mod.ts";
import { addReport, emptyReport, type IngestReport, keepReadings } from "./ingest_report.ts";
import type {
  FetchProblem,
  HeldAct,
  HeldReading,
  PoolFetch,
  PoolProvider,
  PoolStore,
  ReadingKey,
  StoredQuarantine,
} from "./ports.ts";

/** A target, and from when its readings are wanted. */
interface Due {
  readonly target: string;
  readonly start: UtcMs;
  /** When the last fetch began, if it came to no good end. */
  readonly unreadSince: UtcMs | null;
}

export interface PoolIngestionDeps {
  readonly provider: PoolProvider;
  readonly store: PoolStore;
  readonly leases: LeaseStore;
  readonly owner: string;
  readonly audit: Pick<AuditLog, "record">;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Log;
}

/** A fetch, and what comes after it. */
interface FetchStanding extends PoolFetch {
  /** From when the target is due again. */
  readonly nextAt: UtcMs;
  /** What is paid for and not read yet, in words; `null` where nothing is. */
  readonly pending: string | null;
}

/** What operators see of it. */
export interface IngestStatus {
  readonly provider: string;
  readonly fetches: readonly FetchStanding[];
  /** Readings that wait for the next one to confirm them, newest first. */
  readonly held: readonly HeldReading[];
  /** Rows that could not be read, of every provider. */
  readonly quarantined: readonly StoredQuarantine[];
}

/** How far back a target is asked for that was never fetched. */
const FIRST_DAYS = 400;
const LEASE = "pool_ingest";
/** A process that was killed keeps others from fetching for as long. */
const LEASE_MS = MINUTE_MS;
const EXTEND_EVERY_MS = LEASE_MS / 3;
const ACTION = "pools.ingest";

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

  /**
   * Fetches every target now, which the audit log is told. Throws `CONFLICT` while another run is
   * under way.
   */
  async runNow(
    { actor, signal }: { readonly actor: string; readonly signal?: AbortSignal },
  ): Promise<IngestReport> {
    let report: IngestReport;
    try {
      report = await this.#force(signal);
    } catch (error) {
      const outcome = error instanceof AppError ? "refused" : "failed";
      await this.#note(actor, { outcome, reason: errorMessage(error) });
      throw error;
    }
    const { inserted, updated, unchanged, held, quarantined, problems } = report;
    const counts = { inserted, updated, unchanged, held, quarantined };
    await this.#note(actor, { outcome: "done", ...counts, problems });
    return report;
  }

  /** Tells the audit log that somebody was not let. */
  async noteRefusal(actor: string, reason: string): Promise<void> {
    await this.#note(actor, { outcome: "refused", reason });
  }

  async getStatus({ limit }: { readonly limit: number }): Promise<IngestStatus> {
    const { provider, store } = this.#deps;
    const [fetches, held, quarantined] = await Promise.all([
      this.#listStandings(),
      store.listHeld(limit),
      store.listQuarantine(limit),
    ]);
    return { provider: provider.name, fetches, held, quarantined };
  }

  /** Why nothing newer came of the targets whose newest fetch brought nothing. */
  async listProblems(): Promise<readonly FetchProblem[]> {
    const { name, targets } = this.#deps.provider;
    return (await this.#listStandings()).flatMap(({ target, problem, pending, nextAt }) => {
      const reason = problem ?? pending;
      if (reason === null || !targets.includes(target)) return [];
      return [{ provider: name, target, reason, nextAt }];
    });
  }

  async #listStandings(): Promise<readonly FetchStanding[]> {
    const { provider, store } = this.#deps;
    const fetches = await store.listFetches(provider.name);
    return await Promise.all(fetches.map(async (fetch) => ({
      ...{ ...fetch, nextAt: this.#nextOf(fetch) },
      pending: await provider.tellPending?.(fetch.target) ?? null,
    })));
  }

  /**
   * Lets a held reading count from now on, or takes it out for good. Throws `RESOURCE_NOT_FOUND`
   * where there is none, `CONFLICT` where it is held no longer.
   */
  async settleHeld(key: ReadingKey, act: HeldAct): Promise<HeldReading> {
    const settled = await this.#deps.store.settleHeld(key, act);
    if (settled === null) {
      throw new AppError(
        "RESOURCE_NOT_FOUND",
        `There is no reading of ${key.poolId} by ${key.source} at ${formatUtcMs(key.ts)}`,
      );
    }
    const { wasHeld, reading, believed } = settled;
    if (wasHeld) return { reading, believed };
    const state = reading.discardedAt === null ? "counts" : "is discarded";
    throw new AppError("CONFLICT", `The reading ${state} already`);
  }

  async #force(signal: AbortSignal | undefined): Promise<IngestReport> {
    const report = this.#running === null ? await this.#start({ isForced: true, signal }) : null;
    if (report !== null) return report;
    throw new AppError("CONFLICT", "Cannot fetch pools: another run is under way");
  }

  async #note(actor: string, details: Readonly<Record<string, JsonValue>>): Promise<void> {
    const { audit, provider, log } = this.#deps;
    const act = { actor, action: ACTION, subject: provider.name };
    log.info("An operator used a control", { ...act, outcome: details.outcome });
    await audit.record({ ...act, details });
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
    const { leases, owner, log } = this.#deps;
    if (!await leases.acquire(LEASE, { owner, leaseMs: LEASE_MS })) return null;
    const lost = new AbortController();
    const stopExtending = this.#extendLease(lost);
    try {
      const due = await this.#due(isForced);
      if (due.length === 0) return isForced ? emptyReport(this.#deps.provider.name) : null;
      const both = AbortSignal.any([lost.signal, ...signal ? [signal] : []]);
      const report = await this.#takeAll(due, both);
      const { provider, problems } = report;
      if (Object.keys(problems).length > 0) {
        log.warn("Cannot fetch all pools", { provider, problems });
      }
      if (report.quarantined > 0) {
        const [first] = report.errors;
        log.info("Rows of pools were set aside", {
          provider,
          rows: report.quarantined,
          ...first && { first: `${first.line}: ${first.reason}` },
        });
      }
      return report;
    } finally {
      await stopExtending();
      await leases.release(LEASE, owner);
    }
  }

  /** Keeps the lease for as long as the run takes; `lost` aborts if another process has it. */
  #extendLease(lost: AbortController): () => Promise<void> {
    const { leases, owner, timer, log } = this.#deps;
    let extending: Promise<void> = Promise.resolve();
    let cancel = () => {};
    const extend = async () => {
      try {
        if (await leases.acquire(LEASE, { owner, leaseMs: LEASE_MS })) return plan();
        lost.abort(new AppError("CONFLICT", "Another process fetches pools"));
      } catch (error) {
        // Tried again while the lease lasts: nobody else can have it before.
        log.warn("Cannot extend the lease to fetch pools", { error: errorMessage(error) });
        plan();
      }
    };
    const plan = () => {
      cancel = timer.after(EXTEND_EVERY_MS, () => extending = extend());
    };
    plan();
    return async () => {
      cancel();
      await extending;
      cancel();
    };
  }

  async #takeAll(due: readonly Due[], signal: AbortSignal): Promise<IngestReport> {
    let report = emptyReport(this.#deps.provider.name);
    for (const one of due) {
      signal.throwIfAborted();
      report = await this.#take(one, { signal, report });
    }
    return report;
  }

  /** Targets whose least time has passed, with the time from which they are wanted. */
  async #due(isForced: boolean): Promise<readonly Due[]> {
    const { provider, store, clock } = this.#deps;
    const now = clock.now();
    const fetches = (await store.listFetches(provider.name))
      .filter(({ target }) => provider.targets.includes(target));
    const known = new Map(fetches.map((fetch) => [fetch.target, fetch]));
    const due = provider.targets.flatMap((target) => {
      const last = known.get(target);
      if (last && !isForced && now < this.#nextOf(last)) return [];
      if (last && isComplete(last)) return [{ target, start: last.startedAt, unreadSince: null }];
      const start = utcMsOf(now - FIRST_DAYS * DAY_MS);
      return [{ target, start, unreadSince: last?.startedAt ?? null }];
    });
    if (due.length === 0) {
      this.#nextAt = Math.min(...fetches.map((fetch) => this.#nextOf(fetch)));
    }
    return due;
  }

  /** From when a target is due again. */
  #nextOf(last: PoolFetch): UtcMs {
    const { minFetchMs, retryMs = minFetchMs } = this.#deps.provider;
    return utcMsOf(
      last.startedAt + (isComplete(last) ? minFetchMs : Math.min(retryMs, minFetchMs)),
    );
  }

  async #take(
    { target, start, unreadSince }: Due,
    { signal, report }: {
      readonly signal: AbortSignal;
      readonly report: IngestReport;
    },
  ): Promise<IngestReport> {
    const { provider, store, clock } = this.#deps;
    const startedAt = clock.now();
    const fetch: PoolFetch = { target, startedAt, finishedAt: null, problem: null };
    await store.recordFetch(provider.name, fetch);
    try {
      const range = { start, end: startedAt, ...unreadSince !== null && { unreadSince }, signal };
      const payloads = await provider.fetchRaw([target], range);
      const readings = provider.normalize(payloads);
      const taken = await keepReadings(store, readings, { provider: provider.name, target });
      await store.recordFetch(provider.name, { ...fetch, finishedAt: clock.now() });
      return addReport(report, { target, taken });
    } catch (error) {
      // An outside failure is this target's; the next is asked all the same.
      if (signal.aborted) throw error;
      if (!(error instanceof ProviderError || error instanceof AppError)) throw error;
      const problem = errorMessage(error);
      await store.recordFetch(provider.name, { ...fetch, finishedAt: clock.now(), problem });
      return { ...report, problems: { ...report.problems, [target]: problem } };
    }
  }
}

function isComplete({ finishedAt, problem }: PoolFetch): boolean {
  return finishedAt !== null && problem === null;
}
