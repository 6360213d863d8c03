import { ProviderError } from "@/services/kernel/errors.ts";
import { Secret } from "@/services/kernel/secret.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import { ETHERSCAN_KEY, EtherscanGas, MempoolSpace } from "@/services/providers/onchain/mod.ts";
import { parseGasOracle } from "@/services/providers/onchain/etherscan.ts";
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeProviderHttp, type ProviderRecording } from "@/tests/fakes/provider_http.ts";
import { drive, gateKit, pass } from "./gate/gate_kit.ts";
import { startVenue, status, truncated, type VenueReply } from "./gate/venue_server.ts";

const NOW = Date.UTC(2026, 0, 1);
const ORACLE = {
  LastBlock: "16134573",
  SafeGasPrice: "34",
  ProposeGasPrice: "35",
  FastGasPrice: "36",
  suggestBaseFee: "33.952097068",
};

Deno.test("parseGasOracle() reads prices in gwei", () => {
  assertEquals(parseGasOracle({ status: "1", message: "OK", result: ORACLE }), {
    block: 16_134_573,
    safe: 34,
    proposed: 35,
    fast: 36,
    baseFee: 33.952097068,
  });
  const { suggestBaseFee: _, ...older } = ORACLE;
  assertEquals(parseGasOracle({ result: older }).baseFee, null);
});

for (const text of ["Max calls per sec rate limit reached (5/sec)", "Invalid API Key"]) {
  Deno.test(`parseGasOracle() throws "${text}", which comes with HTTP 200`, () => {
    const body = { status: "0", message: "NOTOK", result: text };
    assert(assertThrows(() => parseGasOracle(body)) instanceof ProviderError);
  });
}

const ODD_GAS = [
  { name: "a renamed field", given: { SafeGasPrice: undefined, Safe: "34" } },
  { name: "a number for a text", given: { SafeGasPrice: 34 } },
  { name: "words", given: { FastGasPrice: "fast" } },
  { name: "a negative price", given: { FastGasPrice: "-1" } },
  { name: "a price in wei", given: { FastGasPrice: "36000000000" } },
  { name: "no block", given: { LastBlock: "0" } },
];
for (const { name, given } of ODD_GAS) {
  Deno.test(`parseGasOracle() refuses ${name}`, () => {
    const result = { ...ORACLE, ...given };
    assertThrows(() => parseGasOracle({ status: "1", message: "OK", result }), {
      type: ProviderError,
      pattern: /Cannot read gas oracle/,
    });
  });
}

const POOL = {
  ...{ count: 3169, vsize: 1_891_542, total_fee: 20_317_481 },
  fee_histogram: [[12.5, 891_542], [1.01, 1_000_000]],
};
const FEES = { fastestFee: 2.023, halfHourFee: 1.094, hourFee: 0.502, economyFee: 0.2 };
const BLOCK = {
  ...{ blockSize: 873_046, blockVSize: 746_096.5, nTx: 863, totalFees: 8_875_608 },
  ...{ medianFee: 10.79646017699115, feeRange: [1, 8.1, 302.1] },
};
const RECORDINGS: Record<string, ProviderRecording> = {
  "/api/mempool": { body: POOL },
  "/api/v1/fees/precise": { body: { ...FEES, minimumFee: 0.1 } },
  "/api/v1/fees/mempool-blocks": { body: [BLOCK] },
};

function mempool(given: Record<string, ProviderRecording> = {}) {
  const recordings = { ...RECORDINGS, ...given };
  const http = new FakeProviderHttp("mempool", { clock: new FakeClock(NOW), recordings });
  return new MempoolSpace({ http });
}

Deno.test("MempoolSpace puts three answers into one reading", async () => {
  assertEquals(await mempool().fetch(), {
    asof: utcMsOf(NOW),
    size: 3169,
    vsize: 1_891_542,
    totalFee: 20_317_481,
    fees: { fastest: 2.023, halfHour: 1.094, hour: 0.502, economy: 0.2, minimum: 0.1 },
    bands: [{ from: 12, to: 15, vsize: 891_542 }, { from: 1, to: 2, vsize: 1_000_000 }],
    projected: [
      {
        transactions: 863,
        vsize: 746_096.5,
        medianFee: 10.796,
        feeRange: [1, 8.1, 302.1],
      },
    ],
  });
});

