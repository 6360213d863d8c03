import { z } from "zod";
import type {
  FetchRange,
  NormalizedPools,
  PaidRun,
  PaidRunStore,
  PoolProvider,
  RawPayload,
} from "../../defi/ports.ts";
import { AppError, ProviderError } from "../../kernel/errors.ts";
import {
  formatUtcMs,
  HOUR_MS,
  MINUTE_MS,
  parseUtcMs,
  SECOND_MS,
  type UtcMs,
  utcMsOf,
} from "../../kernel/time.ts";
import type { Clock, Timer } from "../../ports/mod.ts";
import { readAnswer } from "../answers.ts";
import { wait } from "../gate/wait.ts";
import type { ProviderHttp } from "../provider_http.ts";
import { readCanonicalRow } from "./canonical_rows.ts";
import { ReadingCollector } from "./reading_collector.ts";

const NAME = "dune";
/** Rows of one page; credits are counted by data points, not by pages. */
const PAGE_ROWS = 1_000;
const MAX_ROWS = 50_000;
/** Between two looks at an execution, longer each time. */
const POLL_MS = { first: SECOND_MS, factor: 1.5, most: 15 * SECOND_MS };
const MAX_POLLS = 60;
/** Dune ends executions after so long; waiting for a slot before them comes on top. */
const LONGEST_RUN_MS = 30 * MINUTE_MS;

const Started = z.object({ execution_id: z.string().min(1) });
const Status = z.object({
  state: z.string(),
  error: z.object({ message: z.string() }).nullish(),
});
const Results = z.object({
  execution_id: z.string().min(1),
  state: z.string(),
  execution_ended_at: z.string().nullish(),
  next_offset: z.number().int().positive().nullish(),
  result: z.object({
    rows: z.array(z.unknown()),
    metadata: z.object({ total_row_count: z.int().nonnegative().nullish() }).nullish(),
  }).nullish(),
});
type Results = z.output<typeof Results>;

const DONE = "QUERY_STATE_COMPLETED";
const RUNNING = new Set(["QUERY_STATE_PENDING", "QUERY_STATE_EXECUTING"]);
/** How an execution that gave nothing ended; each of them was billed. */
const ENDS: Readonly<Record<string, string>> = {
  QUERY_STATE_FAILED: "it failed",
  QUERY_STATE_CANCELLED: "it was cancelled",
  QUERY_STATE_CANCELED: "it was cancelled",
  QUERY_STATE_EXPIRED: "its result expired",
  QUERY_STATE_COMPLETED_PARTIAL: "its result is too large and was cut off",
};

interface Asked {
  readonly target: string;
  readonly signal: AbortSignal | undefined;
}

export interface DuneDeps {
  readonly http: ProviderHttp;
  /** Where executions are kept from their start until their rows are read. */
  readonly runs: PaidRunStore;
  readonly clock: Clock;
  readonly timer: Timer;
  /** Saved queries whose rows are canonical, by number. */
  readonly queries: readonly string[];
  readonly minFetchMs?: number;
}

/**
 * Rows of saved Dune queries. Executions are billed even when they fail, so the last result is
 * taken while it is fresh enough, there is one execution at a time, and none is started while one
 * that was is not read: it is taken up again, also by another process.
 */
export class DunePoolProvider implements PoolProvider {
  readonly name = NAME;
  readonly targets: readonly string[];
  readonly minFetchMs: number;
  readonly #deps: DuneDeps;
  /** Ends when the run under way does. */
  #running: Promise<unknown> = Promise.resolve();
  /** Executions that ended well, by target: the gate remembers for an hour that there was none. */
  readonly #done = new Map<string, { readonly id: string; readonly at: UtcMs }>();

  constructor(deps: DuneDeps) {
    this.#deps = deps;
    this.targets = deps.queries.map((id) => `query/${id}`);
    this.minFetchMs = deps.minFetchMs ?? HOUR_MS;
  }

  async fetchRaw(
    targets: readonly string[],
    range: FetchRange,
  ): Promise<readonly RawPayload[]> {
    const run = this.#running.then(() => this.#fetchAll(targets, range));
    this.#running = run.catch(() => null);
    return await run;
  }

  normalize(payloads: readonly RawPayload[]): NormalizedPools {
    const collector = new ReadingCollector(NAME);
    // Rows are counted over the pages.
    let line = 0;
    for (const { body, fetchedAt } of payloads) {
      for (const row of readResults(body).result?.rows ?? []) {
        collector.add(++line, () => readCanonicalRow(row, { fetchedAt }));
      }
    }
    return collector.result();
  }

