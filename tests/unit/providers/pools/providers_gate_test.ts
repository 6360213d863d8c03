import { AppError, ProviderError } from "@/services/kernel/errors.ts";
import { DAY_MS, SECOND_MS, utcMsOf } from "@/services/kernel/time.ts";
import type { PoolProvider } from "@/services/defi/mod.ts";
import {
  DefillamaPoolProvider,
  DunePoolProvider,
  FlipsidePoolProvider,
} from "@/services/providers/pools/mod.ts";
import { FetchHttpClient } from "@/services/platform/fetch_http_client.ts";
import { assert, assertClose, assertEquals, assertMatch } from "@/tests/assert.ts";
import { MemoryPaidRuns } from "@/tests/fakes/paid_runs.ts";
import { readSharedText, sharedData } from "@/tests/shared_data.ts";
import { drive, type GateKit, gateKit } from "@/tests/unit/providers/gate/gate_kit.ts";
import {
  startVenue,
  status,
  truncated,
  type VenueReply,
} from "@/tests/unit/providers/gate/venue_server.ts";

const ROW = {
  ts: "2020-01-10 11:00:00.000 UTC",
  protocol: "Aave V3",
  chain: "Base",
  pool_address: "0xabc",
  symbol: "USDC",
  supply_apy: 0.05,
  tvl_usd: 1e8,
};
const LLAMA = {
  chain: "Ethereum",
  project: "lido",
  symbol: "STETH",
  tvlUsd: 32_493_036_117,
  apyBase: 2.84,
  apyReward: null,
  apy: 2.84,
  pool: "747c1d2a-c668-4682-b9f9-296708a3dd90",
};
const EXECUTION = { execution_id: "E1", state: "QUERY_STATE_COMPLETED" };
const run = (state: string) => ({ result: { queryRun: { id: "R1", state } } });

/** Answers of each endpoint, by the last word of its path or its JSON-RPC method. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  pools: { status: "success", data: [LLAMA] },
  execute: { execution_id: "E1", state: "QUERY_STATE_PENDING" },
  status: EXECUTION,
  results: { ...EXECUTION, result: { rows: [ROW] } },
  createQueryRun: run("QUERY_STATE_RUNNING"),
  getQueryRun: run("QUERY_STATE_SUCCESS"),
  getQueryRunResults: { result: { rows: [ROW], page: { totalPages: 1 } } },
};

interface Kind {
  readonly name: string;
  readonly open: (kit: GateKit) => PoolProvider;
  /** The endpoints that are asked, in order. */
  readonly steps: readonly string[];
  /** What is never sent twice: a query would be run, and billed, again. */
  readonly once: readonly string[];
}

const KINDS: readonly Kind[] = [
  {
    name: "DefillamaPoolProvider",
    open: ({ gate: http }) => new DefillamaPoolProvider({ http }),
    steps: ["pools"],
    once: [],
  },
  {
    name: "DunePoolProvider",
    open: ({ gate: http, clock, timer }) =>
      new DunePoolProvider({ http, runs: new MemoryPaidRuns(clock), clock, timer, queries: ["7"] }),
    steps: ["results", "execute", "status", "results"],
    once: ["execute"],
  },
  {
    name: "FlipsidePoolProvider",
    open: ({ gate: http, timer }) => new FlipsidePoolProvider({ http, timer, sql: "select 1" }),
    steps: ["createQueryRun", "getQueryRun", "getQueryRunResults"],
    once: ["createQueryRun"],
  },
];

/** Comes after everybody has stopped waiting for it: `connect` ends that when it is asked. */
async function late({ signal }: Request): Promise<Response> {
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  return Response.json({});
}

async function endpointOf(request: Request): Promise<string> {
  const { pathname } = new URL(request.url);
  if (pathname !== "/json-rpc") return pathname.split("/").at(-1) ?? "";
  return (await request.json()).method;
}