Deno.test("MempoolSpace takes whole fees where an installation has no precise ones", async () => {
  const whole = { fastestFee: 5, halfHourFee: 4, hourFee: 3, economyFee: 2, minimumFee: 1 };
  const older = mempool({
    "/api/v1/fees/precise": { status: 404, body: "Not Found" },
    "/api/v1/fees/recommended": { body: whole },
  });
  const { fees } = await older.fetch();
  assertEquals(fees, { fastest: 5, halfHour: 4, hour: 3, economy: 2, minimum: 1 });
});

Deno.test("MempoolSpace makes no bands up where the histogram is empty", async () => {
  const silent = { body: { count: 3169, vsize: 1_891_542, fee_histogram: [] } };
  const { bands, totalFee } = await mempool({ "/api/mempool": silent }).fetch();
  assertEquals([bands, totalFee], [[], null]);
});

const ODD_MEMPOOL: readonly { name: string; path: string; body: unknown }[] = [
  { name: "a renamed field", path: "/api/mempool", body: { waiting: 3 } },
  { name: "a fraction of a count", path: "/api/mempool", body: { ...POOL, count: 1.5 } },
  { name: "a negative size", path: "/api/mempool", body: { ...POOL, vsize: -1 } },
  { name: "texts for fees", path: "/api/v1/fees/precise", body: { ...FEES, minimumFee: "1" } },
  {
    name: "a thousand projected blocks",
    path: "/api/v1/fees/mempool-blocks",
    body: Array.from({ length: 1_000 }, () => BLOCK),
  },
];
for (const { name, path, body } of ODD_MEMPOOL) {
  Deno.test(`MempoolSpace refuses ${name}`, async () => {
    await assertRejects(() => mempool({ [path]: { body } }).fetch(), { type: ProviderError });
  });
}

/** Sources of gauges behind a gate, before a server on this machine. */
async function behindGate(reply: VenueReply, secretQuery: Record<string, Secret> = {}) {
  const venue = startVenue();
  venue.answer(reply);
  const kit = gateKit({ config: { restUrls: [venue.url] }, secretQuery });
  await kit.gates.start();
  return {
    ...{ venue, kit },
    async [Symbol.asyncDispose]() {
      await kit.gates.stop();
      await venue[Symbol.asyncDispose]();
    },
  };
}

Deno.test("EtherscanGas sends its key and keeps it out of what is stored and logged", async () => {
  const key = new Secret("topsecretkey");
  const refusal = { status: "0", message: "NOTOK", result: "Invalid API Key" };
  for (const body of [{ status: "1", message: "OK", result: ORACLE }, refusal]) {
    await using at = await behindGate(() => Response.json(body), { [ETHERSCAN_KEY]: key });
    await drive(at.kit, new EtherscanGas({ http: at.kit.gate }).fetch());
    assertMatch(at.venue.asked[0] ?? "", /action=gasoracle&apikey=topsecretkey$/);
    await pass(at.kit, 1_000);
    const { kept } = at.kit.raw;
    assertEquals(kept.length, 1);
    assertMatch(kept[0]?.url ?? "", /\/v2\/api$/);
    assert(!JSON.stringify([kept, at.kit.log.lines]).includes("topsecretkey"));
  }
});

const FAULTS: readonly { name: string; fault: VenueReply; isPassing: boolean }[] = [
  { name: "HTTP 429", fault: status(429, { "retry-after": "7" }), isPassing: true },
  { name: "HTTP 500", fault: status(500), isPassing: true },
  { name: "an answer that breaks off", fault: truncated, isPassing: true },
  { name: "HTTP 403", fault: status(403), isPassing: false },
  { name: "another payload", fault: () => Response.json({ version: 2 }), isPassing: false },
];
for (const { name, fault, isPassing } of FAULTS) {
  Deno.test(`sources of gauges ${isPassing ? "get over" : "give up on"} ${name}`, async () => {
    const answers: Readonly<Record<string, unknown>> = {
      "/v2/api": { status: "1", message: "OK", result: ORACLE },
      ...Object.fromEntries(
        Object.entries(RECORDINGS).map((
          [path, recording],
        ) => [path, Reflect.get(recording, "body")]),
      ),
    };
    for (const Source of [EtherscanGas, MempoolSpace]) {
      let hasFailed = false;
      await using at = await behindGate((request) => {
        if (hasFailed) return Response.json(answers[new URL(request.url).pathname]);
        hasFailed = true;
        return fault(request);
      });
      const source = new Source({ http: at.kit.gate });
      const result = await drive<unknown>(at.kit, source.fetch());
      assertEquals(result.status, isPassing ? "fulfilled" : "rejected", Source.name);
      if (!isPassing) assertEquals(at.venue.asked.length, 1);
    }
  });
}
