import { z } from "zod";
import type { IngestReport, IngestStatus } from "../../services/defi/mod.ts";
import { formatUtcMs } from "../../services/kernel/time.ts";
import type { Clock } from "../../services/ports/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { checkAdminKey } from "./middleware/admin_key.ts";
import { HeldPool, heldPoolToWire } from "./ops_wire.ts";
import { NOTHING, wholeNumber } from "./params.ts";
import type { PoolParts } from "./pools.ts";
import { ok } from "./reply.ts";
import { Instant } from "./schemas.ts";

const CURRENT = { "cache-control": "no-store" };
const SetAside = z.object({
  line: z.int().describe("Of the answer or file, from 1"),
  reason: z.string(),
});

const Ingested = z.object({
  provider: z.string(),
  fetched: z.array(z.string()),
  read: z.int(),
  inserted: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  held: z.int(),
  quarantined: z.int(),
  errors: z.array(SetAside),
  problems: z.record(z.string(), z.string()).describe("Targets that failed, and why"),
}).meta({ id: "PoolIngest" });

const Intake = z.object({
  provider: z.string().nullable().describe("Who fetches; null where nobody does"),
  wanted: z.string().describe("By DATA_PROVIDER"),
  fallback: z.string().nullable().describe("Why it is not the one that is wanted"),
  fetches: z.array(z.object({
    target: z.string(),
    started_at: Instant,
    finished_at: Instant.nullable().describe("null while it runs, or if it was cut off"),
    next_at: Instant.describe("From when it is due again"),
    problem: z.string().nullable(),
    pending: z.string().nullable().describe("What is paid for and not read yet"),
  })),
  held: z.array(HeldPool).describe(
    "Readings that wait for the next one to confirm them, newest first",
  ),
  quarantined: z.array(SetAside.extend({
    provider: z.string(),
    target: z.string(),
    seen_at: Instant.describe("When it was first set aside"),
  })).describe("Rows that could not be read, of the newest answer to each target"),
}).meta({ id: "PoolIntake" });

type Deps = PoolParts & { readonly clock: Clock };

/** What operators see of the pools' way in, and how they have them fetched. */
export function intakeEndpoints({ pools, ingestion, adminKey, clock }: Deps): readonly Endpoint[] {
  return [
    endpoint({
      method: "POST",
      path: "/api/admin/ingest",
      tag: "DeFi pools",
      summary: "Fetch pools now, whatever was fetched last",
      description:
        "Takes the operator's key in X-Admin-Key. Running it twice adds nothing twice. " +
        "Every use is written to the audit log, and so is a wrong key.",
      params: NOTHING,
      query: NOTHING,
      response: Ingested,
      refusals: [401, 409],
      async handle({ headers }) {
        await checkAdminKey(headers(), {
          key: adminKey,
          onWrong: (reason) => ingestion.noteRefusal("unknown", reason),
        });
        const report = await ingestion.runNow({ actor: "admin key" });
        return ok(ingestToWire(report), { now: clock.now(), headers: CURRENT });
      },
    }),
    endpoint({
      path: "/api/ops/pools",
      tag: "Operator console",
      summary: "Where pools come from: fetches, readings held, rows set aside",
      params: NOTHING,
      query: z.object({ limit: wholeNumber({ min: 1, max: 500, fallback: 100 }) }),
      response: Intake,
      async handle({ query: { limit } }) {
        const status = await ingestion.getStatus({ limit });
        const answer = { ...await pools.getFetcher(), ...statusToWire(status) };
        return ok(answer, { now: clock.now(), headers: CURRENT });
      },
    }),
  ];
}

function ingestToWire(report: IngestReport): z.output<typeof Ingested> {
  return { ...report, fetched: [...report.fetched], errors: [...report.errors] };
}

function statusToWire(
  { fetches, held, quarantined }: IngestStatus,
): Pick<z.output<typeof Intake>, "fetches" | "held" | "quarantined"> {
  return {
    fetches: fetches.map(({ target, startedAt, finishedAt, nextAt, problem, pending }) => ({
      target,
      started_at: formatUtcMs(startedAt),
      finished_at: finishedAt === null ? null : formatUtcMs(finishedAt),
      next_at: formatUtcMs(nextAt),
      problem,
      pending,
    })),
    held: held.map(heldPoolToWire),
    quarantined: quarantined.map(({ provider, target, line, reason, seenAt }) => ({
      ...{ provider, target, line, reason },
      seen_at: formatUtcMs(seenAt),
    })),
  };
}
