import {
  AutopilotService,
  DEFAULT_POOL_SETTINGS,
  keepReadings,
  PoolArchive,
} from "@/services/defi/mod.ts";
import { parsePoolFile } from "@/services/providers/pools/mod.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { readSharedText, SHARED_UNTIL, sharedData } from "@/tests/shared_data.ts";
import { sampleDays, samplePool } from "@/tests/unit/defi/pool_sample.ts";
import { type ApiHarness, openTestApi } from "./api_harness.ts";

const PATH = "/api/simulations/autopilot";

async function read(harness: ApiHarness, path: string, method = "GET") {
  const request = new Request(`http://localhost${path}`, { method });
  const response = await harness.api.fetch(request);
  return { status: response.status, ...await response.json() };
}

/** Two pools of twenty days, the second the better one. */
async function twoPools() {
  const harness = await openTestApi();
  for (const [index, symbol] of ["DAI", "USDC"].entries()) {
    const pool = samplePool({ symbol, poolAddress: `0x${index}` });
    await harness.poolStore.upsertPools([pool]);
    const days = Array.from({ length: 20 }, (_, day) => ({
      supplyApy: 0.03 * (index + 1) + day / 1e5,
    }));
    await harness.poolStore.recordSnapshots(sampleDays(days, pool));
  }
  return harness;
}

const refused: readonly (readonly [query: string, field: string])[] = [
  ["max_weight=0", "max_weight"],
  ["max_weight=2", "max_weight"],
  ["max_weight=a%20lot", "max_weight"],
  ["min_tvl=-1", "min_tvl"],
  ["cooldown_hours=1e3", "cooldown_hours"],
  ["capital=0", "capital"],
  ["fee_bps=1001", "fee_bps"],
  ["gas_usd=NaN", "gas_usd"],
  ["method=v9", "method"],
  ["step_hours=0.5", "step_hours"],
  ["keep_factor=11", "keep_factor"],
  ["vanish_days=0", "vanish_days"],
  ["vanish_penalty=1.1", "vanish_penalty"],
  ["start=soon", "start"],
  ["start=2026-01-09&end=2026-01-03", "start"],
  ["start=2030-01-01", "start"],
  ["start=2026-01-03&end=2026-01-03", "end"],
  ["start=1990-01-01", "step_hours"],
  ["assets=LUNA", "assets"],
  ["assets=,", "assets"],
  ["chain=moon", "chain"],
  ["protocol=anchor", "protocol"],
  ["max_weight=0.5&max_weight=0.4", "max_weight"],
];

Deno.test("GET /api/simulations/autopilot names the parameter that it can't follow", async () => {
  await using harness = await twoPools();
  for (const [query, field] of refused) {
    const { status, success, error } = await read(harness, `${PATH}?${query}`);
    const names = error.details.fields.map(({ name }: { name: string }) => name);
    assertEquals([query, status, success, error.code, names], [
      ...[query, 422, false, "VALIDATION_FAILED"],
      [field],
    ]);
  }
});

Deno.test("GET /api/simulations/autopilot follows every rule of its query", async () => {
  await using harness = await twoPools();
  const rules = {
    ...{ capital: 500, max_weight: 0.6, min_tvl: 1_000, cooldown_hours: 12, fee_bps: 7 },
    ...{ gas_usd: 0.5, step_hours: 12, keep_factor: 2, vanish_days: 3, vanish_penalty: 0.2 },
    method: "v0",
  };
  const query = new URLSearchParams(
    Object.entries(rules).map(([name, value]) => [name, `${value}`]),
  );
  const { data } = await read(
    harness,
    `${PATH}?${query}&start=2026-01-02&end=2026-01-15&assets=usdc,dai&chain=ethereum`,
  );
  const { assets, chain, protocol, start, end, ...followed } = data.constraints;
  assertEquals(followed, rules);
  assertEquals([assets, chain, protocol], [["usdc", "dai"], ["ethereum"], null]);
  assertEquals([start, end], ["2026-01-02T00:00:00Z", "2026-01-15T00:00:00Z"]);
  assertEquals([data.data.pools, data.data.readings, data.t.length], [2, 28, 27]);
  const one = await read(harness, `${PATH}?assets=DAI`);
  assertEquals([one.data.data.pools, one.data.data.pools_kept], [1, 2]);
  assertEquals(one.data.pools.map(({ symbol }: { symbol: string }) => symbol), ["DAI"]);
});

