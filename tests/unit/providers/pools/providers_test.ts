import { ProviderError } from "@/services/kernel/errors.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS, utcMsOf } from "@/services/kernel/time.ts";
import {
  DefillamaPoolProvider,
  FlipsidePoolProvider,
  MockPoolProvider,
} from "@/services/providers/pools/mod.ts";
import type { ProviderHttp, ProviderRequest } from "@/services/providers/provider_http.ts";
import { assert, assertClose, assertEquals, assertRejects } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeProviderHttp } from "@/tests/fakes/provider_http.ts";
import { instantly, NOW, RANGE, ROW, rows } from "./rows_sample.ts";

const STETH = "747c1d2a-c668-4682-b9f9-296708a3dd90";

const llamaPool = (given = {}) => ({
  chain: "Ethereum",
  project: "lido",
  symbol: "STETH",
  tvlUsd: 32_493_036_117,
  apyBase: 2.84,
  apyReward: null,
  apy: 2.84,
  pool: STETH,
  exposure: "single",
  stablecoin: false,
  ilRisk: "no",
  count: 1141,
  volumeUsd1d: null,
  ...given,
});

function llama(recordings: Record<string, unknown>, charts: readonly string[] = []) {
  const http = new FakeProviderHttp("defillama", {
    clock: new FakeClock(NOW),
    recordings: Object.fromEntries(
      Object.entries(recordings).map(([path, data]) =>
        [path, { body: { status: "success", data } }] as const
      ),
    ),
  });
  return new DefillamaPoolProvider({ http, charts });
}

Deno.test("DefillamaPoolProvider reads pools in fractions, to the minute of the fetch", async () => {
  const provider = llama({ "/pools": [llamaPool(), llamaPool({ pool: "x", apyReward: 1.16 })] });
  const { pools, snapshots, quarantined } = provider.normalize(
    await provider.fetchRaw(["pools"], RANGE),
  );
  assertEquals(quarantined, []);
  assertEquals(pools[0]?.id, `lido-ethereum-${STETH}` as never);
  assertEquals(pools[0]?.structure, "single");
  assertClose(snapshots[0]?.supplyApy, 0.0284);
  assertEquals(snapshots[0]?.incentiveApy, 0);
  assertClose(snapshots[1]?.incentiveApy, 0.0116);
  assertEquals(snapshots[0]?.ts, utcMsOf(NOW - 30 * SECOND_MS));
  assertEquals(snapshots[0]?.ingestedAt, utcMsOf(NOW));
});

Deno.test("DefillamaPoolProvider does not make up the parts of a yield in one figure", async () => {
  const provider = llama({ "/pools": [llamaPool({ apyBase: null })] });
  const { snapshots } = provider.normalize(await provider.fetchRaw(["pools"], RANGE));
  assertClose(snapshots[0]?.supplyApy, 0.0284);
  assertEquals(snapshots[0]?.incentiveApy, null);
});

Deno.test("DefillamaPoolProvider sets rows aside that are not as expected", async () => {
  const odd = [llamaPool({ tvlUsd: "many" }), llamaPool({ apy: null, apyBase: null }), null];
  const provider = llama({ "/pools": [...odd, llamaPool({ pool: "good" })] });
  const { snapshots, quarantined } = provider.normalize(
    await provider.fetchRaw(["pools"], RANGE),
  );
  assertEquals([snapshots.length, quarantined.length], [1, 3]);
});

Deno.test("DefillamaPoolProvider reads nothing anew in a list that it was given before", async () => {
  const clock = new FakeClock(NOW);
  const lists = [[llamaPool()], [llamaPool()], [llamaPool({ apyBase: 2.9 })]];
  const http: ProviderHttp = {
    provider: "defillama",
    fetchJson<T>(request: ProviderRequest<T>) {
      const recordings = { "/pools": { body: { status: "success", data: lists.shift() } } };
      return new FakeProviderHttp("defillama", { clock, recordings }).fetchJson(request);
    },
  };
  const provider = new DefillamaPoolProvider({ http });
  const read = async () => {
    const { snapshots } = provider.normalize(await provider.fetchRaw(["pools"], RANGE));
    clock.advance(MINUTE_MS);
    return snapshots.map(({ ts, ingestedAt, supplyApy }) => ({ ts, ingestedAt, supplyApy }));
  };
  const first = await read();
  assertEquals(await read(), first);
  const [later] = await read();
  assertEquals(later?.ingestedAt, utcMsOf(NOW + 2 * MINUTE_MS));
  assertClose(later?.supplyApy, 0.029);
});

