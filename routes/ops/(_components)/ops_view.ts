import type { OpsQuery, QueueStatus } from "../../../services/ops/mod.ts";

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

/** How many jobs stand in any of the states. */
export function countJobs({ counts }: QueueStatus, states: readonly string[]): number {
  return counts.filter(({ state }) => states.includes(state))
    .reduce((sum, { count }) => sum + count, 0);
}
