import { EXPLAINED_FIGURES, keepReadings } from "@/services/defi/mod.ts";
import { parsePoolFile } from "@/services/providers/pools/mod.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { readSharedText, SHARED_UNTIL, sharedData } from "@/tests/shared_data.ts";
import { DAY_MS, HOUR_MS, utcMsOf } from "@/services/kernel/time.ts";
import { sampleDays, samplePool, sampleSnapshot } from "@/tests/unit/defi/pool_sample.ts";
import { ADMIN_KEY, type ApiHarness, openTestApi } from "./api_harness.ts";

async function read(harness: ApiHarness, path: string) {
  const response = await harness.get(path);
  return { status: response.status, ...await response.json() };
}

/** Three pools of ten days, each better than the one before. */
async function threePools() {
  const harness = await openTestApi();
  for (const [index, symbol] of ["DAI", "USDC", "WETH"].entries()) {
    const pool = samplePool({ symbol, poolAddress: `0x${index}` });
    await harness.poolStore.upsertPools([pool]);
    const days = Array.from({ length: 10 }, (_, day) => ({
      supplyApy: 0.01 * (index + 1) + day / 1e5,
      tvlUsd: index === 2 ? null : 1e7 * (index + 1),
    }));
    await harness.poolStore.recordSnapshots(sampleDays(days, pool));
  }
  return harness;
}

Deno.test("GET /api/pools sorts, filters and pages, with both scores", async () => {
  await using harness = await threePools();
  const symbols = async (query: string) => {
    const { data } = await read(harness, `/api/pools?${query}`);
    return data.map(({ symbol }: { symbol: string }) => symbol);
  };
  assertEquals(await symbols("sort=supply_apy"), ["WETH", "USDC", "DAI"]);
  assertEquals(await symbols("sort=tvl_usd&order=asc"), ["DAI", "USDC", "WETH"]);
  assertEquals(await symbols("min_tvl=15000000"), ["USDC"]);
  assertEquals(await symbols("chain=base"), []);
  const first = await read(harness, "/api/pools?sort=symbol&limit=2");
  const rest = await read(
    harness,
    `/api/pools?sort=symbol&limit=2&cursor=${first.meta.next_cursor}`,
  );
  assertEquals([first.data.length, first.meta.total, rest.data[0].symbol], [2, 3, "WETH"]);
  assertEquals(rest.meta.next_cursor, null);
  assertEquals(first.meta.origin, { sources: [{ name: "sample", pools: 3 }] });
  assertEquals(first.meta.fetcher, {
    ...{ provider: null, wanted: "dune", fallback: "DUNE_API_KEY is not set" },
  });
  const [row] = rest.data;
  assertEquals(row.score, row.scores.v1);
  assertEquals(row.risk_adjusted_score, row.scores.v0);
});

for (
  const [path, status] of [
    ["/api/pools/nobody", 404],
    ["/api/pools?sort=luck", 422],
    ["/api/pools?cursor=xx", 422],
    ["/api/pools?min_tvl=-1", 422],
    ["/api/simulations/autopilot?max_weight=2", 422],
    ["/api/simulations/autopilot?start=2030-01-01", 422],
  ] as const
) {
  Deno.test(`GET ${path} answers ${status} in the usual shape`, async () => {
    await using harness = await threePools();
    const answer = await read(harness, path);
    assertEquals([answer.status, answer.success], [status, false]);
    assert(answer.error.message.length > 0);
  });
}

Deno.test("GET /api/pools/{id} gives series, both scores explained and the waterfall", async () => {
  await using harness = await threePools();
  const { data } = await read(harness, "/api/pools/aave-v3-ethereum-0x1?points=3");
  assertEquals(data.series.t.length, 3);
  assertClose(data.series.supply_apy.at(-1), 0.02009);
  assertEquals(data.explained.v1.parts.length, 6);
  assertEquals(data.decomposition.steps.at(-1).name, "net");
  assertClose(data.decomposition.net[0], 0.02009 - 0.001);
});

Deno.test("GET /api/simulations/autopilot answers the same for the same address", async () => {
  await using harness = await threePools();
  const path = "/api/simulations/autopilot?start=2026-01-01&max_weight=0.5&method=v0";
  const first = await read(harness, path);
  assertEquals(first.data.constraints.max_weight, 0.5);
  assertEquals(first.data.value.length, first.data.t.length);
  assertEquals((await read(harness, path)).data, first.data);
});