Deno.test("GET /api/simulations/autopilot says where the end lies after the newest reading", async () => {
  await using harness = await twoPools();
  const { data } = await read(harness, `${PATH}?end=2027-01-01`);
  assertEquals([data.data.end_moved, data.constraints.end], [true, "2026-01-21T00:00:00Z"]);
});

Deno.test("GET /api/simulations/autopilot/explain takes figures and decisions apart", async () => {
  await using harness = await twoPools();
  const { data: run } = await read(harness, PATH);
  const { data: gain } = await read(harness, `${PATH}/explain/gain`);
  assertClose(gain.value, run.summary.gain);
  const parts = gain.inputs.map(({ value }: { value: number }) => value);
  assertClose(parts.reduce((sum: number, value: number) => sum + value, 0), run.summary.gain);
  const { data } = await read(harness, `${PATH}/explain/decision/1`);
  assertEquals(data.decision, run.decisions[0]);
  for (const { pool_id, score, rank } of run.decisions[0].targets) {
    const seen = data.seen.find((one: { pool_id: string }) => one.pool_id === pool_id);
    assertClose(seen.score, score);
    assertEquals([seen.rank, seen.role], [rank, "enter"]);
  }
  assertEquals((await read(harness, `${PATH}/explain/luck`)).status, 404);
  assertEquals((await read(harness, `${PATH}/explain/decision/99`)).status, 404);
  assertEquals((await read(harness, `${PATH}/explain/decision/0`)).status, 422);
});

Deno.test("AutopilotService tells of a long run, stops it for all, and runs it anew", async () => {
  await using harness = await twoPools();
  const clock = new FakeClock(Date.UTC(2026, 1, 1));
  const rests = { count: 0, onRest: () => {} };
  const service = new AutopilotService({
    archive: new PoolArchive({
      store: harness.poolStore,
      changes: { current: () => 1, subscribe: () => () => {} },
      clock,
    }),
    clock: { now: () => (clock.advance(100), clock.now()) },
    settings: DEFAULT_POOL_SETTINGS,
    pause: () => Promise.resolve().then(() => (rests.count++, rests.onRest())),
  });
  assertEquals(service.progress({}), null);
  assertEquals(service.cancel({}), false);
  rests.onRest = () => rests.count === 12 && service.cancel({ feeBps: 5 });
  const opened = await service.open({ feeBps: 5 });
  assertEquals(opened.kind, "running");
  const waiting = await service.simulate({ feeBps: 5 }).catch(({ code }) => code);
  assertEquals(waiting, "CONFLICT");
  assertEquals(service.progress({ feeBps: 5 })?.state, "cancelled");
  rests.onRest = () => {};
  const found = await service.simulate({ feeBps: 5 });
  assertEquals(found.simulation.times.length, 20);
  assertEquals(service.progress({ feeBps: 5 })?.state, "done");
  // Who asks for the same is given the same, and nothing is computed again.
  assert(await service.simulate({ feeBps: 5 }) === found);
});

const RATES = "defi/aave_v3_daily_rates_2025-07_2026-08.csv.gz";
const url = sharedData(RATES);

/** What suppliers of each reserve really got: its liquidity index, by the time of the reading. */
function onChainIndexes(csv: string): ReadonlyMap<string, readonly (readonly [number, number])[]> {
  const [head = "", ...lines] = csv.trim().split("\n");
  const columns = head.split(",");
  const at = (name: string) => columns.indexOf(name);
  const indexes = new Map<string, (readonly [number, number])[]>();
  for (const line of lines) {
    const cells = line.split(",");
    const id = `aave-v3-${cells[at("network")]}-${cells[at("asset_address")]?.toLowerCase()}`;
    const rows = indexes.get(id) ?? [];
    rows.push([
      Date.parse(cells[at("snapshot_utc")] ?? ""),
      Number(cells[at("liquidity_index")]),
    ]);
    indexes.set(id, rows);
  }
  for (const rows of indexes.values()) rows.sort(([a], [b]) => a - b);
  return indexes;
}

