import { z } from "zod";
import { AppError } from "../../services/kernel/errors.ts";
import { fingerprint } from "../../services/kernel/fingerprint.ts";
import { formatUtcMs, type UtcMs } from "../../services/kernel/time.ts";
import { type AssetLabel, labelOf, type MarketService } from "../../services/market/mod.ts";
import type { JobRecord } from "../../services/ports/jobs.ts";
import type { Clock } from "../../services/ports/mod.ts";
import {
  DEFAULT_METHOD,
  listCards,
  MAX_DAYS,
  type RecalculationQuery,
  SCORE_SORTS,
  type ScoreService,
} from "../../services/scores/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { AsofParam, AssetName, NOTHING, wholeNumber } from "./params.ts";
import { ok, okJson, type Reply } from "./reply.ts";
import {
  Change,
  changeToWire,
  Detail,
  detailToWire,
  HonestyReport,
  honestyToWire,
  Method,
  methodToWire,
  rowToWire,
  ScoreRow,
} from "./scores_wire.ts";
import { Task, taskToWire } from "./tasks.ts";

const tag = "Scores";
/** Lines of the list; more than the registry holds. */
const MAX_ROWS = 500;

const MethodParam = z.string().min(1).max(40).default(DEFAULT_METHOD).describe(
  "Version of the method, as GET /api/scores/methods lists them",
);
const WHEN = { method: MethodParam, asof: AsofParam };

/** The part of the process that scores. */
export interface Scoring {
  readonly scores: ScoreService;
  /** Queues a recalculation, or finds the one that does it already. */
  readonly recalculate: (query: RecalculationQuery) => Promise<JobRecord>;
}

interface ScoreDeps {
  readonly scores: ScoreService;
  readonly market: MarketService;
  readonly clock: Clock;
}

/** Fixed paths stand before the one with an asset in it. */
export function scoreEndpoints(deps: ScoreDeps): readonly Endpoint[] {
  return [list(deps), methods(deps), changes(deps), honesty(deps), detail(deps)];
}

function list({ scores, market, clock }: ScoreDeps): Endpoint {
  return endpoint({
    path: "/api/scores",
    tag,
    summary: "Scores of all assets with candles, by rank",
    description: "Scored against the reference set of the day; unranked assets come last. " +
      "Nothing after asof is used: the same asof over the same candles answers the same.",
    params: NOTHING,
    query: z.object({
      ...WHEN,
      theme: z.string().min(1).max(80).optional().describe("Only assets of this theme"),
      search: z.string().max(80).optional().describe("Part of the name, symbol or id"),
      sort: z.enum(SCORE_SORTS).default("rank"),
      order: z.enum(["asc", "desc"]).optional().describe(
        "Ranks and names ascending, else descending",
      ),
      limit: wholeNumber({ min: 1, max: MAX_ROWS, fallback: MAX_ROWS }),
    }),
    response: z.array(ScoreRow),
    async handle({ query: { theme, search, sort, order, limit, ...when } }) {
      const { run } = await scores.getBoard(when);
      const labels = labelsOf(market);
      if (theme !== undefined) checkTheme(theme, labels);
      const sorted = listCards(run?.cards ?? [], { labels, theme, search, sort, order })
        .slice(0, limit);
      const rows = run === null ? [] : sorted.flatMap((card) => {
        const label = labels.get(card.assetId);
        return label ? [rowToWire(card, { run, label })] : [];
      });
      const meta = {
        method: when.method,
        asof: run && formatUtcMs(run.asof),
        universe: run?.universe.length ?? 0,
        lineage: run?.lineage ?? null,
      };
      return reply(rows, { now: clock.now(), meta });
    },
  });
}