Deno.test("POST /api/admin/ingest takes the operator's key, and adds nothing twice", async () => {
  await using harness = await openTestApi();
  const post = async (key?: string) => {
    const headers = key === undefined ? {} : { "x-admin-key": key };
    const request = new Request("http://localhost/api/admin/ingest", { method: "POST", headers });
    const response = await harness.api.fetch(request);
    return { status: response.status, ...await response.json() };
  };
  assertEquals((await post()).status, 401);
  assertEquals((await post("operatoR")).status, 403);
  const first = await post(ADMIN_KEY);
  assertEquals([first.status, first.data.inserted > 0], [200, true]);
  assertEquals((await post(ADMIN_KEY)).data.inserted, 0);
  // A wrong key is written down, a missing one is nobody's.
  const { data: audit } = await read(harness, "/api/ops/audit");
  const written = audit.map((entry: { actor: string; details: { outcome: string } }) => [
    ...[entry.actor, entry.details.outcome],
  ]);
  assertEquals(written, [["admin key", "done"], ["admin key", "done"], ["unknown", "refused"]]);
  assert(!JSON.stringify(audit).includes("operatoR"), "the key itself is not written down");
});

Deno.test("GET /api/ops/pools shows fetches, held readings and rows set aside", async () => {
  await using harness = await threePools();
  const pool = samplePool({ poolAddress: "0x1" });
  const { data: [last] } = await read(harness, "/api/pools?search=usdc");
  const ts = utcMsOf(Date.parse(last.asof) + HOUR_MS);
  const jump = sampleSnapshot({ poolId: pool.id, ts, ingestedAt: ts, tvlUsd: 9e12 });
  await harness.poolStore.recordSnapshots([jump]);
  const odd = { line: 7, reason: "Cannot read ts" };
  await harness.poolStore.recordQuarantine({ provider: "dune", target: "query/7" }, [odd]);
  await harness.poolParts.ingestion.tick();
  const { data } = await read(harness, "/api/ops/pools");
  assertEquals([data.provider, data.wanted, data.fallback], [
    // Made-up pools stand back, as there are others.
    null,
    "dune",
    "DUNE_API_KEY is not set",
  ]);
  assertEquals(
    data.fetches.map(({ target, problem }: { target: string; problem: null }) => [
      ...[target, problem],
    ]),
    [["all", null]],
  );
  assertEquals([data.held.length, data.held[0].tvl_usd], [1, 9e12]);
  assertEquals(data.quarantined[0].reason, "Cannot read ts");
});

Deno.test("GET /api/pools filters by asset, stablecoins, openness and age of the reading", async () => {
  await using harness = await threePools();
  const frozen = samplePool({ symbol: "OLD", poolAddress: "0x9" });
  await harness.poolStore.upsertPools([frozen]);
  const flags = { isStale: false, isFrozen: true, isPaused: false };
  await harness.poolStore.recordSnapshots(sampleDays([{ flags }], frozen));
  const symbols = async (query: string) => {
    const { data } = await read(harness, `/api/pools?sort=symbol&${query}`);
    return data.map(({ symbol }: { symbol: string }) => symbol).join();
  };
  assertEquals(await symbols("asset=weth"), "WETH");
  assertEquals(await symbols("stable=true"), "DAI,USDC");
  assertEquals(await symbols("stable=false"), "OLD,WETH");
  assertEquals(await symbols("open=true"), "DAI,USDC,WETH");
  assertEquals(await symbols("max_age_days=7"), "DAI,USDC,WETH");
  assertEquals((await read(harness, "/api/pools?stable=maybe")).status, 422);
  assertEquals((await read(harness, "/api/pools?asof=soon")).status, 422);
});

Deno.test("GET /api/pools?asof= tells what was known then, and nothing later", async () => {
  await using harness = await threePools();
  const { data } = await read(harness, "/api/pools?asof=2026-01-03&sort=symbol");
  assertEquals(data.length, 3);
  assertEquals(data[0].asof, "2026-01-04T00:00:00Z");
  const past = await read(harness, "/api/pools/aave-v3-ethereum-0x1?asof=2026-01-02T00:00:00Z");
  assertEquals(past.data.series.t.length, 2);
  assertClose(past.data.pool.supply_apy, 0.02001);
  assertEquals(past.data.about.held, null);
  assertEquals((await read(harness, "/api/pools?asof=2025-01-01")).data, []);
  const before = await read(harness, "/api/pools/aave-v3-ethereum-0x1?asof=2025-01-01");
  assertEquals([before.status, before.error.code], [404, "RESOURCE_NOT_FOUND"]);
});

