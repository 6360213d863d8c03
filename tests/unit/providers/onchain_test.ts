import { AppError, ProviderError } from "@/services/kernel/errors.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import { MempoolSpace } from "@/services/providers/onchain/mod.ts";
import { parseGasOracle } from "@/services/providers/onchain/etherscan.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeProviderHttp, type ProviderRecording } from "@/tests/fakes/provider_http.ts";

const NOW = Date.UTC(2026, 0, 1);

Deno.test("parseGasOracle() reads prices in gwei", () => {
  const result = {
    LastBlock: "16134573",
    SafeGasPrice: "34",
    ProposeGasPrice: "35",
    FastGasPrice: "36",
    suggestBaseFee: "33.952097068",
  };
  assertEquals(parseGasOracle({ status: "1", message: "OK", result }), {
    block: 16_134_573,
    safe: 34,
    proposed: 35,
    fast: 36,
    baseFee: 33.952097068,
  });
  const { suggestBaseFee: _, ...older } = result;
  assertEquals(parseGasOracle({ result: older }).baseFee, null);
});

const refusals = [
  { text: "Max calls per sec rate limit reached (5/sec)", type: AppError },
  { text: "Invalid API Key", type: ProviderError },
] as const;
for (const { text, type } of refusals) {
  Deno.test(`parseGasOracle() throws for "${text}", which comes with HTTP 200`, () => {
    const body = { status: "0", message: "NOTOK", result: text };
    assert(assertThrows(() => parseGasOracle(body)) instanceof type);
  });
}

const RECORDINGS: Record<string, ProviderRecording> = {
  "/api/mempool": { body: { count: 3169, vsize: 1_891_542, total_fee: 1, fee_histogram: [] } },
  "/api/v1/fees/recommended": {
    body: { fastestFee: 5, halfHourFee: 4, hourFee: 3, economyFee: 2, minimumFee: 1 },
  },
  "/api/v1/fees/mempool-blocks": {
    body: [{ blockSize: 1, blockVSize: 746_096.5, nTx: 863, medianFee: 10.8, feeRange: [1, 302] }],
  },
};

function mempool(recordings = RECORDINGS) {
  const http = new FakeProviderHttp("mempool", { clock: new FakeClock(NOW), recordings });
  return new MempoolSpace({ http });
}

Deno.test("MempoolSpace puts three answers into one reading", async () => {
  assertEquals(await mempool().fetch(), {
    asof: utcMsOf(NOW),
    size: 3169,
    vsize: 1_891_542,
    fees: { fastest: 5, halfHour: 4, hour: 3, economy: 2, minimum: 1 },
    projected: [{ transactions: 863, vsize: 746_096.5, medianFee: 10.8, feeRange: [1, 302] }],
  });
});

Deno.test("MempoolSpace throws for an answer that changed", async () => {
  const changed = { ...RECORDINGS, "/api/mempool": { body: { waiting: 3 } } };
  await assertRejects(() => mempool(changed).fetch(), { type: ProviderError });
});