function detail({ scores, market, clock }: ScoreDeps): Endpoint {
  return endpoint({
    path: "/api/scores/{asset_id}",
    tag,
    summary: "An asset's score with its explanation, change and history",
    description: "Contributions add up to the score exactly. The history is that of stored runs.",
    params: z.object({ asset_id: AssetName }),
    query: z.object(WHEN),
    response: Detail,
    refusals: [404, 409],
    async handle({ params: { asset_id }, query }) {
      const found = await scores.getDetail(asset_id, query);
      const data = detailToWire(found, labelOf(market.resolve(asset_id)));
      return reply(data, { now: clock.now() });
    },
  });
}

function methods({ scores, clock }: ScoreDeps): Endpoint {
  return endpoint({
    path: "/api/scores/methods",
    tag,
    summary: "Ways of scoring: pillars, metrics, windows, weights",
    params: NOTHING,
    query: NOTHING,
    response: z.array(Method),
    handle: () => reply(scores.listMethods().map(methodToWire), { now: clock.now() }),
  });
}

function changes({ scores, clock }: ScoreDeps): Endpoint {
  return endpoint({
    path: "/api/scores/changes",
    tag,
    summary: "What moved each score since the day before, most first",
    params: NOTHING,
    query: z.object({ ...WHEN, limit: wholeNumber({ min: 1, max: MAX_ROWS, fallback: MAX_ROWS }) }),
    response: z.array(Change),
    async handle({ query: { limit, ...when } }) {
      const found = await scores.listChanges(when);
      return reply(found.slice(0, limit).map(changeToWire), { now: clock.now() });
    },
  });
}

function honesty({ scores, clock }: ScoreDeps): Endpoint {
  return endpoint({
    path: "/api/scores/honesty",
    tag,
    summary: "How each pillar went with the next 7 and 30 days' return, whatever it is",
    description: "Spearman's rank correlation over the members of each day, averaged over days " +
      "a horizon apart so that no return counts twice; days with fewer than 5 members are left out.",
    params: NOTHING,
    query: z.object(WHEN),
    response: HonestyReport,
    async handle({ query }) {
      return reply(honestyToWire(await scores.getHonesty(query)), { now: clock.now() });
    },
  });
}

/** Asks for a recalculation. */
export function recalculateEndpoint(
  { recalculate, clock }: Pick<Scoring, "recalculate"> & { readonly clock: Clock },
): Endpoint {
  return endpoint({
    method: "POST",
    path: "/api/tasks/recalculate",
    tag,
    summary: "Score anew; GET /api/tasks/{id} tells how far it is",
    description: "Without asof: the newest day, and days before it that were not scored yet. " +
      "Requests for the same inputs share one task until it is over.",
    params: NOTHING,
    query: z.object({
      method: MethodParam.removeDefault().optional().describe("Every method without it"),
      asof: AsofParam,
      days: wholeNumber({ min: 1, max: MAX_DAYS, fallback: 1 }).describe("Days up to asof"),
    }),
    response: Task,
    status: 202,
    async handle({ query }) {
      const job = await recalculate(query);
      const headers = { "cache-control": "no-store", location: `/api/tasks/${job.id}` };
      return ok(taskToWire(job), { status: 202, now: clock.now(), headers });
    },
  });
}

/** The answer, tagged by its own text: the same scores are the same bytes. */
function reply(
  data: unknown,
  { now, meta }: { now: UtcMs; meta?: Readonly<Record<string, unknown>> },
): Reply {
  const text = JSON.stringify(data);
  return okJson(text, { now, version: fingerprint(text).toString(36), meta });
}

function labelsOf(market: MarketService): ReadonlyMap<string, AssetLabel> {
  return new Map(market.listAssets().map((asset) => [asset.id, labelOf(asset)]));
}

function checkTheme(theme: string, labels: ReadonlyMap<string, AssetLabel>): void {
  const themes = [...new Set([...labels.values()].flatMap((label) => label.themes))].sort();
  if (themes.includes(theme)) return;
  throw new AppError("VALIDATION_FAILED", `Cannot filter by theme "${theme}": no asset has it`, {
    details: { field: "theme", candidates: themes },
  });
}
