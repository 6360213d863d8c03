import { AppError, errorMessage } from "../kernel/errors.ts";
import type { Uuid } from "../kernel/ids.ts";
import { formatUtcMs, SECOND_MS, type UtcMs } from "../kernel/time.ts";
import type { FeedStatus, HeldPrice, Interval } from "../market/mod.ts";
import type { AuditEntry, AuditLog } from "../ports/audit.ts";
import type { JobPage, JobRecord, JsonValue } from "../ports/jobs.ts";
import type { Clock, Log, LogLevel } from "../ports/mod.ts";
import type { FxControl, FxCurrencyStatus } from "./fx_ports.ts";
import type { JobsService } from "./jobs_service.ts";
import type {
  HeldPoolReading,
  OpsOverview,
  OpsQuery,
  OpsView,
  PoolReadingKey,
} from "./ops_read_models.ts";
import type {
  CoverageRow,
  HeldPrices,
  LogLine,
  LogLineQuery,
  LogLines,
  PoolControl,
  ProviderControl,
  ProviderStatus,
  StreamStats,
} from "./ports.ts";

/** Rows of each list that the console reads at once; of jobs that are done it shows the newest. */
const SHOWN = { jobs: 200, held: 50, pools: 50, logs: 50, audit: 50 };
/** Held prices that can still be settled: older ones have long been overtaken. */
const MAX_HELD = 500;
/** What the console's choice of lines means for the log. */
const LOWEST_LEVEL: Readonly<Record<OpsQuery["level"], LogLevel>> = {
  ALL: "debug",
  WARN: "warn",
  ERROR: "error",
};

/** Which candles to fetch; `null` means all. */
export interface BackfillRequest {
  readonly assetId: string | null;
  readonly interval: Interval | null;
}

export interface OpsServiceDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Version of the product. */
  readonly version: string;
  readonly providers: ProviderControl;
  readonly jobs: JobsService;
  readonly feeds: () => readonly FeedStatus[];
  /** `null` in a process that streams nothing. */
  readonly streams: () => StreamStats | null;
  readonly coverage: () => Promise<readonly CoverageRow[]>;
  readonly held: HeldPrices;
  readonly pools: PoolControl;
  readonly fx: FxControl;
  readonly logs: LogLines;
  readonly audit: AuditLog;
  /** The asset that any of its names means; throws `AppError`. */
  readonly resolveAsset: (name: string) => { readonly id: string };
  readonly enqueueBackfill: (request: BackfillRequest) => Promise<JobRecord>;
}

/** What was done, to what, with what; goes to the audit log together with the outcome. */
interface Act {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly details?: Readonly<Record<string, JsonValue>>;
}

/**
 * The operator's console: what the process and its sources do, and the controls. Every control
 * writes the audit log, also where it is refused, and throws `AppError`: `RESOURCE_NOT_FOUND` for
 * what does not exist, `CONFLICT` where it stands so that the control has no meaning.
 */
export class OpsService {
  readonly #deps: OpsServiceDeps;
  readonly #startedAt: UtcMs;

  constructor(deps: OpsServiceDeps) {
    this.#deps = deps;
    this.#startedAt = deps.clock.now();
  }

  /** Everything that the console shows. */
  async read({ level, trace }: OpsQuery): Promise<OpsView> {
    const { jobs, coverage, held, pools, fx, audit } = this.#deps;
    const [overview, newestJobs, covered, newestHeld, intake, rates, entries] = await Promise.all([
      this.getOverview(),
      jobs.list({ limit: SHOWN.jobs }),
      coverage(),
      held.list({ limit: SHOWN.held }),
      pools.read({ limit: SHOWN.pools }),
      fx.listStatus(),
      audit.list({ limit: SHOWN.audit }),
    ]);
    const logs = this.listLogs({
      level: LOWEST_LEVEL[level],
      trace: trace === "" ? undefined : trace,
      limit: SHOWN.logs,
    });
    return {
      ...overview,
      jobs: newestJobs,
      coverage: covered,
      held: newestHeld,
      pools: intake,
      fx: rates,
      logs,
      audit: entries,
    };
  }

  async getOverview(): Promise<OpsOverview> {
    const { clock, version, providers, feeds, streams, jobs } = this.#deps;
    const queue = await jobs.getQueue();
    const now = clock.now();
    return {
      now,
      version,
      uptimeSeconds: (now - this.#startedAt) / SECOND_MS,
      providers: providers.list(),
      feeds: feeds(),
      streams: streams(),
      queue,
    };
  }

  listProviders(): readonly ProviderStatus[] {
    return this.#deps.providers.list();
  }

  getStreams(): StreamStats | null {
    return this.#deps.streams();
  }

  listJobs(page: JobPage): Promise<readonly JobRecord[]> {
    return this.#deps.jobs.list(page);
  }

  listCoverage(): Promise<readonly CoverageRow[]> {
    return this.#deps.coverage();
  }

  listLogs(query: LogLineQuery): readonly LogLine[] {
    return this.#deps.logs.list(query);
  }

  listHeld(page: { readonly limit: number }): Promise<readonly HeldPrice[]> {
    return this.#deps.held.list(page);
  }

  listFx(): Promise<readonly FxCurrencyStatus[]> {
    return this.#deps.fx.listStatus();
  }

  listAudit(
    page: { readonly limit: number; readonly before?: string },
  ): Promise<readonly AuditEntry[]> {
    return this.#deps.audit.list(page);
  }

  /** Lets a frozen provider be called again. */
  thawProvider(name: string, { actor }: By): Promise<ProviderStatus> {
    return this.#act({ actor, action: "provider.thaw", subject: name }, async () => {
      this.#provider(name);
      if (!await this.#deps.providers.thaw(name)) throw conflict(`${name} is not frozen`);
      return this.#provider(name);
    });
  }

