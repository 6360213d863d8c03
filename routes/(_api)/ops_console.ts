import { z } from "zod";
import type { OpsService } from "../../services/ops/mod.ts";
import type { Clock } from "../../services/ports/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import {
  Audit,
  auditToWire,
  Coverage,
  coverageToWire,
  Fx,
  fxToWire,
  Held,
  heldToWire,
  Line,
  lineToWire,
  Overview,
  overviewToWire,
  Provider,
  providerToWire,
  Streams,
  streamsToWire,
} from "./ops_wire.ts";
import { IdParam, NOTHING, wholeNumber } from "./params.ts";
import { nextCursor, nextLink, ok } from "./reply.ts";
import { Task, TASKS_QUERY, tasksReply } from "./tasks.ts";

const tag = "Operator console";
/** The console shows this moment. */
const CURRENT = { "cache-control": "no-store" };
const LEVELS = ["debug", "info", "warn", "error"] as const;
const LIMIT = wholeNumber({ min: 1, max: 500, fallback: 50 });

interface ConsoleDeps {
  readonly ops: OpsService;
  readonly clock: Clock;
}

/** What the operator's console shows, for programs. */
export function consoleEndpoints(deps: ConsoleDeps): readonly Endpoint[] {
  return [...statusEndpoints(deps), ...listEndpoints(deps)];
}

function statusEndpoints({ ops, clock }: ConsoleDeps): readonly Endpoint[] {
  const current = (data: unknown) => ok(data, { now: clock.now(), headers: CURRENT });
  const shape = { tag, params: NOTHING, query: NOTHING };
  return [
    endpoint({
      ...shape,
      path: "/api/ops/overview",
      summary: "How the process, its sources, feeds, streams and queue stand",
      response: Overview,
      async handle() {
        return current(overviewToWire(await ops.getOverview()));
      },
    }),
    endpoint({
      ...shape,
      path: "/api/ops/providers",
      summary: "Outside sources: budgets, breakers, what went wrong",
      response: z.array(Provider),
      handle: () => current(ops.listProviders().map(providerToWire)),
    }),
    endpoint({
      ...shape,
      path: "/api/ops/streams",
      summary: "Streams to readers; null in a process that has none",
      response: Streams.nullable(),
      handle() {
        const streams = ops.getStreams();
        return current(streams && streamsToWire(streams));
      },
    }),
    endpoint({
      ...shape,
      path: "/api/ops/fx",
      summary: "Exchange rates: how far the end of day is off, and what is held for it",
      response: z.array(Fx),
      async handle() {
        return current((await ops.listFx()).map(fxToWire));
      },
    }),
    endpoint({
      ...shape,
      path: "/api/ops/coverage",
      summary: "How much of each series is stored",
      response: z.array(Coverage),
      async handle() {
        return current((await ops.listCoverage()).map(coverageToWire));
      },
    }),
  ];
}

function listEndpoints({ ops, clock }: ConsoleDeps): readonly Endpoint[] {
  const current = (data: unknown) => ok(data, { now: clock.now(), headers: CURRENT });
  return [
    endpoint({
      path: "/api/ops/jobs",
      tag,
      summary: "Background work, newest first",
      params: NOTHING,
      query: TASKS_QUERY,
      response: z.array(Task),
      handle: ({ query, url }) =>
        tasksReply(query, { list: (page) => ops.listJobs(page), url, now: clock.now() }),
    }),
    endpoint({
      path: "/api/ops/logs",
      tag,
      summary: "The newest lines of this process's log, secrets redacted",
      params: NOTHING,
      query: z.object({
        level: z.enum(LEVELS).default("info").describe("The lowest level"),
        trace: z.string().min(1).max(80).optional().describe("Of one request or job alone"),
        limit: wholeNumber({ min: 1, max: 1_000, fallback: 100 }),
      }),
      response: z.array(Line),
      handle: ({ query: { level, trace, limit } }) =>
        current(ops.listLogs({ level, trace, limit }).map(lineToWire)),
    }),
    endpoint({
      path: "/api/ops/held",
      tag,
      summary: "Prices that moved too far to be believed at once, newest first",
      params: NOTHING,
      query: z.object({ limit: LIMIT }),
      response: z.array(Held),
      async handle({ query }) {
        return current((await ops.listHeld(query)).map(heldToWire));
      },
    }),
    endpoint({
      path: "/api/ops/audit",
      tag,
      summary: "What operators did, newest first",
      params: NOTHING,
      query: z.object({
        limit: LIMIT,
        cursor: IdParam.optional().describe("From meta.next_cursor"),
      }),
      response: z.array(Audit),
      async handle({ query: { limit, cursor }, url }) {
        const page = await ops.listAudit({ limit, ...cursor !== undefined && { before: cursor } });
        const next = nextCursor(page, limit);
        return ok(page.map(auditToWire), {
          now: clock.now(),
          meta: { next_cursor: next },
          headers: { ...CURRENT, ...next !== null && nextLink(url, { cursor: next }) },
        });
      },
    }),
  ];
}
