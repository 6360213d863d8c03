import { z } from "zod";
import type { OpsService } from "../../services/ops/mod.ts";
import type { Clock } from "../../services/ports/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import {
  Fx,
  fxToWire,
  Held,
  HeldPool,
  heldPoolToWire,
  heldToWire,
  Provider,
  providerToWire,
} from "./ops_wire.ts";
import { AssetName, IdParam, NOTHING, requiredInstant } from "./params.ts";
import { ok, type Reply } from "./reply.ts";
import { Task, taskToWire } from "./tasks.ts";

const tag = "Operator controls";
/** The one operator of an installation without accounts. */
const actor = "owner";
const CURRENT = { "cache-control": "no-store" };

const ProviderName = z.object({ name: z.string().min(1).max(64).describe("As in the list") });
const refusals = [404, 409];

interface ControlDeps {
  readonly ops: OpsService;
  readonly clock: Clock;
}

type Answer = (data: unknown, status?: 200 | 202) => Reply;

/** What an operator can do; every use is written to the audit log. */
export function controlEndpoints({ ops, clock }: ControlDeps): readonly Endpoint[] {
  const answer: Answer = (data, status) => ok(data, { status, now: clock.now(), headers: CURRENT });
  return [
    ...providerControls(ops, answer),
    ...jobControls(ops, answer),
    ...heldPriceControls(ops, answer),
    ...heldReadingControls(ops, answer),
    fxControl(ops, answer),
    endpoint({
      method: "POST",
      path: "/api/ops/backfill",
      tag,
      summary: "Fetch candles that are missing, within the sources' budgets",
      params: NOTHING,
      query: NOTHING,
      body: z.strictObject({
        asset: AssetName.nullable().default(null).describe("All assets without it"),
        interval: z.enum(["5m", "1h", "1d"]).nullable().default(null)
          .describe("All stored intervals without it"),
      }),
      response: Task,
      status: 202,
      refusals,
      async handle({ body }) {
        return answer(taskToWire(await ops.backfill({ actor, ...body })), 202);
      },
    }),
  ];
}

function providerControls(ops: OpsService, answer: Answer): readonly Endpoint[] {
  const shape = {
    method: "POST" as const,
    tag,
    params: ProviderName,
    query: NOTHING,
    response: Provider,
    refusals,
  };
  return [
    endpoint({
      ...shape,
      path: "/api/ops/providers/{name}/thaw",
      summary: "Let a frozen source be called again",
      async handle({ params: { name } }) {
        return answer(providerToWire(await ops.thawProvider(name, { actor })));
      },
    }),
    endpoint({
      ...shape,
      path: "/api/ops/providers/{name}/freeze",
      summary: "Keep every call from a source until it is thawed",
      body: z.strictObject({ reason: z.string().trim().min(1).max(200) }),
      async handle({ params: { name }, body: { reason } }) {
        return answer(providerToWire(await ops.freezeProvider(name, { actor, reason })));
      },
    }),
    endpoint({
      ...shape,
      path: "/api/ops/providers/{name}/open",
      summary: "Hold the breaker of a source open",
      async handle({ params: { name } }) {
        return answer(providerToWire(await ops.setBreaker(name, { actor, state: "open" })));
      },
    }),
    endpoint({
      ...shape,
      path: "/api/ops/providers/{name}/close",
      summary: "Close the breaker of a source, whatever opened it",
      async handle({ params: { name } }) {
        return answer(providerToWire(await ops.setBreaker(name, { actor, state: "closed" })));
      },
    }),
  ];
}

function jobControls(ops: OpsService, answer: Answer): readonly Endpoint[] {
  const acts = [
    { act: "retry", summary: "Give a dead job all its attempts again" },
    { act: "discard", summary: "Delete a dead job; answers what it was" },
    { act: "cancel", summary: "End a job that waits, or ask the run of one to end" },
  ] as const;
  return acts.map(({ act, summary }) =>
    endpoint({
      method: "POST",
      path: `/api/ops/jobs/{job_id}/${act}`,
      tag,
      summary,
      params: z.object({ job_id: IdParam }),
      query: NOTHING,
      response: Task,
      refusals,
      async handle({ params }) {
        return answer(taskToWire(await ops.steerJob(params.job_id, { actor, act })));
      },
    })
  );
}

/** The process that feeds acts on the word a moment later, so the answer is 202. */
function heldPriceControls(ops: OpsService, answer: Answer): readonly Endpoint[] {
  const acts = [
    { act: "accept", summary: "Believe a price that was held back" },
    { act: "drop", summary: "Leave a price that was held back out for good" },
  ] as const;
  return acts.map(({ act, summary }) =>
    endpoint({
      method: "POST",
      path: `/api/ops/held/{held_id}/${act}`,
      tag,
      summary,
      params: z.object({ held_id: IdParam }),
      query: NOTHING,
      response: Held,
      status: 202,
      refusals,
      async handle({ params }) {
        return answer(heldToWire(await ops.settleHeld(params.held_id, { actor, act })), 202);
      },
    })
  );
}

function heldReadingControls(ops: OpsService, answer: Answer): readonly Endpoint[] {
  const acts = [
    { act: "accept", summary: "Let a pool's reading that was held back count from now on" },
    { act: "discard", summary: "Leave a pool's reading that was held back out for good" },
  ] as const;
  return acts.map(({ act, summary }) =>
    endpoint({
      method: "POST",
      path: `/api/ops/pools/{pool_id}/held/{source}/{at}/${act}`,
      tag,
      summary,
      params: z.object({
        pool_id: z.string().min(1).max(300),
        source: z.string().min(1).max(80),
        at: requiredInstant("at").describe("Of the reading"),
      }),
      query: NOTHING,
      response: HeldPool,
      refusals,
      async handle({ params: { pool_id: poolId, source, at: ts } }) {
        const settled = await ops.settlePoolReading({ poolId, source, ts }, { actor, act });
        return answer(heldPoolToWire(settled));
      },
    })
  );
}

function fxControl(ops: OpsService, answer: Answer): Endpoint {
  return endpoint({
    method: "POST",
    path: "/api/ops/fx/{currency}/use-eod",
    tag,
    summary: "Use the end-of-day rate of a delayed currency for half an hour",
    params: z.object({ currency: z.string().regex(/^[A-Z]{3}$/, "expected a code such as EUR") }),
    query: NOTHING,
    response: Fx,
    refusals,
    async handle({ params: { currency } }) {
      return answer(fxToWire(await ops.useEodOnce(currency, { actor })));
    },
  });
}
