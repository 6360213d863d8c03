import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ClientError, postData } from "../components/api/client.ts";
import { OverlayHead } from "../components/overlays/OverlayHead.tsx";
import { refreshRegions } from "./page/refresh_regions.ts";
import { useOutcome } from "./page/use_outcome.ts";

/** How often the console reads itself anew while it is seen. */
const REFRESH_MS = 5_000;

/** A control that was pressed and waits for a yes. */
interface Question {
  readonly path: string;
  readonly label: string;
  readonly title: string;
  readonly ask: string;
  readonly done: string;
  readonly isDangerous: boolean;
}

function questionOf(button: HTMLElement): Question {
  const { act = "", title = "", ask = "", done = "", danger } = button.dataset;
  const label = button.firstChild?.textContent ?? title;
  return { path: act, label, title, ask, done, isDangerous: danger !== undefined };
}

/** Reads the page again, and marks it as old where the server can't be reached. */
async function refresh(): Promise<void> {
  const isRead = await refreshRegions();
  document.documentElement.toggleAttribute("data-unreached", !isRead);
}

/** Keeps the console current while somebody looks at it. */
function useRefresh(): void {
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout>;
    async function round() {
      if (!document.hidden) await refresh();
      if (!isOver) timer = setTimeout(round, REFRESH_MS);
    }
    timer = setTimeout(round, REFRESH_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, []);
}

/** Asks before every control of the console, does it, and says what came of it. */
export default function OpsControls() {
  const dialog = useRef<HTMLDialogElement>(null);
  const question = useSignal<Question | null>(null);
  const failure = useSignal<string | null>(null);
  const isBusy = useSignal(false);
  const { outcome, tell } = useOutcome();
  useRefresh();

  useEffect(() => {
    function onClick({ target }: MouseEvent) {
      const button = target instanceof Element && target.closest<HTMLElement>("[data-act]");
      if (!button) return;
      question.value = questionOf(button);
      failure.value = null;
      dialog.current?.showModal();
    }
    document.addEventListener("click", onClick);
    return () => document.removeEventListener("click", onClick);
  }, []);

  async function confirm({ path, done }: Question) {
    isBusy.value = true;
    try {
      await postData(path);
      dialog.current?.close();
      tell(done);
      await refresh();
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      failure.value = error.message;
    } finally {
      isBusy.value = false;
    }
  }

  const asked = question.value;
  return (
    <>
      <dialog class="dialog" ref={dialog} aria-labelledby="act-title">
        <OverlayHead
          id="act-title"
          title={asked?.title ?? "Control"}
          onClose={() => dialog.current?.close()}
        />
        <div class="overlay-body">
          <p class="lede">{asked?.ask}</p>
          {failure.value === null
            ? null
            : <p class="hint" data-kind="bad" role="alert">Not done: {failure.value}</p>}
        </div>
        <div class="overlay-foot">
          <button type="button" class="btn" onClick={() => dialog.current?.close()}>Cancel</button>
          <button
            type="button"
            class="btn"
            data-kind={asked?.isDangerous ? "danger" : "primary"}
            aria-busy={isBusy.value}
            disabled={isBusy.value}
            onClick={() => asked === null ? undefined : void confirm(asked)}
          >
            {asked?.label ?? "Do it"}
          </button>
        </div>
      </dialog>
      <div class="toasts" role="status" aria-live="polite">
        {outcome.value === null ? null : <p class="toast">{outcome.value}</p>}
      </div>
    </>
  );
}
