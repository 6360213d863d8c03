import { AppError } from "@/services/kernel/errors.ts";
import { DAY_MS } from "@/services/kernel/time.ts";
import {
  constraintsOf,
  poolsInScope,
  type SimulationQuery,
} from "@/services/defi/autopilot/constraints.ts";
import type { ArchivedPool } from "@/services/defi/pool_archive.ts";
import { DEFAULT_POOL_SETTINGS, readPoolSettings } from "@/services/defi/pool_settings.ts";
import { rankSources } from "@/services/defi/pool_sources.ts";
import { assert, assertEquals, assertThrows } from "@/tests/assert.ts";
import { sampleDay, sampleDays, samplePool } from "../pool_sample.ts";

/** Pools of 30 days: two of USDC, one of DAI; another source read each of them five days before. */
function samplePools(): readonly ArchivedPool[] {
  return [["USDC", "Ethereum"], ["USDC", "Base"], ["DAI", "Base"]].map(([symbol, chain]) => {
    const pool = samplePool({ symbol: symbol ?? "", chain: chain ?? "", poolAddress: `${symbol}` });
    const rows = sampleDays(Array(30).fill({}), pool);
    const early = sampleDays([{ ts: sampleDay(-5) }], pool);
    const [used, other] = rankSources(pool, new Map([["sample", rows], ["early", early]]));
    assert(used !== undefined && other !== undefined);
    const { name, history, held } = used;
    return { pool, history, source: name, sources: [used, other], held };
  });
}

const settings = DEFAULT_POOL_SETTINGS;
const known = { pools: samplePools(), settings, now: sampleDay(40) };

Deno.test("constraintsOf() takes from the settings what is not asked for", () => {
  const text = JSON.stringify({
    autopilot: { max_weight: 0.4, cooldown_hours: 48, gas_usd: 9, method: "v0", step_hours: 12 },
  });
  const rules = constraintsOf({ feeBps: 7 }, { ...known, settings: readPoolSettings(text) });
  assertEquals(
    [rules.maxWeight, rules.cooldownMs, rules.gasUsd, rules.feeBps, rules.capitalUsd],
    [0.4, 2 * DAY_MS, 9, 7, 10_000],
  );
  assertEquals([rules.vanishMs, rules.method, rules.stepMs], [7 * DAY_MS, "v0", DAY_MS / 2]);
});

Deno.test("constraintsOf() ends at the newest reading and begins a year before, or at the first of any source", () => {
  const { start, end } = constraintsOf({}, known);
  assertEquals([start, end], [sampleDay(-5), sampleDay(29)]);
  // One step more, for what is decided at the newest reading.
  assertEquals(constraintsOf({ end: sampleDay(99) }, known).end, sampleDay(30));
});

const refused: readonly { name: string; query: SimulationQuery; field: string }[] = [
  {
    name: "a start after the end",
    query: { start: sampleDay(9), end: sampleDay(3) },
    field: "start",
  },
  { name: "a start after the newest reading", query: { start: sampleDay(31) }, field: "start" },
  {
    name: "a range of one step",
    query: { start: sampleDay(3), end: sampleDay(3) },
    field: "end",
  },
  { name: "too many steps", query: { start: sampleDay(-9_000) }, field: "step_hours" },
];
for (const { name, query, field } of refused) {
  Deno.test(`constraintsOf() refuses ${name} and names ${field}`, () => {
    const { code, details } = assertThrows(() => constraintsOf(query, known), { type: AppError });
    assertEquals(code, "VALIDATION_FAILED");
    assertEquals(fieldsOf(details), [field]);
  });
}

Deno.test("constraintsOf() refuses more than can be simulated at once", () => {
  const [pool] = samplePools();
  const pools = Array.from({ length: 700_000 }, () => pool).filter((one) => one !== undefined);
  const { details } = assertThrows(() => constraintsOf({}, { ...known, pools }), {
    type: AppError,
  });
  assertEquals(fieldsOf(details), ["step_hours"]);
});

Deno.test("poolsInScope() takes symbols, chains and protocols in any case", () => {
  const ids = (query: SimulationQuery) =>
    poolsInScope(samplePools(), query).map(({ pool: { symbol, chain } }) => `${symbol} ${chain}`);
  assertEquals(ids({ assets: ["usdc"] }), ["USDC Ethereum", "USDC Base"]);
  assertEquals(ids({ assets: ["USDC", "dai"], chains: ["base"] }), ["USDC Base", "DAI Base"]);
  assertEquals(ids({ protocols: ["aave v3"] }).length, 3);
});

for (
  const [query, field] of [
    [{ assets: ["USDC", "LUNA"] }, "assets"],
    [{ chains: ["moon"] }, "chain"],
    [{ protocols: ["anchor"] }, "protocol"],
    [{ assets: ["DAI"], chains: ["ethereum"] }, "assets"],
  ] as const
) {
  Deno.test(`poolsInScope() refuses ${JSON.stringify(query)} and names ${field}`, () => {
    const { details } = assertThrows(() => poolsInScope(samplePools(), query), { type: AppError });
    assertEquals(fieldsOf(details), [field]);
  });
}

function fieldsOf(details: AppError["details"]): readonly unknown[] {
  const fields = details?.["fields"];
  return Array.isArray(fields) ? fields.map(({ name }) => name) : [];
}