Deno.test("GET /api/pools?asof= shows a pool by the source that was the one to use then", async () => {
  await using harness = await openTestApi();
  const pool = samplePool();
  await harness.poolStore.upsertPools([pool]);
  const days = (source: string, { from, apy }: { from: number; apy: number }) =>
    sampleDays(Array(20).fill({ source }), pool).map((row, day) => {
      const ts = utcMsOf(row.ts + from * DAY_MS);
      return { ...row, ts, ingestedAt: ts, supplyApy: apy + day / 1e5 };
    });
  await harness.poolStore.recordSnapshots(days("early", { from: 0, apy: 0.03 }));
  await harness.poolStore.recordSnapshots(days("late", { from: 30, apy: 0.06 }));
  const shown = async (query: string) => {
    const { data: [row], meta } = await read(harness, `/api/pools${query}`);
    const { data } = await read(harness, `/api/pools/${pool.id}${query}`);
    const sources = data.about.sources.map(({ name, newest_at }: Record<string, string>) => ({
      ...{ name, newest_at },
    }));
    assertEquals([data.pool.source, data.pool.asof], [row.source, row.asof]);
    assertEquals(meta.origin.sources, [{ name: row.source, pools: 1 }]);
    return { source: row.source, asof: row.asof, sources };
  };
  const early = { name: "early", newest_at: "2026-01-20T00:00:00Z" };
  assertEquals(await shown(""), {
    ...{ source: "late", asof: "2026-02-19T00:00:00Z" },
    sources: [{ name: "late", newest_at: "2026-02-19T00:00:00Z" }, early],
  });
  assertEquals(await shown("?asof=2026-01-25"), {
    ...{ source: "early", asof: "2026-01-20T00:00:00Z", sources: [early] },
  });

  const path = "/api/simulations/autopilot?start=2026-01-01&end=2026-02-20&min_tvl=0";
  const { data: run } = await read(harness, path);
  assertEquals(run.data.sources, [{ name: "early", pools: 1 }, { name: "late", pools: 1 }]);
  const [first] = run.decisions;
  assertEquals([first.at < "2026-01-20", first.targets[0].source], [true, "early"]);
  // Between the two sources nobody read it: it is closed, and bought again by the second.
  const closed = run.decisions.findIndex(({ kind }: { kind: string }) => kind === "closed");
  assertEquals([run.decisions[closed].departures[0].source], ["early"]);
  assertEquals(run.decisions[closed + 1].targets[0].source, "late");
  const { data: told } = await read(
    harness,
    path.replace("autopilot?", "autopilot/explain/decision/1?"),
  );
  assertEquals([told.seen[0].source, told.seen[0].score], ["early", first.targets[0].score]);
});

Deno.test("GET /api/pools leaves made-up readings of a pool out that others read", async () => {
  await using harness = await threePools();
  const pool = samplePool({ symbol: "DAI", poolAddress: "0x0" });
  const [mock] = sampleDays(
    [{ source: "mock", supplyApy: 9, ts: utcMsOf(Date.UTC(2026, 5)) }],
    pool,
  );
  assert(mock !== undefined);
  await harness.poolStore.recordSnapshots([mock]);
  const { data } = await read(harness, `/api/pools/${pool.id}`);
  assertEquals(data.about.sources.map(({ name }: { name: string }) => name), ["sample"]);
});

