import { z } from "zod";
import { formatUtcMs, type UtcMs } from "../../services/kernel/time.ts";
import type { FeedStatus, HeldPrice } from "../../services/market/mod.ts";
import type {
  CoverageRow,
  FxCurrencyStatus,
  FxRateShown,
  HeldPoolReading,
  LogLine,
  OpsOverview,
  PoolFigures,
  ProviderStatus,
  QueueStatus,
  StreamStats,
} from "../../services/ops/mod.ts";
import type { AuditEntry } from "../../services/ports/audit.ts";
import { Instant } from "./schemas.ts";

/** A source as the API tells it. */
export const Provider = z.object({
  name: z.string(),
  label: z.string(),
  missing_key: z.string().nullable().describe(
    "The setting of a key without which nothing calls it",
  ),
  breaker: z.object({
    state: z.enum(["closed", "open", "half_open"]),
    since: Instant,
    retry_at: Instant.nullable().describe("When the next probe may go out"),
    is_forced: z.boolean().describe("An operator holds it open"),
  }),
  frozen: z.object({
    status: z.int().describe("What it refused us with; 0 where an operator froze it"),
    reason: z.string(),
    at: Instant,
  }).nullable(),
  budgets: z.array(z.object({
    window: z.enum(["second", "minute", "day", "month"]),
    limit: z.number(),
    used: z.number(),
    refilled_at: Instant,
  })),
  share: z.number().describe("Share of its budgets in use now: 0.5 to 1"),
  counted_by: z.enum(["redis", "process", "fallback"]),
  paused_until: Instant.nullable().describe("As the source asked by Retry-After"),
  urls: z.array(z.object({ url: z.string(), problem: z.string().nullable() })),
  calls: z.int(),
  rate_limited: z.int(),
  failures: z.int(),
  last_success_at: Instant.nullable(),
  last_failure: z.object({ at: Instant, message: z.string() }).nullable(),
}).meta({ id: "Provider" });

/** A venue's stream as the API tells it. */
const Feed = z.object({
  venue: z.string(),
  state: z.enum(["connecting", "live", "silent", "reconnecting", "unavailable"]),
  url: z.string(),
  since: Instant,
  last_frame_at: Instant.nullable(),
  attempts: z.int(),
  reason: z.string().nullable(),
  bad_frames: z.int(),
}).meta({ id: "Feed" });

/** What the streams to readers do. */
export const Streams = z.object({
  sse: z.int().describe("Streams of events that are open"),
  websocket: z.int(),
  encoded: z.int().describe("Events, each counted once whatever the number of its readers"),
  delivered: z.int(),
  conflated: z.int().describe("Values that slow readers skipped for newer ones"),
  refused: z.int(),
  lag_p99_ms: z.number().nullable(),
  is_shedding: z.boolean(),
}).meta({ id: "Streams" });

/** What waits, runs and lies dead. */
const Queue = z.object({
  counts: z.array(z.object({ name: z.string(), state: z.string(), count: z.int() })),
  oldest_due_seconds: z.number(),
}).meta({ id: "Queue" });

/** How the process and what it depends on stand. */
export const Overview = z.object({
  version: z.string(),
  uptime_seconds: z.number(),
  providers: z.array(Provider),
  feeds: z.array(Feed),
  streams: Streams.nullable().describe("null in a process that streams nothing"),
  queue: Queue,
}).meta({ id: "OpsOverview" });

/** Stored share of each interval. */
export const Coverage = z.object({
  asset_id: z.string(),
  symbol: z.string(),
  shares: z.record(z.string(), z.number().nullable()),
}).meta({ id: "Coverage" });

/** A line of the log. */
export const Line = z.object({
  at: Instant,
  level: z.enum(["DEBUG", "INFO", "WARN", "ERROR"]),
  logger: z.string(),
  message: z.string(),
  trace_id: z.string().nullable(),
  fields: z.record(z.string(), z.unknown()),
}).meta({ id: "LogLine" });

/** A price that moved too far to be believed at once. */
export const Held = z.object({
  id: z.string(),
  asset_id: z.string(),
  venue: z.string(),
  price_usd: z.number(),
  at: Instant,
  last_price_usd: z.number().describe("The last price believed"),
  last_at: Instant,
  state: z.enum(["held", "confirmed", "accepted", "dropped"]),
  settled_by: z.string().nullable(),
  settled_at: Instant.nullable(),
}).meta({ id: "HeldPrice" });

/** A pool's reading that waits for another to confirm it. */
export const HeldPool = z.object({
  pool_id: z.string(),
  source: z.string(),
  at: Instant,
  supply_apy: z.number(),
  incentive_apy: z.number().nullable(),
  tvl_usd: z.number().nullable(),
  last: z.object({
    at: Instant,
    supply_apy: z.number(),
    incentive_apy: z.number().nullable(),
    tvl_usd: z.number().nullable(),
  }).nullable().describe("The newest reading before it that counts"),
}).meta({ id: "HeldPoolReading" });

/** What an operator did. */
export const Audit = z.object({
  id: z.string(),
  at: Instant,
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  details: z.unknown().describe("outcome is done, refused or failed, with its reason"),
}).meta({ id: "AuditEntry" });

