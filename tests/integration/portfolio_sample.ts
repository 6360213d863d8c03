import { assertEquals } from "@/tests/assert.ts";
import { type ApiHarness, NOW, openTestApi } from "./api_harness.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "@/services/kernel/time.ts";

/** Two purchases and a sale with fees, a reward without a price, and a transfer between wallets. */
export const LEDGER_CSV = [
  "id,timestamp,action,asset_id,quantity,unit_price_usd,fee_asset,fee_amount,account,tx_hash,notes",
  ",2025-01-10T00:00:00Z,BUY,bitcoin,1,40000,,,cold,,first",
  ",2025-02-10T00:00:00Z,BUY,bitcoin,1,70000,usd,10,cold,,",
  ",2025-03-10T00:00:00Z,BUY,ethereum,10,2000,,,hot,,=not a formula",
  ",2025-04-10T00:00:00Z,SELL,bitcoin,0.5,65000,,,cold,,",
  ",2025-05-10T00:00:00Z,TRANSFER_OUT,ethereum,4,,,,hot,0xabc,",
  ",2025-05-10T00:00:00Z,TRANSFER_IN,ethereum,4,,,,cold,0xabc,",
  ",2025-06-10T00:00:00Z,STAKING_REWARD,ethereum,0.1,2500,,,hot,,",
  "",
].join("\n");

const RESOLUTIONS = [
  ["5m", 5 * MINUTE_MS, 300],
  ["1h", HOUR_MS, 91 * 24],
  ["1d", DAY_MS, 400],
] as const;

/** A harness with prices of now: bitcoin at 100,000 and ethereum at 3,000. */
export async function openPricedApi(
  options: Parameters<typeof openTestApi>[0] = {},
): Promise<ApiHarness> {
  const harness = await openTestApi(options);
  for (const [assetId, close] of [["bitcoin", 100_000], ["ethereum", 3_000]] as const) {
    const candle = { open: close, high: close, low: close, close, volume: 1 };
    // As far back as each resolution values the past.
    for (const [interval, sizeMs, buckets] of RESOLUTIONS) {
      const candles = Array.from({ length: buckets }, (_, at) => ({
        ...candle,
        openTime: NOW - (buckets - at) * sizeMs,
      }));
      await harness.write({ assetId, source: "binance", interval, candles });
    }
  }
  return harness;
}

export interface Answer {
  readonly status: number;
  readonly data: ReturnType<typeof JSON.parse>;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly error: { readonly code: string; readonly message: string } | undefined;
  readonly headers: Headers;
}

/** Asks and reads the envelope of the answer. */
export async function ask(
  harness: ApiHarness,
  [method, path]: readonly ["GET" | "POST" | "PUT" | "DELETE", string],
  options: Parameters<ApiHarness["send"]>[2] = {},
): Promise<Answer> {
  const response = await harness.send(method, path, options);
  const { data, meta, error } = await response.json();
  return { status: response.status, data, meta, error, headers: response.headers };
}

/** A new portfolio's address. */
export async function makePortfolio(harness: ApiHarness, owner?: string): Promise<string> {
  const { status, data } = await ask(harness, ["POST", "/api/portfolio"], {
    json: { name: "Savings" },
    ...owner !== undefined && { owner },
  });
  assertEquals(status, 201);
  return `/api/portfolio/${data.portfolio_id}`;
}
