import { AppError, ProviderError } from "@/services/kernel/errors.ts";
import { MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";
import { DunePoolProvider } from "@/services/providers/pools/mod.ts";
import type { ProviderHttp, ProviderRequest } from "@/services/providers/provider_http.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { MemoryPaidRuns } from "@/tests/fakes/paid_runs.ts";
import { FakeProviderHttp } from "@/tests/fakes/provider_http.ts";
import { instantly, NOW, RANGE, ROW, rows } from "./rows_sample.ts";

const resultsOf = (rows: readonly unknown[], more = {}) => ({
  execution_id: "E1",
  state: "QUERY_STATE_COMPLETED",
  result: { rows },
  ...more,
});

/** Rows with how many the whole result says it has. */
const counted = (given: readonly unknown[], total_row_count: number) => ({
  ...{ rows: given, metadata: { total_row_count } },
});
/** A result of half an hour ago, which is read and not paid for again. */
const FRESH = {
  "/v1/query/7/results?limit=1": {
    body: resultsOf([], { execution_ended_at: "2026-01-10T11:30:00.000Z" }),
  },
};

function dune(
  recordings: ConstructorParameters<typeof FakeProviderHttp>[1]["recordings"],
  { clock = new FakeClock(NOW), runs = new MemoryPaidRuns(clock) } = {},
) {
  const http = new FakeProviderHttp("dune", { clock, recordings });
  return {
    http,
    runs,
    provider: new DunePoolProvider({ http, runs, clock, timer: instantly, queries: ["7"] }),
  };
}

const PAGES = {
  "/v1/execution/E1/results?limit=1000&offset=0": {
    body: resultsOf([ROW], { next_offset: 1000 }),
  },
  "/v1/execution/E1/results?limit=1000&offset=1000": {
    body: resultsOf([{ ...ROW, symbol: "" }]),
  },
};
const QUERY = { provider: "dune", target: "query/7" };
const paths = (http: FakeProviderHttp) => http.requests.map(({ path }) => path);

Deno.test("DunePoolProvider executes, polls, and reads page after page", async () => {
  const { http, provider } = dune({
    "/v1/query/7/results?limit=1": { status: 404, body: { error: "Object not found" } },
    "/v1/query/7/execute": { body: { execution_id: "E1", state: "QUERY_STATE_PENDING" } },
    "/v1/execution/E1/status": { body: { state: "QUERY_STATE_COMPLETED" } },
    ...PAGES,
  });
  const { pools, snapshots, quarantined } = provider.normalize(
    await provider.fetchRaw(provider.targets, RANGE),
  );
  assertEquals(paths(http).length, 5);
  assertEquals(pools.map(({ id }) => id), ["aave-v3-base-0xabc" as never]);
  assertEquals(snapshots[0]?.supplyApy, 0.05);
  assertEquals(snapshots[0]?.ts, utcMsOf(Date.UTC(2026, 0, 10, 11)));
  // Of the second page: rows are counted over all of them.
  assertEquals(quarantined.map(({ line }) => line), [2]);
});

Deno.test("DunePoolProvider spends no credits on a result that is fresh", async () => {
  const last = { body: resultsOf([], { execution_ended_at: "2026-01-10T11:30:00.000Z" }) };
  const { http, provider } = dune({ "/v1/query/7/results?limit=1": last, ...PAGES });
  await provider.fetchRaw(provider.targets, RANGE);
  assert(!paths(http).includes("/v1/query/7/execute"));
});

Deno.test("DunePoolProvider takes an old result that a fetch paid for and never read", async () => {
  const last = { body: resultsOf([], { execution_ended_at: "2026-01-10T09:30:00.000Z" }) };
  const began = utcMsOf(Date.UTC(2026, 0, 10, 9, 29));
  const later = utcMsOf(Date.UTC(2026, 0, 10, 9, 31));
  for (const [unreadSince, isTaken] of [[began, true], [later, false]] as const) {
    const { http, provider } = dune({
      "/v1/query/7/results?limit=1": last,
      "/v1/query/7/execute": { body: { execution_id: "E1" } },
      "/v1/execution/E1/status": { body: { state: "QUERY_STATE_COMPLETED" } },
      ...PAGES,
    });
    await provider.fetchRaw(provider.targets, { ...RANGE, unreadSince });
    assertEquals(paths(http).includes("/v1/query/7/execute"), !isTaken);
  }
});

Deno.test("DunePoolProvider takes up an execution of a process that was killed, and reads it once", async () => {
  const runs = new MemoryPaidRuns(new FakeClock(NOW));
  const absent = { "/v1/query/7/results?limit=1": { status: 404, body: {} } };
  const execute = { "/v1/query/7/execute": { body: { execution_id: "E1" } } };
  // The first process dies while it waits: nothing answers it any more.
  const dying = dune({ ...absent, ...execute }, { runs });
  await assertRejects(() => dying.provider.fetchRaw(dying.provider.targets, RANGE));
  assertEquals((await runs.findRun(QUERY))?.id, "E1");
  const done = { "/v1/execution/E1/status": { body: { state: "QUERY_STATE_COMPLETED" } } };
  // The next one asks for nothing but the execution, then for its pages; they break off once.
  const first = dune({ ...done }, { runs });
  await assertRejects(() => first.provider.fetchRaw(first.provider.targets, RANGE));
  const next = dune({ ...done, ...PAGES }, { runs });
  assertEquals((await next.provider.fetchRaw(next.provider.targets, RANGE)).length, 2);
  assert([first, next].every(({ http }) => !paths(http).includes("/v1/query/7/execute")));
  assertEquals(await runs.findRun(QUERY), null);
});

Deno.test("DunePoolProvider starts anew after an execution that Dune forgot", async () => {
  const runs = new MemoryPaidRuns(new FakeClock(NOW));
  await runs.recordRun(QUERY, "E0");
  const { http, provider } = dune({
    "/v1/execution/E0/status": { status: 404, body: {} },
    "/v1/query/7/results?limit=1": { status: 404, body: {} },
    "/v1/query/7/execute": { body: { execution_id: "E1" } },
    "/v1/execution/E1/status": { body: { state: "QUERY_STATE_COMPLETED" } },
    ...PAGES,
  }, { runs });
  await assertRejects(() => provider.fetchRaw(provider.targets, RANGE), {
    type: ProviderError,
    pattern: /Dune does not know it/,
  });
  assertEquals((await provider.fetchRaw(provider.targets, RANGE)).length, 2);
  assertEquals(paths(http).filter((path) => path.endsWith("/execute")).length, 1);
});

Deno.test("DunePoolProvider pays once where the answer that names an execution is never read", async () => {
  const clock = new FakeClock(NOW);
  const runs = new MemoryPaidRuns(clock);
  const lost = new ProviderError("dune", "failover_with_penalty", "Cannot reach api.dune.com");
  const none = { "/v1/query/7/results?limit=1": { status: 404, body: {} } };
  const cut = dune({ ...none, "/v1/query/7/execute": lost }, { clock, runs });
  await assertRejects(() => cut.provider.fetchRaw(cut.provider.targets, RANGE), {
    pattern: /Cannot reach/,
  });
  // A process that was killed right then leaves the same: asked for, no name.
  assertEquals(await runs.findRun(QUERY), { id: null, startedAt: utcMsOf(NOW) });
  const pending = await cut.provider.tellPending("query/7");
  assertMatch(pending ?? "", /asked for at 2026-01-10T12:00:30Z, and no answer told its name/);
  assertMatch(pending ?? "", /no other is started before 2026-01-10T12:30:30Z, as Dune may run it/);
  clock.advance(29 * MINUTE_MS);
  const again = dune(none, { clock, runs });
  await assertRejects(() => again.provider.fetchRaw(again.provider.targets, RANGE), {
    type: ProviderError,
    pattern: /Cannot execute query\/7 again before 2026-01-10T12:30:30/,
  });
  // The gate would answer what it was asked before with what it remembers.
  const keys = [cut, again].map(({ http }) => http.requests[0]?.key);
  assertEquals(new Set(keys).size, 2);
  const last = { body: resultsOf([], { execution_ended_at: "2026-01-10T12:05:00.000Z" }) };
  const later = dune({ "/v1/query/7/results?limit=1": last, ...PAGES }, { clock, runs });
  assertEquals((await later.provider.fetchRaw(later.provider.targets, RANGE)).length, 2);
  assertEquals(await runs.findRun(QUERY), null);
});

Deno.test("DunePoolProvider executes anew once one without a name must have ended", async () => {
  const clock = new FakeClock(NOW);
  const runs = new MemoryPaidRuns(clock);
  await runs.recordRun(QUERY, null);
  clock.advance(30 * MINUTE_MS);
  const waiting = await dune({}, { clock, runs }).provider.tellPending("query/7");
  assertMatch(waiting ?? "", /the next fetch starts another where it finds none$/);
  const { http, provider } = dune({
    "/v1/query/7/results?limit=1": { status: 404, body: {} },
    "/v1/query/7/execute": { body: { execution_id: "E1" } },
    "/v1/execution/E1/status": { body: { state: "QUERY_STATE_COMPLETED" } },
    ...PAGES,
  }, { clock, runs });
  assertEquals((await provider.fetchRaw(provider.targets, RANGE)).length, 2);
  assert(paths(http).includes("/v1/query/7/execute"));
  assertEquals(await provider.tellPending("query/7"), null);
});

Deno.test("DunePoolProvider tells of an execution that is paid for and not read", async () => {
  const clock = new FakeClock(NOW);
  const runs = new MemoryPaidRuns(clock);
  await runs.recordRun(QUERY, "E7");
  const { provider } = dune({}, { clock, runs });
  assertEquals(
    await provider.tellPending("query/7"),
    "Execution E7, asked for at 2026-01-10T12:00:30Z, is not read yet: the next fetch takes it " +
      "up again",
  );
  assertEquals(await provider.tellPending("query/8"), null);
});

Deno.test("DunePoolProvider waits for nothing where Dune refused to execute", async () => {
  const { provider, runs } = dune({
    "/v1/query/7/results?limit=1": { status: 404, body: {} },
    "/v1/query/7/execute": { status: 402, body: { error: "exceeds your limits" } },
  });
  await assertRejects(() => provider.fetchRaw(provider.targets, RANGE), { pattern: /HTTP 402/ });
  assertEquals(await runs.findRun(QUERY), null);
});

const FIRST_PAGE = "/v1/execution/E1/results?limit=1000&offset=0";
const SECOND_PAGE = "/v1/execution/E1/results?limit=1000&offset=1000";
const shortResults = [
  {
    name: "has fewer rows than it says",
    pages: { [FIRST_PAGE]: { body: resultsOf([], { result: counted(rows(2), 3) }) } },
    pattern: /its pages ended after 2 of 3 rows/,
  },
  {
    name: "has no rows at all",
    pages: { [FIRST_PAGE]: { body: resultsOf([], { result: null }) } },
    pattern: /its result has no rows/,
  },
  {
    name: "leads back to a page that was read",
    pages: {
      [FIRST_PAGE]: { body: resultsOf([ROW], { next_offset: 1000 }) },
      [SECOND_PAGE]: { body: resultsOf([ROW], { next_offset: 1000 }) },
    },
    pattern: /its pages ended after 2 rows/,
  },
];
for (const { name, pages, pattern } of shortResults) {
  Deno.test(`DunePoolProvider refuses a result that ${name}`, async () => {
    const { provider } = dune({ ...FRESH, ...pages });
    await assertRejects(() => provider.fetchRaw(provider.targets, RANGE), {
      type: ProviderError,
      pattern,
    });
  });
}

Deno.test("DunePoolProvider reads on after a full page that does not say what follows", async () => {
  const { provider } = dune({
    ...FRESH,
    [FIRST_PAGE]: { body: resultsOf(rows(1000)) },
    [SECOND_PAGE]: { body: resultsOf(rows(7)) },
  });
  const payloads = await provider.fetchRaw(provider.targets, RANGE);
  assertEquals(payloads.length, 2);
});

Deno.test("DunePoolProvider says why a query failed", async () => {
  const error = { message: "Error: Line 1:1: mismatched input 'selecdt'" };
  const { provider } = dune({
    "/v1/query/7/results?limit=1": { status: 404, body: {} },
    "/v1/query/7/execute": { body: { execution_id: "E1" } },
    "/v1/execution/E1/status": { body: { state: "QUERY_STATE_FAILED", error } },
  });
  await assertRejects(() => provider.fetchRaw(provider.targets, RANGE), {
    type: ProviderError,
    pattern: /mismatched input/,
  });
});

Deno.test("DunePoolProvider runs one query at a time, also when it is asked twice", async () => {
  let running = 0;
  let most = 0;
  const { http } = dune({
    "/v1/query/7/results?limit=1": { status: 404, body: {} },
    "/v1/query/7/execute": { body: { execution_id: "E1" } },
    "/v1/execution/E1/status": { body: { state: "QUERY_STATE_COMPLETED" } },
    ...PAGES,
  });
  const counted: ProviderHttp = {
    provider: "dune",
    async fetchJson<T>(request: ProviderRequest<T>) {
      if (request.path.endsWith("/execute")) most = Math.max(most, ++running);
      const answer = await http.fetchJson(request);
      if (request.path.endsWith("offset=1000")) running--;
      return answer;
    },
  };
  const clock = new FakeClock(NOW);
  const provider = new DunePoolProvider({
    ...{ http: counted, runs: new MemoryPaidRuns(clock), clock, timer: instantly, queries: ["7"] },
  });
  await Promise.all([1, 2].map(() => provider.fetchRaw(provider.targets, RANGE)));
  assertEquals(most, 1);
});

Deno.test("DunePoolProvider passes on that its budget is spent", async () => {
  const spent = new AppError("RATE_LIMITED", "later");
  const { provider } = dune({ "/v1/query/7/results?limit=1": spent });
  await assertRejects(() => provider.fetchRaw(provider.targets, RANGE), { type: AppError });
});
