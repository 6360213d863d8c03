import { z } from "zod";
import type { FetchRange, NormalizedPools, PoolProvider, RawPayload } from "../../defi/ports.ts";
import { ProviderError } from "../../kernel/errors.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../kernel/time.ts";
import type { JsonValue } from "../../ports/jobs.ts";
import type { Timer } from "../../ports/mod.ts";
import { readAnswer } from "../answers.ts";
import { wait } from "../gate/wait.ts";
import type { ProviderHttp } from "../provider_http.ts";
import { readCanonicalRow } from "./canonical_rows.ts";
import { ReadingCollector } from "./reading_collector.ts";

const NAME = "flipside";
const TARGET = "sql";
const PATH = "/json-rpc";
const PAGE_ROWS = 1_000;
const MAX_PAGES = 50;
const POLL_MS = { first: SECOND_MS, factor: 1.5, most: 15 * SECOND_MS };
const MAX_POLLS = 60;
const DONE = "QUERY_STATE_SUCCESS";
const RUNNING = new Set([
  "QUERY_STATE_READY",
  "QUERY_STATE_RUNNING",
  "QUERY_STATE_STREAMING_RESULTS",
]);

/** JSON-RPC says in the body that it refused. */
const Refusal = z.object({ error: z.object({ message: z.string() }) });
const Run = z.object({
  result: z.object({
    queryRun: z.object({
      id: z.string().min(1),
      state: z.string(),
      errorMessage: z.string().nullish(),
    }),
  }),
});
const Page = z.object({
  result: z.object({
    rows: z.array(z.unknown()).nullish(),
    page: z.object({ totalPages: z.number().int().nonnegative() }).nullish(),
  }),
});

export interface FlipsideDeps {
  readonly http: ProviderHttp;
  readonly timer: Timer;
  /** A query whose rows are canonical. */
  readonly sql: string;
  readonly minFetchMs?: number;
}

/** Rows of a query that Flipside runs; one that it ran within the least time is not run again. */
export class FlipsidePoolProvider implements PoolProvider {
  readonly name = NAME;
  readonly targets = [TARGET];
  readonly minFetchMs: number;
  readonly #deps: FlipsideDeps;

  constructor(deps: FlipsideDeps) {
    this.#deps = deps;
    this.minFetchMs = deps.minFetchMs ?? HOUR_MS;
  }

  async fetchRaw(
    targets: readonly string[],
    { signal }: FetchRange,
  ): Promise<readonly RawPayload[]> {
    if (!targets.includes(TARGET)) return [];
    const { sql } = this.#deps;
    const started = await this.#call("createQueryRun", {
      params: {
        sql,
        resultTTLHours: 1,
        maxAgeMinutes: Math.floor(this.minFetchMs / MINUTE_MS),
        tags: { source: "tokenlysis" },
        dataSource: "snowflake-default",
        dataProvider: "flipside",
      },
      schema: Run,
      signal,
    });
    const { id } = started.value.result.queryRun;
    await this.#untilDone(id, { state: started.value.result.queryRun.state, signal });
    return await this.#pages(id, signal);
  }

  normalize(payloads: readonly RawPayload[]): NormalizedPools {
    const collector = new ReadingCollector(NAME);
    // Rows are counted over the pages.
    let line = 0;
    for (const { body, fetchedAt } of payloads) {
      const { result: { rows } } = read(body, { name: "results", schema: Page });
      for (const row of rows ?? []) {
        collector.add(++line, () => readCanonicalRow(row, { fetchedAt }));
      }
    }
    return collector.result();
  }

  async #untilDone(
    id: string,
    { state: first, signal }: { state: string; signal: AbortSignal | undefined },
  ): Promise<void> {
    let [state, pauseMs] = [first, POLL_MS.first];
    for (let poll = 0; poll <= MAX_POLLS; poll++) {
      if (state === DONE) return;
      if (!RUNNING.has(state)) throw failure(`Cannot run the query: ${state}`);
      await wait(pauseMs, { timer: this.#deps.timer, signal });
      pauseMs = Math.min(POLL_MS.most, pauseMs * POLL_MS.factor);
      const params = { queryRunId: id };
      const { value } = await this.#call("getQueryRun", { params, schema: Run, signal });
      const { queryRun } = value.result;
      state = queryRun.errorMessage ? queryRun.errorMessage : queryRun.state;
    }
    throw failure(`Cannot run the query: ${id} did not end in time`);
  }

  async #pages(id: string, signal: AbortSignal | undefined): Promise<readonly RawPayload[]> {
    const payloads: RawPayload[] = [];
    for (let number = 1; number <= MAX_PAGES; number++) {
      const params = { queryRunId: id, format: "json", page: { number, size: PAGE_ROWS } };
      const { value, fetchedAt } = await this.#call("getQueryRunResults", {
        params,
        schema: Page,
        signal,
      });
      const { rows, page } = value.result;
      if (page && page.totalPages > MAX_PAGES) break;
      if (!rows && page?.totalPages !== 0) throw failure("Cannot read the result: it has no rows");
      payloads.push({ key: `results/${number}`, body: value, fetchedAt });
      // Without a count of pages, one that is not full is the last.
      const isLast = page ? number >= page.totalPages : !rows || rows.length < PAGE_ROWS;
      if (isLast) return payloads;
    }
    throw failure(`Cannot read the result: more than ${MAX_PAGES * PAGE_ROWS} rows`);
  }

  async #call<T>(
    method: string,
    { params, schema, signal }: {
      readonly params: JsonValue;
      readonly schema: z.ZodType<T>;
      readonly signal: AbortSignal | undefined;
    },
  ) {
    const { value, fetchedAt } = await this.#deps.http.fetchJson({
      method: "POST",
      path: PATH,
      key: method,
      body: { jsonrpc: "2.0", id: 1, method, params: [params] },
      // Only this one starts something, which is paid for.
      isRepeatable: method !== "createQueryRun",
      parse: (body) => read(body, { name: method, schema }),
      ...(signal && { signal }),
    });
    if (value === null) throw failure(`Cannot call ${method}: no answer`);
    return { value, fetchedAt };
  }
}

function read<T>(body: unknown, { name, schema }: { name: string; schema: z.ZodType<T> }): T {
  const refused = Refusal.safeParse(body);
  if (refused.success) throw failure(`Cannot call ${name}: ${refused.data.error.message}`);
  return readAnswer(body, { what: { provider: NAME, name }, schema });
}

function failure(message: string): ProviderError {
  return new ProviderError(NAME, "never", message);
}