/** A provider behind a gate whose server answers a request by `reply`, where that gives one. */
async function connect(
  { open }: Kind,
  reply: (step: number, endpoint: string) => VenueReply | undefined,
) {
  const venue = startVenue();
  const asked: string[] = [];
  let patience = new AbortController();
  venue.answer(async (request) => {
    const endpoint = await endpointOf(request);
    asked.push(endpoint);
    const answer = reply(asked.length - 1, endpoint);
    if (answer === late) {
      patience.abort();
      patience = new AbortController();
    }
    return answer?.(request) ?? Response.json(ANSWERS[endpoint]);
  });
  const http = new FetchHttpClient({
    provider: "venue",
    isNetworkAllowed: true,
    fetch(url, { signal, ...init } = {}) {
      const signals = [patience.signal, ...signal ? [signal] : []];
      return fetch(url, { ...init, signal: AbortSignal.any(signals) });
    },
  });
  const kit = gateKit({ http, config: { restUrls: [venue.url], maxBytes: 1e6 } });
  await kit.gates.start();
  const provider = open(kit);
  return {
    ...{ asked, kit, provider, venue },
    async fetch() {
      const from = kit.clock.now();
      const range = { start: utcMsOf(from - DAY_MS), end: from };
      const result = await drive(kit, provider.fetchRaw(provider.targets, range));
      return { result, tookMs: kit.clock.now() - from };
    },
    async [Symbol.asyncDispose]() {
      await kit.gates.stop();
      await venue[Symbol.asyncDispose]();
    },
  };
}

/** Fetches from a server whose answer number `step` comes from `fault`, once or from then on. */
async function fetchWith(
  kind: Kind,
  { step, fault, isLasting = false }: { step: number; fault: VenueReply; isLasting?: boolean },
) {
  await using place = await connect(
    kind,
    (number) => number === step || isLasting && number > step ? fault : undefined,
  );
  return { ...place, ...await place.fetch() };
}

const PASSING: readonly { name: string; fault: VenueReply; leastMs: number }[] = [
  { name: "HTTP 429", fault: status(429, { "retry-after": "7" }), leastMs: 7 * SECOND_MS },
  { name: "HTTP 503", fault: status(503), leastMs: 0 },
  { name: "an answer that breaks off", fault: truncated, leastMs: 0 },
  { name: "an answer that is too late", fault: late, leastMs: 0 },
];

for (const kind of KINDS) {
  for (const { name, fault, leastMs } of PASSING) {
    Deno.test(`${kind.name} gets over ${name}, and starts no query twice`, async () => {
      for (const [step, endpoint] of kind.steps.entries()) {
        const { result, asked, tookMs, provider } = await fetchWith(kind, { step, fault });
        if (kind.once.includes(endpoint)) {
          assertEquals([result.status, asked.length], ["rejected", step + 1], endpoint);
          continue;
        }
        assert(result.status === "fulfilled", endpoint);
        assertEquals(asked, kind.steps.toSpliced(step, 0, endpoint));
        assert(tookMs >= leastMs, `${endpoint} took ${tookMs} ms`);
        const { snapshots, quarantined } = provider.normalize(result.value);
        assertEquals([snapshots.length, quarantined.length], [1, 0]);
      }
    });
  }

  Deno.test(`${kind.name} gives up on a server that stays down`, async () => {
    const { result } = await fetchWith(kind, { step: 0, fault: status(500), isLasting: true });
    assert(result.status === "rejected");
    assert(result.reason instanceof ProviderError || result.reason instanceof AppError);
  });

  Deno.test(`${kind.name} refuses a payload that changed at any step, and asks no more`, async () => {
    for (const step of kind.steps.keys()) {
      const fault = () => Response.json({ version: 2, items: [ROW] });
      const { result, asked } = await fetchWith(kind, { step, fault });
      assert(result.status === "rejected", `step ${step}`);
      assert(result.reason instanceof ProviderError);
      assertEquals(asked.length, step + 1);
    }
  });
}

