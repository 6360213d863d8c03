import { z } from "zod";
import {
  type AutopilotService,
  type PoolCard,
  type PoolIngestion,
  type PoolService,
  SCORE_METHODS,
} from "../../services/defi/mod.ts";
import { AppError } from "../../services/kernel/errors.ts";
import { fingerprint } from "../../services/kernel/fingerprint.ts";
import type { Secret } from "../../services/kernel/secret.ts";
import type { UtcMs } from "../../services/kernel/time.ts";
import type { Clock } from "../../services/ports/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { decimalNumber, NOTHING, wholeNumber } from "./params.ts";
import { PoolPage, poolPageToWire, PoolRow, poolToWire } from "./pools_wire.ts";
import { nextLink, okJson, type Reply } from "./reply.ts";

const tag = "DeFi pools";
const MAX_ROWS = 500;
const MAX_POINTS = 5_000;
/** What pools may be sorted by. */
export const POOL_SORTS = [
  "score",
  "risk_adjusted_score",
  "stability_score",
  "supply_apy",
  "incentive_apy",
  "borrow_apy",
  "utilization",
  "tvl_usd",
  "symbol",
  "asof",
] as const;
export type PoolSort = typeof POOL_SORTS[number];

export const MethodParam = z.enum(SCORE_METHODS).default("v1").describe("How score is made");
const Slug = z.string().min(1).max(80).transform((text) => text.toLowerCase());

/** The part of the process that knows pools. */
export interface PoolParts {
  readonly pools: PoolService;
  readonly autopilot: AutopilotService;
  readonly ingestion: PoolIngestion;
  /** What operators ingest with; `null` lets nobody. */
  readonly adminKey: Secret | null;
}

type Deps = PoolParts & { readonly clock: Clock };

export function poolEndpoints(deps: Deps): readonly Endpoint[] {
  return [list(deps), detail(deps)];
}

function list({ pools, clock }: Deps): Endpoint {
  return endpoint({
    path: "/api/pools",
    tag,
    summary: "Pools with their newest reading and both scores",
    description: "Sorted and paged by the server; pools without a value come last. meta.origin " +
      "says which provider runs, and why it is not the one that was asked for.",
    params: NOTHING,
    query: z.object({
      sort: z.enum(POOL_SORTS).default("score"),
      order: z.enum(["asc", "desc"]).optional().describe("Symbols ascending, else descending"),
      method: MethodParam,
      chain: Slug.optional(),
      protocol: Slug.optional(),
      search: z.string().max(80).optional().describe("Part of the symbol or the id"),
      min_tvl: decimalNumber({ min: 0, max: 1e15 }).optional().describe("Dollars"),
      limit: wholeNumber({ min: 1, max: MAX_ROWS, fallback: 100 }),
      cursor: z.string().min(1).max(300).optional().describe("From meta.next_cursor"),
    }),
    response: z.array(PoolRow),
    async handle({ query, url }) {
      const now = clock.now();
      const cards = await pools.listCards();
      const sorted = sortCards(cards.filter((card) => isWanted(card, query)), query);
      const start = query.cursor === undefined ? 0 : positionAfter(query.cursor, sorted);
      const page = sorted.slice(start, start + query.limit);
      const last = page.at(-1);
      const hasNext = start + page.length < sorted.length && last !== undefined;
      const next = hasNext ? encodeCursor(last) : null;
      const meta = { total: sorted.length, next_cursor: next, origin: pools.origin };
      const headers = next === null ? {} : nextLink(url, { cursor: next });
      const { method } = query;
      return reply(page.map((card) => poolToWire(card, { now, method })), { now, meta, headers });
    },
  });
}

