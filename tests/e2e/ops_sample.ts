import type { Uuid } from "@/services/kernel/ids.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, type UtcMs } from "@/services/kernel/time.ts";
import { type AssetId, type FeedStatus, type Interval, INTERVALS } from "@/services/market/mod.ts";
import type { OpsView, ProviderStatus } from "@/services/ops/mod.ts";
import type { JobRecord } from "@/services/ports/jobs.ts";

/** A provider in order, with what a test changes of it. */
function provider(
  name: string,
  { now, ...fields }: Partial<ProviderStatus> & { now: UtcMs },
): ProviderStatus {
  return {
    name,
    label: name,
    missingKey: null,
    breaker: { state: "closed", since: ago(now, HOUR_MS), retryAt: null, isForced: false },
    frozen: null,
    budgets: [{ window: "minute", limit: 1_200, used: 412, refilledAt: now }],
    share: 1,
    countedBy: "redis",
    pausedUntil: null,
    urls: [],
    calls: 18_240,
    rateLimited: 3,
    failures: 12,
    lastSuccessAt: ago(now, 12 * SECOND_MS),
    lastFailure: null,
    ...fields,
  };
}

function job(at: number, { now, ...fields }: Partial<JobRecord> & { now: UtcMs }): JobRecord {
  return {
    id: `00000000-0000-7000-8000-00000000000${at}` as Uuid,
    name: "backfill_candles",
    key: "ethereum 1h 2022-01-01",
    payload: {},
    state: "running",
    runAt: now,
    leaseUntil: now,
    leaseOwner: "worker",
    attempts: 1,
    maxAttempts: 5,
    timeoutMs: MINUTE_MS,
    isCancelRequested: false,
    progress: null,
    result: null,
    error: null,
    createdAt: ago(now, 3 * MINUTE_MS),
    startedAt: ago(now, 2 * MINUTE_MS),
    finishedAt: null,
    ...fields,
  };
}

function ago(now: UtcMs, ms: number): UtcMs {
  return now - ms as UtcMs;
}

/** Providers in each state that they can be in. */
function providersAt(now: UtcMs): ProviderStatus[] {
  const coingecko = [
    { window: "second", limit: 5, used: 1, refilledAt: now },
    { window: "minute", limit: 30, used: 23, refilledAt: now },
    { window: "month", limit: 10_000, used: 9_214, refilledAt: now },
  ] as const;
  return [
    provider("binance", { now, label: "Binance" }),
    provider("coinbase", {
      now,
      label: "Coinbase Exchange",
      breaker: {
        state: "open",
        since: ago(now, MINUTE_MS),
        retryAt: now + 20 * SECOND_MS as UtcMs,
        isForced: false,
      },
      lastFailure: { at: ago(now, MINUTE_MS), message: "No answer within 5 s" },
    }),
    provider("coingecko", {
      now,
      label: "CoinGecko",
      budgets: coingecko,
      share: 0.6,
      countedBy: "fallback",
      breaker: { state: "half_open", since: now, retryAt: null, isForced: false },
    }),
    provider("etherscan", {
      now,
      label: "Etherscan",
      frozen: { status: 401, reason: "Unauthorized", at: ago(now, HOUR_MS) },
      lastSuccessAt: null,
    }),
    provider("exchangerate", {
      now,
      label: "exchangerate.host",
      missingKey: "TOKENLYSIS_EXCHANGERATE_KEY",
      budgets: [],
      calls: 0,
      failures: 0,
      lastSuccessAt: null,
    }),
    provider("frankfurter", {
      now,
      label: "Frankfurter (ECB reference rates)",
      breaker: { state: "open", since: now, retryAt: now + MINUTE_MS as UtcMs, isForced: false },
      lastFailure: {
        at: now,
        message: "Cannot reach https://api.frankfurter.dev/v1/2026-11-07..2026-11-20: " +
          "error sending request: client error (Connect): dns error",
      },
    }),
  ];
}

function jobsAt(now: UtcMs): JobRecord[] {
  return [
    job(1, { now, progress: { done: 18_240, total: 26_304, note: "412 rows/s" } }),
    job(2, { now, name: "heal_candles", key: "bitcoin 5m", state: "queued", attempts: 0 }),
    job(3, {
      now,
      name: "fetch_spot_prices",
      key: "2026-11-21T06:00",
      state: "dead",
      attempts: 5,
      error: "CoinGecko refused with 429: the budget of the month is spent",
      finishedAt: ago(now, 3 * HOUR_MS),
    }),
    job(4, { now, name: "prune_jobs", key: "2026-11-21", state: "done", finishedAt: now }),
  ];
}

const NO_CANDLES = Object.fromEntries(INTERVALS.map((interval) => [interval, null])) as Record<
  Interval,
  null
>;

const COVERED: readonly (readonly [string, string, number | null, number, number])[] = [
  ["bitcoin", "BTC", 0.998, 1, 1],
  ["ethereum", "ETH", 0.997, 0.693, 1],
  ["solana", "SOL", 0.981, 0.999, 1],
  ["eos", "EOS", null, 0.714, 0.989],
];

