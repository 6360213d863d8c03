import type {
  LogLine,
  OpsQuery,
  OpsView,
  ProviderStatus,
  QueueStatus,
} from "../../../services/ops/mod.ts";

export const LOG_LEVELS: readonly OpsQuery["level"][] = ["ALL", "WARN", "ERROR"];

/** Reads which log lines an address asks for. */
export function readLogQuery(url: URL): OpsQuery {
  const level = url.searchParams.get("level")?.toUpperCase();
  return {
    level: LOG_LEVELS.find((name) => name === level) ?? "ALL",
    trace: (url.searchParams.get("trace") ?? "").trim().slice(0, MAX_TRACE),
  };
}

/** Longer than any id of ours. */
const MAX_TRACE = 80;

/** The address of the console with other log lines. */
export function logHref({ level, trace }: OpsQuery): string {
  const query = new URLSearchParams();
  if (level !== "ALL") query.set("level", level.toLowerCase());
  if (trace !== "") query.set("trace", trace);
  return query.size === 0 ? "/ops#logs" : `/ops?${query}#logs`;
}

/** A field of a log line that is longer says no more to a reader. */
const MAX_FIELD = 160;

/** What a log line says beside its message, as `name=value`, without what stands elsewhere in it. */
export function fieldsText({ logger, traceId, fields }: LogLine): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== logger && value !== traceId && isPlain(value))
    .map(([name, value]) => `${name}=${shortened(String(value))}`)
    .join(" ");
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  return ["string", "number", "boolean"].includes(typeof value);
}

function shortened(text: string): string {
  return text.length <= MAX_FIELD ? text : `${text.slice(0, MAX_FIELD)}…`;
}

/** The venue as its provider is called. */
export function venueLabel({ providers }: Pick<OpsView, "providers">, venue: string): string {
  return providers.find(({ name }) => name === venue)?.label ?? venue;
}

/** Whether nothing calls a provider, as its key is not set, and nothing is wrong with it. */
export function isUnused({ missingKey, breaker, frozen }: ProviderStatus): boolean {
  return missingKey !== null && breaker.state === "closed" && frozen === null;
}

/** Rows of the list of jobs. */
const MAX_JOBS = 50;

/**
 * Of the jobs that are done the newest of each key, and every other one, in the order given; 50 at
 * most.
 */
export function tellingJobs(jobs: OpsView["jobs"]): OpsView["jobs"] {
  const told = new Set<string>();
  return jobs.filter(({ state, key }) => {
    if (state !== "done") return true;
    const isNew = !told.has(key);
    told.add(key);
    return isNew;
  }).slice(0, MAX_JOBS);
}

/** How many jobs stand in any of the states. */
export function countJobs({ counts }: QueueStatus, states: readonly string[]): number {
  return counts.filter(({ state }) => states.includes(state))
    .reduce((sum, { count }) => sum + count, 0);
}