const [LLAMA_KIND, DUNE, FLIPSIDE] = KINDS as readonly [Kind, Kind, Kind];

/** A server whose answers to some endpoints are these. */
function answering(answers: Readonly<Record<string, unknown>>, kind: Kind, status = 200) {
  return connect(
    kind,
    (_step, endpoint) =>
      endpoint in answers ? () => Response.json(answers[endpoint], { status }) : undefined,
  );
}

const ENDED = [
  { state: "QUERY_STATE_FAILED", pattern: /it failed: line 24:13: Binary literal/ },
  { state: "QUERY_STATE_CANCELLED", pattern: /it was cancelled/ },
  { state: "QUERY_STATE_EXPIRED", pattern: /its result expired/ },
  { state: "QUERY_STATE_COMPLETED_PARTIAL", pattern: /too large and was cut off/ },
  { state: "QUERY_STATE_UNHEARD_OF", pattern: /QUERY_STATE_UNHEARD_OF/ },
];
for (const { state, pattern } of ENDED) {
  Deno.test(`DunePoolProvider says how an execution ended in ${state}, and reads no rows`, async () => {
    const error = { type: "FAILED_TYPE_EXECUTION_FAILED", message: "line 24:13: Binary literal" };
    const ended = { state, ...state === "QUERY_STATE_FAILED" && { error } };
    await using place = await answering({ status: ended }, DUNE);
    const { result } = await place.fetch();
    assert(result.status === "rejected");
    assertMatch(result.reason.message, pattern);
    assertEquals(place.asked, ["results", "execute", "status"]);
  });
}

Deno.test("DunePoolProvider waits again for an execution that it lost sight of", async () => {
  // The status can't be read; the execution is paid for all the same.
  const odd = () => Response.json({ version: 2 });
  await using place = await connect(DUNE, (step) => step === 2 ? odd : undefined);
  assertEquals((await place.fetch()).result.status, "rejected");
  assertEquals((await place.fetch()).result.status, "fulfilled");
  assertEquals(place.asked.filter((endpoint) => endpoint === "execute").length, 1);
});

Deno.test("DunePoolProvider executes no query again that it has just seen to end", async () => {
  await using place = await answering({}, DUNE);
  await place.fetch();
  await place.fetch();
  assertEquals(place.asked.filter((endpoint) => endpoint === "execute").length, 1);
});

Deno.test("DunePoolProvider passes on that the credits are used up", async () => {
  const error = "This API request would exceed your configured limits per billing cycle.";
  await using place = await answering({ execute: { error } }, DUNE, 402);
  const { result } = await place.fetch();
  assert(result.status === "rejected");
  assertMatch(result.reason.message, /HTTP 402: This API request would exceed/);
});

const HUGE = [
  {
    kind: DUNE,
    answers: {
      results: {
        ...EXECUTION,
        next_offset: 1000,
        result: { rows: [ROW], metadata: { total_row_count: 22_325_371 } },
      },
    },
    pages: "results",
    pattern: /22325371 rows/,
  },
  {
    kind: FLIPSIDE,
    answers: { getQueryRunResults: { result: { rows: [ROW], page: { totalPages: 1e9 } } } },
    pages: "getQueryRunResults",
    pattern: /more than 50000 rows/,
  },
];
for (const { kind, answers, pages, pattern } of HUGE) {
  Deno.test(`${kind.name} gives up after one page on a result without end`, async () => {
    await using place = await answering(answers, kind);
    const { result } = await place.fetch();
    assert(result.status === "rejected");
    assertMatch(result.reason.message, pattern);
    const last = kind.steps.lastIndexOf(pages);
    assertEquals(place.asked.length, last + 1);
  });
}