const LINES = [
  ["WARN", "provider.http", "CoinGecko budget at 92% of the month, pace lowered to 60%"],
  ["ERROR", "provider.http", "Etherscan answered 401 Unauthorized, key [redacted]; it is frozen"],
  ["INFO", "worker.job", "Backfill candles ETH 1h: 18,240 of 26,304"],
] as const;

function feedsAt(now: UtcMs): FeedStatus[] {
  return [
    {
      venue: "binance",
      state: "live",
      url: "wss://stream.binance.com:9443/ws",
      since: ago(now, 23 * HOUR_MS),
      lastFrameAt: now,
      attempts: 0,
      reason: null,
      badFrames: 0,
    },
    {
      venue: "coinbase",
      state: "reconnecting",
      url: "wss://ws-feed.exchange.coinbase.com",
      since: ago(now, 41 * SECOND_MS),
      lastFrameAt: ago(now, 41 * SECOND_MS),
      attempts: 4,
      reason: "Closed with 1006",
      badFrames: 2,
    },
  ];
}

/** A fetch that went well, with a reading that waits and a row that could not be read. */
function poolsAt(now: UtcMs): OpsView["pools"] {
  return {
    ...{ provider: "dune", wanted: "dune", fallback: null },
    fetches: [{
      target: "query/3238025",
      startedAt: ago(now, 20 * MINUTE_MS),
      finishedAt: ago(now, 19 * MINUTE_MS),
      nextAt: now + 40 * MINUTE_MS as UtcMs,
      problem: null,
      pending: null,
    }, {
      target: "query/3238026",
      startedAt: ago(now, 50 * MINUTE_MS),
      finishedAt: ago(now, 49 * MINUTE_MS),
      nextAt: now + 10 * MINUTE_MS as UtcMs,
      problem:
        "Cannot call dune: Cannot reach https://api.dune.com/api/v1/query/3238026/execute: " +
        "error sending request: client error (Connect): dns error: Name or service not known",
      pending: "Execution 01HK, asked for at 2026-01-10T11:30:00Z, is not read yet: the next " +
        "fetch takes it up again",
    }],
    held: [{
      reading: {
        ...{ poolId: "aave-v3-base-0xabc", source: "dune", ts: ago(now, 25 * MINUTE_MS) },
        ...{ supplyApy: 0.0521, incentiveApy: null, tvlUsd: 9.1e9 },
      },
      believed: {
        ...{ ts: ago(now, 85 * MINUTE_MS), supplyApy: 0.0519, incentiveApy: null, tvlUsd: 9.1e8 },
      },
    }],
    quarantined: [{
      ...{ provider: "dune", target: "query/3238025", line: 17 },
      ...{ reason: 'Cannot read ts "soon": no ISO 8601 time', seenAt: ago(now, 20 * MINUTE_MS) },
    }],
  };
}

/** The console of a bad day, so that every state is on it. */
export function sampleOpsView(now: UtcMs): OpsView {
  return {
    now,
    version: "0.1.0",
    uptimeSeconds: 532_800,
    providers: providersAt(now),
    feeds: feedsAt(now),
    streams: {
      sse: 380,
      websocket: 32,
      encoded: 912_000,
      delivered: 48_300_112,
      conflated: 1_204,
      refused: 0,
      lagP99Ms: 12.4,
      isShedding: false,
    },
    queue: {
      counts: [
        { name: "backfill_candles", state: "running", count: 1 },
        { name: "heal_candles", state: "queued", count: 1 },
        { name: "fetch_spot_prices", state: "dead", count: 1 },
      ],
      oldestDueSeconds: 0,
    },
    jobs: jobsAt(now),
    coverage: COVERED.map(([assetId, symbol, fine, hour, day]) => ({
      assetId,
      symbol,
      shares: { ...NO_CANDLES, "5m": fine, "1h": hour, "1d": day },
    })),
    held: [{
      id: "held-1",
      assetId: "dogecoin" as AssetId,
      venue: "coinbase",
      priceUsd: 2.41,
      at: ago(now, MINUTE_MS),
      lastPriceUsd: 0.2344,
      lastAt: ago(now, 2 * MINUTE_MS),
      state: "held",
      settledBy: null,
      settledAt: null,
    }],
    pools: poolsAt(now),
    fx: [{
      currency: "EUR",
      state: "delayed",
      fallback: { rate: 0.8576, source: "frankfurter", asof: ago(now, 2 * HOUR_MS) },
      lastIntraday: { rate: 0.8551, source: "exchangerate_host", asof: ago(now, 3 * HOUR_MS) },
      driftBps: 29.236347,
      permittedUntil: null,
    }],
    logs: LINES.map(([level, logger, message], at) => ({
      at: ago(now, at * 6_100),
      level,
      logger,
      message,
      fields: {},
      traceId: at === 0 ? null : `7c1e0f4${at}-5e00-4000-8000-000000000000`,
    })),
    audit: [{
      id: "audit-1",
      at: ago(now, HOUR_MS),
      actor: "owner",
      action: "provider.thaw",
      subject: "etherscan",
      details: {},
    }],
  };
}
