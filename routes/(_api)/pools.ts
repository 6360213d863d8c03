import { z } from "zod";
import {
  type AutopilotService,
  filterPools,
  POOL_SORTS,
  type PoolCard,
  type PoolIngestion,
  type PoolService,
  poolSources,
  SCORE_METHODS,
  sortPools,
} from "../../services/defi/mod.ts";
import { AppError } from "../../services/kernel/errors.ts";
import { fingerprint } from "../../services/kernel/fingerprint.ts";
import type { Secret } from "../../services/kernel/secret.ts";
import { DAY_MS, type UtcMs } from "../../services/kernel/time.ts";
import type { Clock } from "../../services/ports/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { decimalNumber, instant, NOTHING, wholeNumber } from "./params.ts";
import { PoolPage, poolPageToWire, PoolRow, poolToWire } from "./pools_wire.ts";
import { nextLink, okJson, type Reply } from "./reply.ts";

const tag = "DeFi pools";
const MAX_ROWS = 500;
const MAX_POINTS = 5_000;
export const MethodParam = z.enum(SCORE_METHODS).default("v1").describe("How score is made");
/** A day of the past stands for its end. */
export const PoolsAsofParam = instant("asof", { dayIs: "end" }).meta({
  description: "What was known then: readings of that time or before, learned by then. ISO 8601 " +
    "or epoch ms; a day means its end. Without it: now",
  examples: ["2026-04-21"],
});
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
    description:
      "Sorted and paged by the server; pools without a value come last. Each row names " +
      "its source, and meta.origin.sources counts those of all rows that fit. meta.fetcher says " +
      "which provider fetches (null: nobody), and why it is not the one that was asked for.",
    params: NOTHING,
    query: z.object({
      sort: z.enum(POOL_SORTS).default("score"),
      order: z.enum(["asc", "desc"]).optional().describe("Symbols ascending, else descending"),
      method: MethodParam,
      chain: Slug.optional(),
      protocol: Slug.optional(),
      search: z.string().max(80).optional().describe("Words, each part of symbol or id"),
      asset: Slug.optional().describe("The whole symbol"),
      stable: z.enum(["true", "false"]).optional().describe(
        "Only pools whose tokens all hold the value of a currency, told by their symbols; or none",
      ),
      min_tvl: decimalNumber({ min: 0, max: 1e15 }).optional().describe("Dollars"),
      open: z.literal("true").optional().describe("Only pools that take deposits"),
      max_age_days: decimalNumber({ min: 0, max: 36_500 }).optional().describe(
        "Only pools that were read at most so long before the newest reading of all",
      ),
      asof: PoolsAsofParam,
      limit: wholeNumber({ min: 1, max: MAX_ROWS, fallback: 100 }),
      cursor: z.string().min(1).max(300).optional().describe("From meta.next_cursor"),
    }),
    response: z.array(PoolRow),
    async handle({ query, url }) {
      const { asof, min_tvl, max_age_days, stable, open, method } = query;
      const now = clock.now();
      const cards = await pools.listCards({ asof });
      const wanted = {
        ...query,
        minTvlUsd: min_tvl,
        isOpen: open === "true",
        maxAgeMs: max_age_days === undefined ? undefined : max_age_days * DAY_MS,
        stable: stable === undefined ? undefined : stable === "true",
      };
      const sorted = sortPools(filterPools(cards, wanted), query);
      const start = query.cursor === undefined ? 0 : positionAfter(query.cursor, sorted);
      const page = sorted.slice(start, start + query.limit);
      const last = page.at(-1);
      const hasNext = start + page.length < sorted.length && last !== undefined;
      const next = hasNext ? encodeCursor(last) : null;
      const meta = {
        ...{ total: sorted.length, next_cursor: next },
        origin: { sources: poolSources(sorted) },
        fetcher: await pools.getFetcher(),
      };
      const headers = next === null ? {} : nextLink(url, { cursor: next });
      const rows = page.map((card) => poolToWire(card, { now: asof ?? now, method }));
      return reply(rows, { now, meta, headers });
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
      asof: PoolsAsofParam,
    }),
    response: PoolPage,
    refusals: [404],
    async handle({ params: { pool_id }, query: { points, asof } }) {
      const now = clock.now();
      const found = await pools.getPool(pool_id, { asof });
      return reply(poolPageToWire(found, { now: asof ?? now, points }), { now });
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
