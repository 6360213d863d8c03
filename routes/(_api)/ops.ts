import { z } from "zod";
import { AppError } from "../../services/kernel/errors.ts";
import type { HealthService } from "../../services/ops/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import type { JsonObject } from "./openapi.ts";
import { NOTHING } from "./params.ts";
import { bare } from "./reply.ts";

const tag = "Operations";
/** Probes ask for the state of this moment: no cache may answer for the process. */
const PROBE = { headers: { "cache-control": "no-store" } };

export function opsEndpoints(
  { health }: { readonly health: HealthService },
): readonly Endpoint[] {
  return [
    endpoint({
      path: "/health",
      tag,
      summary: "Whether the process is alive, what runs and for how long",
      params: NOTHING,
      query: NOTHING,
      response: z.object({
        status: z.enum(["ok", "degraded"]),
        versions: z.record(z.string(), z.string()),
        uptime: z.number().describe("Seconds"),
      }).meta({ id: "Health" }),
      isBare: true,
      async handle() {
        return bare(JSON.stringify(await health.getHealth()), PROBE);
      },
    }),
    endpoint({
      path: "/healthz",
      tag,
      summary: "Whether requests should be sent here; 503 while a part is not ready",
      params: NOTHING,
      query: NOTHING,
      response: z.object({
        status: z.literal("ready"),
        checks: z.record(z.string(), z.literal("ok")),
      }).meta({ id: "Readiness" }),
      isBare: true,
      refusals: [503],
      async handle() {
        const { isReady, checks } = await health.getReadiness();
        const byName = Object.fromEntries(
          checks.map(({ name, problem }) => [name, problem ?? "ok"] as const),
        );
        if (isReady) return bare(JSON.stringify({ status: "ready", checks: byName }), PROBE);
        throw new AppError("UNAVAILABLE", "Not ready", { details: { checks: byName } });
      },
    }),
    endpoint({
      path: "/capabilities",
      tag,
      summary: "What this installation can do with its settings and surroundings",
      params: NOTHING,
      query: NOTHING,
      response: z.record(
        z.string(),
        z.object({ enabled: z.boolean(), reason: z.string().nullable() }),
      ).meta({ id: "Capabilities" }),
      isBare: true,
      handle: () => bare(JSON.stringify(health.getCapabilities()), PROBE),
    }),
  ];
}

/** The document of all routes, this one among them. */
export function documentEndpoint(describe: () => JsonObject): Endpoint {
  return endpoint({
    path: "/openapi.json",
    tag,
    summary: "This document",
    params: NOTHING,
    query: NOTHING,
    response: z.record(z.string(), z.unknown()),
    isBare: true,
    handle: () =>
      bare(JSON.stringify(describe()), { headers: { "cache-control": "public, max-age=60" } }),
  });
}