  async tellPending(target: string): Promise<string | null> {
    const begun = await this.#deps.runs.findRun({ provider: NAME, target });
    if (begun === null) return null;
    const asked = `asked for at ${formatUtcMs(begun.startedAt)}`;
    if (begun.id !== null) {
      return `Execution ${begun.id}, ${asked}, is not read yet: the next fetch takes it up again`;
    }
    const until = namelessUntil(begun);
    const rule = this.#deps.clock.now() < until
      ? `no other is started before ${formatUtcMs(until)}, as Dune may run it until then`
      : "as Dune must have ended it, the next fetch starts another where it finds none";
    return `An execution was ${asked}, and no answer told its name: its result is looked for, ` +
      `and ${rule}`;
  }

  async #fetchAll(
    targets: readonly string[],
    { signal, unreadSince }: FetchRange,
  ): Promise<readonly RawPayload[]> {
    const payloads: RawPayload[] = [];
    for (const target of targets) {
      const executionId = await this.#ended(target, { unreadSince, signal });
      payloads.push(...await this.#pages(executionId, { target, signal }));
      await this.#deps.runs.forgetRun({ provider: NAME, target });
    }
    return payloads;
  }

  /** An execution that ended well: one that was begun, else the last, else a new one. */
  async #ended(
    target: string,
    { unreadSince, signal }: { unreadSince: UtcMs | undefined; signal: AbortSignal | undefined },
  ): Promise<string> {
    const begun = await this.#deps.runs.findRun({ provider: NAME, target });
    if (begun !== null && begun.id !== null) {
      await this.#untilDone(begun.id, { target, signal });
      return begun.id;
    }
    const since = [unreadSince, begun?.startedAt].filter((at) => at !== undefined)
      .toSorted((a, b) => a - b);
    const fresh = await this.#freshResult(target, {
      unreadSince: since[0],
      // The gate remembers for an hour that there was none, which is too long for one that may run.
      isAnew: begun !== null,
      signal,
    });
    if (fresh !== null) return fresh;
    if (begun !== null) this.#refuseTwice(target, begun);
    const executionId = await this.#execute(target, signal);
    await this.#untilDone(executionId, { target, signal });
    return executionId;
  }

  /**
   * Dune tells no executions of a query but the last that ended: while one whose name was never
   * learnt may still run, another would be paid for twice.
   */
  #refuseTwice(target: string, begun: PaidRun): void {
    const until = namelessUntil(begun);
    if (this.#deps.clock.now() >= until) return;
    throw this.#error(
      `Cannot execute ${target} again before ${formatUtcMs(until)}: it was asked for at ` +
        `${formatUtcMs(begun.startedAt)}, no answer told its name, and Dune may run it until ` +
        "then; its result is looked for",
    );
  }

  /**
   * The execution of the last result, if it is younger than the least time between two, or ended
   * since a fetch began that never read it.
   */
  async #freshResult(
    target: string,
    { unreadSince, isAnew, signal }: {
      readonly unreadSince: UtcMs | undefined;
      readonly isAnew: boolean;
      readonly signal: AbortSignal | undefined;
    },
  ): Promise<string | null> {
    const own = this.#done.get(target);
    if (own && this.#deps.clock.now() - own.at < this.minFetchMs) return own.id;
    const { value } = await this.#deps.http.fetchJson({
      path: `/v1/${target}/results?limit=1`,
      key: isAnew ? `${target}/last/${this.#deps.clock.now()}` : `${target}/last`,
      parse: readResults,
      // A query that was never run has no result.
      isAbsence: ({ status }) => status === 404,
      ...(signal && { signal }),
    });
    if (value === null || value.state !== DONE) return null;
    const endedAt = parseUtcMs(value.execution_ended_at ?? "");
    if (endedAt === null) return null;
    const isFresh = this.#deps.clock.now() - endedAt < this.minFetchMs;
    const isUnread = unreadSince !== undefined && endedAt >= unreadSince;
    return isFresh || isUnread ? value.execution_id : null;
  }

  /** Starts an execution. That it was asked for is kept before: the answer may never be read. */
  async #execute(target: string, signal?: AbortSignal): Promise<string> {
    const paid = { provider: NAME, target };
    await this.#deps.runs.recordRun(paid, null);
    try {
      const { value } = await this.#deps.http.fetchJson({
        method: "POST",
        path: `/v1/${target}/execute`,
        key: `${target}/execute`,
        body: {},
        parse: (body) =>
          readAnswer(body, { what: { provider: NAME, name: "execution" }, schema: Started }),
        ...(signal && { signal }),
      });
      if (value === null) throw this.#error(`Cannot execute ${target}: there is no such query`);
      await this.#deps.runs.recordRun(paid, value.execution_id);
      return value.execution_id;
    } catch (error) {
      if (isRefusal(error)) await this.#deps.runs.forgetRun(paid);
      throw error;
    }
  }

  /** Waits for an execution; one that could not be seen to end is waited for again next time. */
  async #untilDone(id: string, { target, signal }: Asked): Promise<void> {
    let pauseMs = POLL_MS.first;
    for (let poll = 0; poll < MAX_POLLS; poll++) {
      await wait(pauseMs, { timer: this.#deps.timer, signal });
      pauseMs = Math.min(POLL_MS.most, pauseMs * POLL_MS.factor);
      const { state, reason } = await this.#look(id, { target, signal });
      if (RUNNING.has(state)) continue;
      if (state === DONE) return void this.#done.set(target, { id, at: this.#deps.clock.now() });
      await this.#deps.runs.forgetRun({ provider: NAME, target });
      throw this.#error(`Cannot execute ${target}: ${ENDS[state] ?? state}${reason}`);
    }
    throw this.#error(`Cannot read ${target}: execution ${id} did not end in time`);
  }

  async #look(id: string, { target, signal }: Asked): Promise<{ state: string; reason: string }> {
    const { value } = await this.#deps.http.fetchJson({
      path: `/v1/execution/${id}/status`,
      key: `${target}/status/${id}`,
      parse: (body) =>
        readAnswer(body, { what: { provider: NAME, name: "status" }, schema: Status }),
      // Dune forgets executions; waiting for one of those would never end.
      isAbsence: ({ status }) => status === 404,
      ...(signal && { signal }),
    });
    const said = value?.error?.message;
    return { state: value?.state ?? "Dune does not know it", reason: said ? `: ${said}` : "" };
  }

  async #pages(executionId: string, { target, signal }: Asked): Promise<readonly RawPayload[]> {
    const payloads: RawPayload[] = [];
    let read = 0;
    for (let offset = 0; offset < MAX_ROWS;) {
      const { value, fetchedAt } = await this.#deps.http.fetchJson({
        path: `/v1/execution/${executionId}/results?limit=${PAGE_ROWS}&offset=${offset}`,
        key: `${target}/results/${offset}`,
        parse: readResults,
        ...(signal && { signal }),
      });
      if (value === null) break;
      const { rows, metadata } = value.result ?? {};
      if (rows === undefined) throw await this.#giveUp(target, "its result has no rows");
      const total = metadata?.total_row_count ?? null;
      // Reading pages costs credits too.
      if (total !== null && total > MAX_ROWS) {
        throw await this.#giveUp(target, `it has ${total} rows, at most ${MAX_ROWS} fit`);
      }
      payloads.push({ key: `${target}/results/${offset}`, body: value, fetchedAt });
      read += rows.length;
      const next = nextOffset(value.next_offset, { offset, rows: rows.length, total, read });
      if (next === null) return payloads;
      if (next <= offset) {
        const all = total === null ? "" : ` of ${total}`;
        throw await this.#giveUp(target, `its pages ended after ${read}${all} rows`);
      }
      offset = next;
    }
    throw await this.#giveUp(target, `more than ${MAX_ROWS} rows, or pages that went away`);
  }

  /** Forgets an execution of which no rows will ever be read, so that the next can begin. */
  async #giveUp(target: string, reason: string): Promise<ProviderError> {
    await this.#deps.runs.forgetRun({ provider: NAME, target });
    return this.#error(`Cannot read ${target}: ${reason}`);
  }

  #error(message: string): ProviderError {
    return new ProviderError(NAME, "never", message);
  }
}

/** Until when an execution that nobody knows by name may run. */
function namelessUntil({ startedAt }: PaidRun): UtcMs {
  return utcMsOf(startedAt + LONGEST_RUN_MS);
}

/** Whether nothing can have been started: it was never asked, or Dune said no. */
function isRefusal(error: unknown): boolean {
  return error instanceof AppError ||
    error instanceof ProviderError && error.retryClass !== "failover_with_penalty";
}

/**
 * Where the next page begins; `null` after the last, and `offset` where rows are missing that the
 * result says it has. A full page that says neither how many there are nor what follows may be the
 * last: the next one tells.
 */
function nextOffset(
  told: number | null | undefined,
  { offset, rows, total, read }: {
    readonly offset: number;
    readonly rows: number;
    readonly total: number | null;
    readonly read: number;
  },
): number | null {
  if (typeof told === "number") return told;
  if (total === null) return rows < PAGE_ROWS ? null : offset + rows;
  return read < total ? offset : null;
}

function readResults(body: unknown): Results {
  return readAnswer(body, { what: { provider: NAME, name: "results" }, schema: Results });
}