const ODD_ROWS = [
  { name: "a renamed column", row: { ...ROW, supply_apy: undefined, apy: 5 }, at: /supply_apy/ },
  { name: "a text for a number", row: { ...ROW, tvl_usd: "much" }, at: /tvl_usd/ },
  { name: "a time that is none", row: { ...ROW, ts: "soon" }, at: /ts "soon"/ },
  { name: "a time to come", row: { ...ROW, ts: "2100-01-01" }, at: /after it was read/ },
  { name: "a yield in percent of percents", row: { ...ROW, supply_apy: 5e6 }, at: /supply APY/ },
  { name: "a negative TVL", row: { ...ROW, tvl_usd: -1 }, at: /TVL -1/ },
  { name: "no row", row: null, at: /row/ },
];
for (const { name, row, at } of ODD_ROWS) {
  Deno.test(`readers of warehouses set ${name} aside with the reason, and keep the rest`, async () => {
    const rows = [ROW, row];
    const answers = {
      results: { ...EXECUTION, result: { rows } },
      getQueryRunResults: { result: { rows, page: { totalPages: 1 } } },
    };
    for (const kind of [DUNE, FLIPSIDE]) {
      await using place = await answering(answers, kind);
      const { result } = await place.fetch();
      assert(result.status === "fulfilled", kind.name);
      const { snapshots, quarantined } = place.provider.normalize(result.value);
      assertEquals([snapshots.length, quarantined.map(({ line }) => line)], [1, [2]]);
      assertMatch(quarantined[0]?.reason ?? "", at);
    }
  });
}

const DUNE_SHAPES = sharedData("rest/dune.json");
Deno.test({
  name: "DunePoolProvider reads what Dune documents: real rows are none of ours and say why",
  ignore: DUNE_SHAPES === null,
  async fn() {
    assert(DUNE_SHAPES !== null);
    const recorded: readonly { endpoint?: string; http_status?: number; body?: unknown }[] = JSON
      .parse(await readSharedText(DUNE_SHAPES));
    const bodies = recorded.filter(({ endpoint, http_status: code }) =>
      code === 200 && /GET .*query.*results/.test(endpoint ?? "")
    ).map(({ body }) => body);
    assert(bodies.length >= 4);
    let read = 0;
    for (const results of bodies) {
      await using place = await answering({ results }, DUNE);
      // What is documented are excerpts: none has all the rows that it tells of.
      const { result } = await place.fetch();
      assert(result.status === "rejected");
      assertMatch(result.reason.message, /22325371 rows|its pages ended after \d+ of \d+ rows/);
      const payload = { key: "results", body: results, fetchedAt: utcMsOf(Date.UTC(2026, 0, 1)) };
      const { snapshots, quarantined } = place.provider.normalize([payload]);
      assertEquals(snapshots, []);
      assert(quarantined.every(({ reason }) => reason.startsWith("Cannot read ")));
      read += quarantined.length;
    }
    assertEquals(read, 16);
  },
});

const LLAMA_SHAPES = sharedData("rest/defillama.json");
Deno.test({
  name: "DefillamaPoolProvider reads every real pool, and its parts add up to the whole",
  ignore: LLAMA_SHAPES === null,
  async fn() {
    assert(LLAMA_SHAPES !== null);
    const { real_pools: pools } = JSON.parse(await readSharedText(LLAMA_SHAPES));
    await using place = await answering({ pools }, LLAMA_KIND);
    const { result } = await place.fetch();
    assert(result.status === "fulfilled");
    const { snapshots, quarantined } = place.provider.normalize(result.value);
    assertEquals([snapshots.length, quarantined], [8, []]);
    const maple = pools.data.find(({ project }: { project: string }) => project === "maple");
    const [read] = snapshots.filter(({ poolId }) => poolId.startsWith("maple-"));
    assertClose((read?.supplyApy ?? 0) + (read?.incentiveApy ?? 0), maple.apy / 100, 1e-12);
  },
});
