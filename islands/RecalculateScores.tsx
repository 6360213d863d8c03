import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ClientError } from "../components/api/client.ts";
import { cancelTask, fetchTask, isOver, startTask, type Task } from "../components/api/task.ts";
import { Icon } from "../components/Icon.tsx";
import { refreshRegions } from "./page/refresh_regions.ts";
import { useOutcome } from "./page/use_outcome.ts";

/** How often the task is looked at. */
const LOOK_EVERY_MS = 400;

function messageOf(error: unknown): string {
  if (error instanceof ClientError) return error.message;
  throw error;
}

/** What came of a task, in words. */
function outcomeOf({ state, done, error }: Task): string {
  if (state === "done") return done === 1 ? "1 run scored" : `${done} runs scored`;
  if (state === "cancelled") return "Cancelled; runs that were done are kept";
  return `Not recalculated: ${error ?? "the task failed"}`;
}

function waits(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export interface RecalculateScoresProps {
  /** What to post to. */
  readonly path: string;
}

/** Asks for new scores, shows how far they are, and puts them on the page. */
export default function RecalculateScores({ path }: RecalculateScoresProps) {
  const task = useSignal<Task | null>(null);
  const isBusy = useSignal(false);
  const { outcome, tell } = useOutcome();
  const left = useRef(new AbortController());
  useEffect(() => () => left.current.abort(), []);

  async function follow(first: Task) {
    task.value = first;
    while (!isOver(task.value) && !left.current.signal.aborted) {
      await waits(LOOK_EVERY_MS);
      task.value = await fetchTask(first.id, left.current.signal);
    }
    await refreshRegions();
    tell(outcomeOf(task.value));
  }

  async function start() {
    isBusy.value = true;
    try {
      await follow(await startTask(path));
    } catch (error) {
      if (!left.current.signal.aborted) tell(`Not recalculated: ${messageOf(error)}`);
    } finally {
      isBusy.value = false;
      task.value = null;
    }
  }

  async function cancel({ id }: Task) {
    try {
      await cancelTask(id);
    } catch (error) {
      tell(`Not cancelled: ${messageOf(error)}`);
    }
  }

  const current = task.value;
  return (
    <div class="recalculate needs-js">
      {current === null
        ? null
        : <TaskProgress task={current} onCancel={() => void cancel(current)} />}
      <button
        type="button"
        class="btn"
        aria-busy={isBusy.value}
        disabled={isBusy.value}
        onClick={() => void start()}
      >
        <Icon name="refresh" />Recalculate
      </button>
      <div class="toasts" role="status" aria-live="polite">
        {outcome.value === null ? null : <p class="toast">{outcome.value}</p>}
      </div>
    </div>
  );
}

function TaskProgress({ task, onCancel }: { readonly task: Task; readonly onCancel: () => void }) {
  const { done, total, state } = task;
  const text = total === null
    ? (state === "queued" ? "queued" : "running")
    : `${done} of ${total} runs`;
  return (
    <div class="task">
      {/* Without a value the bar says that it is not known how far it is. */}
      {total === null
        ? <progress aria-label="Recalculation" />
        : <progress aria-label="Recalculation" value={done} max={total} />}
      <small>{text}</small>
      <button type="button" class="btn" data-kind="quiet" data-size="s" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}