function detail({ pools, clock }: Deps): Endpoint {
  return endpoint({
    path: "/api/pools/{pool_id}",
    tag,
    summary: "A pool: series, metrics, scores explained, yield taken apart, warnings",
    params: z.object({ pool_id: z.string().min(1).max(300) }),
    query: z.object({
      points: wholeNumber({ min: 1, max: MAX_POINTS, fallback: 1_000 })
        .describe("Most points of the series, the newest"),
    }),
    response: PoolPage,
    refusals: [404],
    async handle({ params: { pool_id }, query: { points } }) {
      const now = clock.now();
      const found = await pools.getPool(pool_id);
      return reply(poolPageToWire(found, { now, points }), { now });
    },
  });
}

/** The answer, tagged by its own text: the same pools are the same bytes. */
function reply(
  data: unknown,
  { now, ...rest }: {
    readonly now: UtcMs;
    readonly meta?: Readonly<Record<string, unknown>>;
    readonly headers?: Readonly<Record<string, string>>;
  },
): Reply {
  const text = JSON.stringify(data);
  return okJson(text, { now, version: fingerprint(text).toString(36), ...rest });
}

interface Wanted {
  readonly chain?: string | undefined;
  readonly protocol?: string | undefined;
  readonly search?: string | undefined;
  readonly min_tvl?: number | undefined;
}

/** Whether a pool passes the filters. */
export function isWanted(
  { pool, metrics }: PoolCard,
  { chain, protocol, search = "", min_tvl = 0 }: Wanted,
): boolean {
  return (chain === undefined || pool.chain === chain) &&
    (protocol === undefined || pool.protocol === protocol) &&
    `${pool.symbol} ${pool.id}`.toLowerCase().includes(search.trim().toLowerCase()) &&
    // Nothing is known to be in a pool whose TVL is not.
    (min_tvl === 0 || (metrics.tvlUsd ?? 0) >= min_tvl);
}

/** Sorted by one column; those without a value come last, whatever the order. */
export function sortCards(
  cards: readonly PoolCard[],
  { sort, order, method }: {
    readonly sort: PoolSort;
    readonly order?: "asc" | "desc" | undefined;
    readonly method: typeof SCORE_METHODS[number];
  },
): readonly PoolCard[] {
  const direction = (order ?? (sort === "symbol" ? "asc" : "desc")) === "asc" ? 1 : -1;
  const byId = (a: PoolCard, b: PoolCard) => a.pool.id < b.pool.id ? -1 : 1;
  if (sort === "symbol") {
    const keyed = (card: PoolCard) => card.pool.symbol.toLowerCase();
    return cards.toSorted((a, b) =>
      keyed(a) === keyed(b) ? byId(a, b) : direction * (keyed(a) < keyed(b) ? -1 : 1)
    );
  }
  return cards.toSorted((a, b) => {
    const [x, y] = [valueOf(a, { sort, method }), valueOf(b, { sort, method })];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || byId(a, b);
    return direction * (x - y) || byId(a, b);
  });
}

function valueOf(
  { metrics, scores }: PoolCard,
  { sort, method }: {
    readonly sort: Exclude<PoolSort, "symbol">;
    readonly method: typeof SCORE_METHODS[number];
  },
): number | null {
  switch (sort) {
    case "score":
      return scores[method].score;
    case "risk_adjusted_score":
      return scores.v0.score;
    case "stability_score":
      return scores.stabilityScore;
    case "supply_apy":
      return metrics.supplyApy;
    case "incentive_apy":
      return metrics.incentiveApy;
    case "borrow_apy":
      return metrics.borrowApy;
    case "utilization":
      return metrics.utilization;
    case "tvl_usd":
      return metrics.tvlUsd;
    case "asof":
      return metrics.asof;
  }
}

function encodeCursor({ pool }: PoolCard): string {
  return btoa(pool.id).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function positionAfter(cursor: string, cards: readonly PoolCard[]): number {
  const position = cards.findIndex((card) => encodeCursor(card) === cursor);
  if (position >= 0) return position + 1;
  throw new AppError(
    "VALIDATION_FAILED",
    "Cannot read cursor: expected one from meta.next_cursor, of the same list",
    { details: { fields: [{ name: "cursor", message: "Not a cursor of this list" }] } },
  );
}
