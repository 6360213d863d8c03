import { AppError, ProviderError } from "@/services/kernel/errors.ts";
import { DAY_MS, SECOND_MS, utcMsOf } from "@/services/kernel/time.ts";
import type { PoolProvider } from "@/services/defi/mod.ts";
import {
  DefillamaPoolProvider,
  DunePoolProvider,
  FlipsidePoolProvider,
} from "@/services/providers/pools/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { drive, type GateKit, gateKit } from "@/tests/unit/providers/gate/gate_kit.ts";
import {
  startVenue,
  status,
  truncated,
  type VenueReply,
} from "@/tests/unit/providers/gate/venue_server.ts";

const ROW = {
  ts: "2026-01-10 11:00:00.000 UTC",
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
  /** What is sent by POST, and so never twice: a query would be run, and billed, again. */
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
      new DunePoolProvider({ http, clock, timer, queries: ["7"] }),
    steps: ["results", "execute", "status", "results"],
    once: ["execute"],
  },
  {
    name: "FlipsidePoolProvider",
    open: ({ gate: http, timer }) => new FlipsidePoolProvider({ http, timer, sql: "select 1" }),
    steps: ["createQueryRun", "getQueryRun", "getQueryRunResults"],
    once: ["createQueryRun", "getQueryRun", "getQueryRunResults"],
  },
];

async function endpointOf(request: Request): Promise<string> {
  const { pathname } = new URL(request.url);
  if (pathname !== "/json-rpc") return pathname.split("/").at(-1) ?? "";
  return (await request.json()).method;
}

/** Fetches through a gate from a server whose answer number `step` comes from `fault`, once. */
async function fetchWith(
  { open }: Kind,
  { step, fault, isLasting = false }: { step: number; fault: VenueReply; isLasting?: boolean },
) {
  await using venue = startVenue();
  const asked: string[] = [];
  venue.answer(async (request) => {
    const endpoint = await endpointOf(request);
    asked.push(endpoint);
    const number = asked.length - 1;
    if (number === step || isLasting && number > step) return fault(request);
    return Response.json(ANSWERS[endpoint]);
  });
  const kit = gateKit({ config: { restUrls: [venue.url] } });
  await kit.gates.start();
  const provider = open(kit);
  const from = kit.clock.now();
  const range = { start: utcMsOf(from - DAY_MS), end: from };
  const result = await drive(kit, provider.fetchRaw(provider.targets, range));
  const tookMs = kit.clock.now() - from;
  await kit.gates.stop();
  return { result, asked, tookMs, provider, kit };
}

const PASSING: readonly { name: string; fault: VenueReply; leastMs: number }[] = [
  { name: "HTTP 429", fault: status(429, { "retry-after": "7" }), leastMs: 7 * SECOND_MS },
  { name: "HTTP 503", fault: status(503), leastMs: 0 },
  { name: "an answer that breaks off", fault: truncated, leastMs: 0 },
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
