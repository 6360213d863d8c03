import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ClientError, fetchPage, postData } from "../components/api/client.ts";
import { OverlayHead } from "../components/overlays/OverlayHead.tsx";
import { replaceRegions } from "./ops/regions.ts";

/** How often the console reads itself anew while it is seen. */
const REFRESH_MS = 5_000;
/** How long the outcome of an act stays in sight. */
const TOAST_MS = 8_000;

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

/** Reads the page again and puts what changed in its place. */
async function refresh(): Promise<void> {
  try {
    replaceRegions(await fetchPage(location.href), Date.now());
    document.documentElement.removeAttribute("data-unreached");
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    // What stands on the page is as old as its as-of says; the next round tries again.
    document.documentElement.setAttribute("data-unreached", "");
  }
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

/** What an act came to, for a while. */
function useOutcome() {
  const outcome = useSignal<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  function tell(text: string) {
    clearTimeout(timer.current);
    outcome.value = text;
    timer.current = setTimeout(() => outcome.value = null, TOAST_MS);
  }
  return { outcome, tell };
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