Deno.test("DefillamaPoolProvider is asked hourly and after a failure sooner, unless told when", () => {
  const http = new FakeProviderHttp("defillama", { clock: new FakeClock(NOW), recordings: {} });
  const usual = new DefillamaPoolProvider({ http });
  assertEquals([usual.minFetchMs, usual.retryMs], [3_600_000, 120_000]);
  const told = new DefillamaPoolProvider({ http, minFetchMs: 600_000 });
  assertEquals([told.minFetchMs, told.retryMs], [600_000, 600_000]);
});

Deno.test("DefillamaPoolProvider refuses a payload that changed", async () => {
  const http = new FakeProviderHttp("defillama", {
    clock: new FakeClock(NOW),
    recordings: { "/pools": { body: { pools: [] } } },
  });
  const provider = new DefillamaPoolProvider({ http });
  await assertRejects(() => provider.fetchRaw(["pools"], RANGE), { type: ProviderError });
});

const CHART = [
  { timestamp: "2022-05-03T00:00:00.000Z", tvlUsd: 11e9, apy: 3.6, apyBase: 3.6 },
];

Deno.test("DefillamaPoolProvider fetches the list first where a chart has no place yet", async () => {
  const small = llamaPool({ tvlUsd: 5, pool: "small" });
  const provider = llama({ "/pools": [small], "/chart/small": CHART }, ["small"]);
  const payloads = await provider.fetchRaw(["chart/small"], RANGE);
  assertEquals(payloads.map(({ key }) => key), ["pools", "chart/small"]);
  // However small: it was asked for.
  const { snapshots } = provider.normalize(payloads);
  assertEquals(snapshots.map(({ ts }) => ts), [
    utcMsOf(NOW - 30 * SECOND_MS),
    utcMsOf(Date.UTC(2022, 4, 3)),
  ]);
  // What was fetched today was not known then.
  assertEquals(snapshots[1]?.ingestedAt, utcMsOf(NOW));
  const again = await provider.fetchRaw(["chart/small"], RANGE);
  assertEquals(again.map(({ key }) => key), ["chart/small"]);
});

Deno.test("DefillamaPoolProvider sets the chart of a pool aside that is not listed", async () => {
  const provider = llama({ "/pools": [llamaPool()], "/chart/gone": CHART }, ["gone"]);
  const { quarantined } = provider.normalize(await provider.fetchRaw(["chart/gone"], RANGE));
  assertEquals(quarantined, [
    { line: 1, reason: "Cannot place pool gone: it is not among those listed" },
  ]);
});

const PARTS: readonly { name: string; given: object; supply: number; incentive: number | null }[] =
  [
    { name: "no reward in the whole", given: {}, supply: 0.0284, incentive: 0 },
    {
      name: "the reward as what the base leaves",
      given: { apy: 4 },
      supply: 0.0284,
      incentive: 0.0116,
    },
    {
      name: "the base as what the reward leaves",
      given: { apyBase: null, apyReward: 1.84 },
      supply: 0.01,
      incentive: 0.0184,
    },
    { name: "an unknown reward as unknown", given: { apy: null }, supply: 0.0284, incentive: null },
  ];
for (const { name, given, supply, incentive } of PARTS) {
  Deno.test(`DefillamaPoolProvider reads ${name}`, async () => {
    const provider = llama({ "/pools": [llamaPool(given)] });
    const { snapshots } = provider.normalize(await provider.fetchRaw(["pools"], RANGE));
    assertClose(snapshots[0]?.supplyApy, supply, 1e-12);
    if (incentive === null) assertEquals(snapshots[0]?.incentiveApy, null);
    else assertClose(snapshots[0]?.incentiveApy, incentive, 1e-12);
  });
}