/** The index between two readings, grown evenly. */
function indexAt(rows: readonly (readonly [number, number])[], at: number): number {
  const next = rows.findIndex(([time]) => time > at);
  const [before, after] = [rows.at(next - 1), next < 0 ? undefined : rows[next]];
  if (before === undefined || next === 0) return NaN;
  if (after === undefined) return before[1];
  const share = (at - before[0]) / (after[0] - before[0]);
  return before[1] * (after[1] / before[1]) ** share;
}

interface WirePoint {
  readonly t: number;
  readonly weights: Readonly<Record<string, number>>;
}

Deno.test({
  name: "the autopilot over real Aave rates earns what the chain paid, on rows dated before",
  ignore: url === null,
  async fn() {
    await using harness = await openTestApi();
    assert(url !== null);
    const csv = await readSharedText(url);
    const readings = parsePoolFile(csv, {
      ...{ fileName: RATES, source: "aave" },
      now: SHARED_UNTIL,
    });
    await keepReadings(harness.poolStore, readings, { provider: "aave", target: RATES });
    const query = "start=2025-07-22&end=2026-08-22";
    const { data: run } = await read(harness, `${PATH}?${query}`);
    assertEquals([run.data.pools, run.data.sources], [60, [{ name: "aave", pools: 60 }]]);

    for (const { at, targets, departures } of run.decisions) {
      for (const { reading_at, known_at } of [...targets, ...departures]) {
        assert(reading_at <= known_at && known_at <= at, `${known_at} is later than ${at}`);
      }
    }
    for (const { weights } of run.allocations as readonly WirePoint[]) {
      const shares = Object.values(weights);
      assert(shares.every((share) => share <= 0.25 + 1e-9));
      assert(shares.reduce((sum, share) => sum + share, 0) <= 1 + 1e-9);
    }

    // Another way to the same growth: what each reserve's own index grew while it was held.
    const indexes = onChainIndexes(csv);
    const end = run.t.at(-1);
    let growth = 1;
    for (const [place, { t, weights }] of (run.allocations as readonly WirePoint[]).entries()) {
      const until = run.allocations[place + 1]?.t ?? end;
      growth *= 1 + Object.entries(weights).reduce((sum, [id, weight]) => {
        const rows = indexes.get(id) ?? [];
        return sum + weight * (indexAt(rows, until) / indexAt(rows, t) - 1);
      }, 0);
    }
    const { promised_usd, drift_usd } = run.summary.gain_parts;
    const earned = (promised_usd + drift_usd) / 10_000;
    // Rates are read once a day, the index grows each second: they agree to a few basis points.
    assert(Math.abs(growth - 1 - earned) < 5e-4, `${growth - 1} on the chain, ${earned} here`);

    // Base read an old state on 2025-11-17: the autopilot leaves its pool there the day after.
    const stale = run.decisions.find(({ at }: { at: string }) => at.startsWith("2025-11-18"));
    assertEquals(stale.departures.map(({ exclusion }: { exclusion: string }) => exclusion), [
      "stale",
    ]);
    // The decision that docs/pools.md works out by hand from the rows of the file.
    const { data: usual } = await read(harness, PATH);
    const base = "aave-v3-base-0x833589fcd6edb6e08f4c7c32d4f71b54bda02913";
    const worked = usual.decisions[18];
    assert(worked.at.startsWith("2026-06-12"));
    const entered = worked.targets.find(({ pool_id }: { pool_id: string }) => pool_id === base);
    assertClose(entered.score, 74.6866, 1e-6);
    assertEquals([entered.rank, entered.new], [2, true]);

    const number = run.decisions.indexOf(stale) + 1;
    const { data: told } = await read(harness, `${PATH}/explain/decision/${number}?${query}`);
    for (const { pool_id, score } of stale.targets) {
      const seen = told.seen.find((one: { pool_id: string }) => one.pool_id === pool_id);
      assertClose(seen.score, score);
    }
  },
});
