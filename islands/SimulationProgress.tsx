import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ClientError, fetchData, field } from "../components/api/client.ts";

/** How often it is looked how far the run is. */
const LOOK_EVERY_MS = 400;

export interface SimulationProgressProps {
  /** Where the run tells how far it is. */
  readonly path: string;
  readonly stepsDone: number;
  readonly steps: number;
}

interface RunState {
  readonly state: string;
  readonly stepsDone: number;
}

async function fetchRun(path: string, signal: AbortSignal): Promise<RunState> {
  const data = await fetchData(path, signal);
  const [state, stepsDone] = [field(data, "state"), field(data, "steps_done")];
  if (typeof state !== "string" || typeof stepsDone !== "number") {
    throw new ClientError("Cannot read how far the simulation is");
  }
  return { state, stepsDone };
}

/** Follows a run on the server and shows its result as soon as it is there. */
export default function SimulationProgress({ path, stepsDone, steps }: SimulationProgressProps) {
  const done = useSignal(stepsDone);
  const problem = useSignal<string | null>(null);

  useEffect(() => {
    const left = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function look() {
      try {
        const run = await fetchRun(path, left.signal);
        problem.value = null;
        done.value = run.stepsDone;
        if (run.state !== "running") {
          location.reload();
          return;
        }
      } catch (error) {
        if (left.signal.aborted) return;
        if (!(error instanceof ClientError)) throw error;
        problem.value = error.message;
      }
      timer = setTimeout(() => void look(), LOOK_EVERY_MS);
    }
    timer = setTimeout(() => void look(), LOOK_EVERY_MS);
    return () => {
      left.abort();
      clearTimeout(timer);
    };
  }, [path]);

  return (
    <>
      <progress aria-label="Simulation" value={done.value} max={steps} />
      <small role="status">
        {problem.value === null
          ? `${done.value} of ${steps} steps`
          : `${problem.value}; trying again`}
      </small>
    </>
  );
}