Deno.test("DefillamaPoolProvider names the row of the answer that it sets aside", async () => {
  const rows = [
    llamaPool({ tvlUsd: 2e6 }),
    llamaPool({ pool: "b", apy: null, apyBase: null, apyReward: 1 }),
  ];
  const provider = llama({ "/pools": rows });
  const { quarantined } = provider.normalize(await provider.fetchRaw(["pools"], RANGE));
  assertEquals(quarantined, [
    { line: 2, reason: "Cannot read apyBase: only the reward is given" },
  ]);
});

/** Answers JSON-RPC by its method. */
function flipside(answers: Record<string, unknown>) {
  const asked: string[] = [];
  const http: ProviderHttp = {
    provider: "flipside",
    fetchJson<T>({ body, parse }: ProviderRequest<T>) {
      const { method } = body as { method: string };
      asked.push(method);
      const value = parse(answers[method]);
      const about = { fetchedAt: utcMsOf(NOW), url: "", checksum: "" };
      return Promise.resolve({ value, ...about });
    },
  };
  const provider = new FlipsidePoolProvider({ http, timer: instantly, sql: "select 1" });
  return { provider, asked };
}
const run = (state: string) => ({ result: { queryRun: { id: "R1", state } } });

Deno.test("FlipsidePoolProvider runs, polls and reads the rows of a query", async () => {
  const { provider, asked } = flipside({
    createQueryRun: run("QUERY_STATE_RUNNING"),
    getQueryRun: run("QUERY_STATE_SUCCESS"),
    getQueryRunResults: { result: { rows: [ROW], page: { totalPages: 1 } } },
  });
  const { snapshots } = provider.normalize(await provider.fetchRaw(["sql"], RANGE));
  assertEquals(asked, ["createQueryRun", "getQueryRun", "getQueryRunResults"]);
  assertEquals(snapshots.length, 1);
});

Deno.test("FlipsidePoolProvider reads on after a full page where pages are not counted", async () => {
  const pages = [rows(1000), rows(3)];
  const { provider } = flipside({
    createQueryRun: run("QUERY_STATE_SUCCESS"),
    get getQueryRunResults() {
      return { result: { rows: pages.shift() } };
    },
  });
  assertEquals((await provider.fetchRaw(["sql"], RANGE)).length, 2);
  assertEquals(pages, []);
});

const DONE = run("QUERY_STATE_SUCCESS");
const failures = [
  {
    name: "a result without rows",
    answers: { createQueryRun: DONE, getQueryRunResults: { result: {} } },
  },
  { name: "a refusal", answers: { createQueryRun: { error: { message: "no seconds left" } } } },
  { name: "a failed query", answers: { createQueryRun: run("QUERY_STATE_FAILED") } },
  { name: "an answer that changed", answers: { createQueryRun: { result: {} } } },
];
for (const { name, answers } of failures) {
  Deno.test(`FlipsidePoolProvider throws for ${name}`, async () => {
    const { provider } = flipside(answers);
    await assertRejects(() => provider.fetchRaw(["sql"], RANGE), { type: ProviderError });
  });
}

Deno.test("MockPoolProvider makes the same readings everywhere, one a day and one now", async () => {
  const read = async () => {
    const provider = new MockPoolProvider();
    const range = { start: utcMsOf(NOW - 3 * DAY_MS), end: utcMsOf(NOW) };
    return provider.normalize(await provider.fetchRaw(provider.targets, range));
  };
  const first = await read();
  assertEquals(await read(), first);
  assertEquals(first.quarantined, []);
  assertEquals(new Set(first.snapshots.map(({ ts }) => ts)).size, 4);
  assert(first.pools.length >= 10);
});

Deno.test("MockPoolProvider moves each second, by little", () => {
  const provider = new MockPoolProvider();
  const times = [0, 1, 2].map((second) => NOW + second * SECOND_MS);
  const payload = { key: "all", body: { times }, fetchedAt: utcMsOf(NOW) };
  const { snapshots, pools } = provider.normalize([payload]);
  const usdc = snapshots.filter(({ poolId }) => poolId === pools[0]?.id);
  const apys = usdc.map(({ supplyApy }) => supplyApy);
  assertEquals(new Set(apys).size, 3);
  assert(Math.max(...apys) / Math.min(...apys) < 1.05);
});