  /** Keeps every call from a provider until somebody thaws it. */
  freezeProvider(
    name: string,
    { actor, reason }: By & { readonly reason: string },
  ): Promise<ProviderStatus> {
    const act = { actor, action: "provider.freeze", subject: name, details: { reason } };
    return this.#act(act, async () => {
      if (this.#provider(name).frozen !== null) throw conflict(`${name} is frozen already`);
      await this.#deps.providers.freeze(name, reason);
      return this.#provider(name);
    });
  }

  /** Holds a provider's breaker open, or closes it whatever opened it. */
  setBreaker(
    name: string,
    { actor, state }: By & { readonly state: "open" | "closed" },
  ): Promise<ProviderStatus> {
    const action = state === "open" ? "provider.open_breaker" : "provider.close_breaker";
    return this.#act({ actor, action, subject: name }, async () => {
      const { breaker } = this.#provider(name);
      const isAlready = state === "open"
        ? breaker.isForced
        : breaker.state === "closed" && !breaker.isForced;
      if (isAlready) throw conflict(`The breaker of ${name} is ${state} already`);
      await this.#deps.providers.setBreaker(name, state);
      return this.#provider(name);
    });
  }

  /** Gives a dead job its attempts again, deletes one, or ends one that is not over. */
  steerJob(
    jobId: Uuid,
    { actor, act }: By & { readonly act: "retry" | "discard" | "cancel" },
  ): Promise<JobRecord> {
    const { jobs } = this.#deps;
    return this.#act(
      { actor, action: `job.${act}`, subject: jobId },
      () => jobs[act](jobId),
      ({ name, key, state }) => ({ name, key, state }),
    );
  }

  /** Says whether a price that was held back counts; as it stood when the word was given. */
  settleHeld(
    heldId: Uuid,
    { actor, act }: By & { readonly act: "accept" | "drop" },
  ): Promise<HeldPrice> {
    const { held } = this.#deps;
    return this.#act(
      { actor, action: `held_price.${act}`, subject: heldId },
      async () => {
        const known = (await held.list({ limit: MAX_HELD })).find(({ id }) => id === heldId);
        if (!known) throw new AppError("RESOURCE_NOT_FOUND", `There is no held price ${heldId}`);
        if (known.state !== "held") throw conflict(`The price is ${known.state} already`);
        held.settle({ id: heldId, action: act, by: actor });
        return known;
      },
      ({ assetId, venue, priceUsd }) => ({ asset_id: assetId, venue, price_usd: priceUsd }),
    );
  }

  /** Lets a pool's reading that was held back count from now on, or takes it out for good. */
  settlePoolReading(
    key: PoolReadingKey,
    { actor, act }: By & { readonly act: "accept" | "discard" },
  ): Promise<HeldPoolReading> {
    const { poolId, source, ts } = key;
    return this.#act(
      {
        ...{ actor, action: `held_reading.${act}`, subject: poolId },
        details: { source, at: formatUtcMs(ts) },
      },
      () => this.#deps.pools.settle(key, act),
      ({ reading }) => ({ supply_apy: reading.supplyApy, tvl_usd: reading.tvlUsd }),
    );
  }

  /** Lets values in a currency use its end-of-day rate for a while, though it has drifted. */
  useEodOnce(currency: string, { actor }: By): Promise<FxCurrencyStatus> {
    return this.#act(
      { actor, action: "fx.use_eod", subject: currency },
      () => this.#deps.fx.useEodOnce(currency, { actor }),
      ({ permittedUntil, driftBps }) => ({ until: permittedUntil, drift_bps: driftBps }),
    );
  }

  /** Asks for candles that are missing; the job that fetches them, which may wait already. */
  backfill({ actor, asset, interval }: By & {
    readonly asset: string | null;
    readonly interval: Interval | null;
  }): Promise<JobRecord> {
    const { resolveAsset, enqueueBackfill } = this.#deps;
    const subject = asset ?? "all";
    return this.#act(
      { actor, action: "candles.backfill", subject, details: { interval } },
      () => {
        const assetId = asset === null ? null : resolveAsset(asset).id;
        return enqueueBackfill({ assetId, interval });
      },
      ({ id }) => ({ job_id: id }),
    );
  }

  #provider(name: string): ProviderStatus {
    const all = this.#deps.providers.list();
    const found = all.find((provider) => provider.name === name);
    if (found) return found;
    throw new AppError("RESOURCE_NOT_FOUND", `No provider is named "${name}"`, {
      details: { candidates: all.map((provider) => provider.name) },
    });
  }

  /** Does it, and writes down that it was done or why it was not. */
  async #act<T>(
    act: Act,
    run: () => Promise<T>,
    facts: (result: T) => Readonly<Record<string, JsonValue>> = () => ({}),
  ): Promise<T> {
    let result: T;
    try {
      result = await run();
    } catch (error) {
      const outcome = error instanceof AppError ? "refused" : "failed";
      await this.#record(act, { outcome, reason: errorMessage(error) });
      throw error;
    }
    await this.#record(act, { outcome: "done", ...facts(result) });
    return result;
  }

  async #record(
    { actor, action, subject, details }: Act,
    outcome: Readonly<Record<string, JsonValue>>,
  ): Promise<void> {
    const entry = { actor, action, subject, details: { ...details, ...outcome } };
    // The log first: it takes the entry also while the database is away.
    this.#deps.log.info("An operator used a control", { actor, action, subject, ...outcome });
    await this.#deps.audit.record(entry);
  }
}

/** Who does it. */
interface By {
  readonly actor: string;
}

function conflict(message: string): AppError {
  return new AppError("CONFLICT", message);
}