Deno.test("GET /api/pools/{id}/explain/{figure} gives formula, inputs with their time, and readings", async () => {
  await using harness = await threePools();
  const path = "/api/pools/aave-v3-ethereum-0x1/explain";
  const { data } = await read(harness, `${path}/kink_distance`);
  assertClose(data.value, 0.12);
  assertEquals(data.formula, "distance = U* − U");
  assertEquals(data.reason, null);
  assertEquals(
    data.inputs.map(({ name, asof }: { name: string; asof: string | null }) => [name, asof]),
    [["Kink U*", "2026-01-10T00:00:00Z"], ["Utilisation U", "2026-01-10T00:00:00Z"]],
  );
  assertEquals(data.rows.length, 1);
  // The sample gives APYs: there is no simple rate to tell.
  const given = await read(harness, `${path}/supply_apy`);
  assertEquals([given.data.formula, given.data.inputs], ["as the source gives it", []]);
  const score = await read(harness, `${path}/score_v1`);
  assertEquals([score.data.inputs.length, score.data.row_count], [7, 10]);
  const unknown = await read(harness, "/api/pools/aave-v3-ethereum-0x2/explain/tvl_usd");
  assertEquals([unknown.data.value, unknown.data.reason], [null, "the source gives no TVL"]);
  assertEquals((await read(harness, `${path}/luck`)).status, 404);
  assertEquals((await read(harness, "/api/pools/nobody/explain/score_v1")).status, 404);
});

Deno.test("GET /api/pools/{id}/explain/supply_apy tells the simple rate that a source gave", async () => {
  await using harness = await openTestApi();
  const pool = samplePool();
  await harness.poolStore.upsertPools([pool]);
  // 1.025^2 - 1
  const day = { supplyApy: 0.050625, basis: { kind: "apr", periodsPerYear: 2 } } as const;
  await harness.poolStore.recordSnapshots(sampleDays([day], pool));
  const { data } = await read(harness, `/api/pools/${pool.id}/explain/supply_apy`);
  assertEquals(data.formula, "APY = (1 + APR / n)^n − 1, n compoundings a year");
  assertEquals(data.inputs[0].name, "APR, compounded 2 times a year");
  assertClose(data.inputs[0].value, 0.05);
  const { data: shown } = await read(harness, `/api/pools/${pool.id}`);
  assertEquals(shown.about.compoundings_per_year, 2);
});

for (const name of EXPLAINED_FIGURES) {
  Deno.test(`GET /api/pools/{id}/explain/${name} answers as documented`, async () => {
    await using harness = await threePools();
    const { status, data } = await read(harness, `/api/pools/aave-v3-ethereum-0x1/explain/${name}`);
    assertEquals([status, data.figure], [200, name]);
    assert(data.words.length > 20 && data.formula.length > 5);
  });
}

const RATES = "defi/aave_v3_daily_rates_2025-07_2026-08.csv.gz";
const url = sharedData(RATES);

Deno.test({
  name: "real Aave reserves are ranked, their stress is told, and the autopilot runs over them",
  ignore: url === null,
  async fn() {
    await using harness = await openTestApi();
    assert(url !== null);
    const file = { fileName: RATES, source: "aave", now: SHARED_UNTIL };
    const readings = parsePoolFile(await readSharedText(url), file);
    const answer = { provider: "aave", target: RATES };
    const taken = await keepReadings(harness.poolStore, readings, answer);
    assertEquals(taken.read, taken.inserted + taken.updated + taken.unchanged + taken.quarantined);
    const again = await keepReadings(harness.poolStore, readings, answer);
    assertEquals([again.inserted, again.updated, again.unchanged], [0, 0, 23_198]);

    const { data: rows } = await read(harness, "/api/pools?limit=100");
    assertEquals(rows.length, 60);
    const scored = rows.filter(({ score }: { score: number | null }) => score !== null);
    assert(scored.length > 30);
    const weth = rows.find(({ chain, symbol }: { chain: string; symbol: string }) =>
      chain === "ethereum" && symbol === "WETH"
    );
    const codes = weth.warnings.map(({ code }: { code: string }) => code);
    assert(codes.includes("past_stress"), codes.join());
    const { data: page } = await read(harness, `/api/pools/${weth.id}`);
    assert(
      page.episodes.some(({ kind, from }: { kind: string; from: string }) =>
        kind === "utilization_stress" && from.startsWith("2026-04")
      ),
    );
    const celo = rows.filter(({ chain }: { chain: string }) => chain === "celo");
    const { data: stale } = await read(harness, `/api/pools/${celo[0].id}`);
    assert(
      stale.episodes.some(({ kind, from }: { kind: string; from: string }) =>
        kind === "stale" && from.startsWith("2025-11")
      ),
    );

    const { data: run } = await read(
      harness,
      "/api/simulations/autopilot?start=2025-07-22&end=2026-08-22",
    );
    assert(run.decisions.length > 0);
    for (const { at, targets } of run.decisions) {
      assert(targets.every(({ reading_at }: { reading_at: string }) => reading_at <= at));
    }
  },
});