export function providerToWire(provider: ProviderStatus): z.input<typeof Provider> {
  const { breaker, frozen, lastFailure } = provider;
  return {
    name: provider.name,
    label: provider.label,
    missing_key: provider.missingKey,
    breaker: {
      state: breaker.state,
      since: formatUtcMs(breaker.since),
      retry_at: timeOrNull(breaker.retryAt),
      is_forced: breaker.isForced,
    },
    frozen: frozen && { ...frozen, at: formatUtcMs(frozen.at) },
    budgets: provider.budgets.map(({ refilledAt, ...budget }) => ({
      ...budget,
      refilled_at: formatUtcMs(refilledAt),
    })),
    share: provider.share,
    counted_by: provider.countedBy,
    paused_until: timeOrNull(provider.pausedUntil),
    urls: [...provider.urls],
    calls: provider.calls,
    rate_limited: provider.rateLimited,
    failures: provider.failures,
    last_success_at: timeOrNull(provider.lastSuccessAt),
    last_failure: lastFailure && { ...lastFailure, at: formatUtcMs(lastFailure.at) },
  };
}

function feedToWire({ lastFrameAt, badFrames, ...feed }: FeedStatus): z.input<typeof Feed> {
  return {
    ...feed,
    since: formatUtcMs(feed.since),
    last_frame_at: timeOrNull(lastFrameAt),
    bad_frames: badFrames,
  };
}

export function streamsToWire(
  { lagP99Ms, isShedding, ...counts }: StreamStats,
): z.input<typeof Streams> {
  return { ...counts, lag_p99_ms: lagP99Ms, is_shedding: isShedding };
}

export function overviewToWire(
  { version, uptimeSeconds, providers, feeds, streams, queue }: OpsOverview,
): z.input<typeof Overview> {
  return {
    version,
    uptime_seconds: uptimeSeconds,
    providers: providers.map(providerToWire),
    feeds: feeds.map(feedToWire),
    streams: streams && streamsToWire(streams),
    queue: queueToWire(queue),
  };
}

export function coverageToWire(
  { assetId, symbol, shares }: CoverageRow,
): z.input<typeof Coverage> {
  return { asset_id: assetId, symbol, shares: { ...shares } };
}

export function lineToWire({ at, traceId, ...line }: LogLine): z.input<typeof Line> {
  return { ...line, at: formatUtcMs(at), trace_id: traceId };
}

export function heldToWire(held: HeldPrice): z.input<typeof Held> {
  return {
    id: held.id,
    asset_id: held.assetId,
    venue: held.venue,
    price_usd: held.priceUsd,
    at: formatUtcMs(held.at),
    last_price_usd: held.lastPriceUsd,
    last_at: formatUtcMs(held.lastAt),
    state: held.state,
    settled_by: held.settledBy,
    settled_at: timeOrNull(held.settledAt),
  };
}

export function heldPoolToWire(
  { reading, believed }: HeldPoolReading,
): z.input<typeof HeldPool> {
  return {
    pool_id: reading.poolId,
    source: reading.source,
    ...poolFiguresToWire(reading),
    last: believed && poolFiguresToWire(believed),
  };
}

function poolFiguresToWire({ ts, supplyApy, incentiveApy, tvlUsd }: PoolFigures) {
  return {
    at: formatUtcMs(ts),
    supply_apy: supplyApy,
    incentive_apy: incentiveApy,
    tvl_usd: tvlUsd,
  };
}

export function auditToWire({ at, ...entry }: AuditEntry): z.input<typeof Audit> {
  return { ...entry, at: formatUtcMs(at) };
}

function queueToWire({ counts, oldestDueSeconds }: QueueStatus): z.input<typeof Queue> {
  return { counts: [...counts], oldest_due_seconds: oldestDueSeconds };
}

const FxShown = z.object({
  rate: z.number().describe("Units of the currency for a dollar"),
  source: z.string(),
  asof: Instant,
}).meta({ id: "FxRate" });

export const Fx = z.object({
  currency: z.string(),
  state: z.enum(["intraday", "eod", "permitted", "delayed", "unpriced"])
    .describe("delayed: values are held until intraday is back or the fallback is allowed"),
  fallback: FxShown.nullable().describe("End-of-day rate"),
  last_intraday: FxShown.nullable(),
  drift_bps: z.number().nullable().describe("Gap of the two while the fallback is asked for"),
  permitted_until: Instant.nullable(),
}).meta({ id: "FxStatus" });

export function fxToWire(status: FxCurrencyStatus): z.input<typeof Fx> {
  return {
    currency: status.currency,
    state: status.state,
    fallback: fxRateToWire(status.fallback),
    last_intraday: fxRateToWire(status.lastIntraday),
    drift_bps: status.driftBps,
    permitted_until: timeOrNull(status.permittedUntil),
  };
}

function fxRateToWire(shown: FxRateShown | null): z.input<typeof FxShown> | null {
  return shown && { rate: shown.rate, source: shown.source, asof: formatUtcMs(shown.asof) };
}

function timeOrNull(at: UtcMs | null): string | null {
  return at === null ? null : formatUtcMs(at);
}
