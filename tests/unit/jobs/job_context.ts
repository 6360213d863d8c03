import type { JobContext } from "@/jobs/job.ts";
import type { JobProgress, JsonValue } from "@/services/ports/jobs.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";

/** What a worker gives to a run, and what the run told of its progress. */
export function jobContext(
  payload: JsonValue,
  { signal = new AbortController().signal }: { readonly signal?: AbortSignal } = {},
): JobContext<JsonValue> & { readonly progress: readonly JobProgress[] } {
  const progress: JobProgress[] = [];
  return {
    payload,
    signal,
    attempt: 1,
    log: new RecordingLog(),
    reportProgress: (told) => progress.push(told),
    progress,
  };
}
