import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ClientError, postForm } from "../../components/api/client.ts";
import { refreshPage } from "../page/refresh_page.ts";
import type { Undo } from "./undo.ts";

/** What undoes its own changes, or is in the way. */
const OWN_UNDO = "input, textarea, select, dialog";
/** How long it can be taken back at a press. */
const TOAST_MS = 12_000;

export interface UndoToastProps {
  /** What was done last; `null` once nothing can be taken back. */
  readonly done: Signal<Undo | null>;
}

/** Says what was done, and takes it back at a press or at Ctrl or ⌘ with Z. */
export function UndoToast({ done }: UndoToastProps) {
  const outcome = useSignal<string | null>(null);

  async function undo(last: Undo) {
    done.value = null;
    try {
      const answer = await postForm(last.action, last.fields);
      if (answer.kind === "refused") throw new ClientError("the ledger has changed since");
      await refreshPage();
      outcome.value = "Taken back";
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      outcome.value = `Not taken back: ${error.message}`;
    }
  }

  useEffect(() => {
    if (done.value !== null) outcome.value = null;
    const timer = setTimeout(() => {
      done.value = null;
      outcome.value = null;
    }, TOAST_MS);
    return () => clearTimeout(timer);
  }, [done.value, outcome.value]);

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === "z";
      const isElsewhere = event.target instanceof Element && event.target.closest(OWN_UNDO);
      if (!isUndo || done.value === null || isElsewhere) return;
      event.preventDefault();
      void undo(done.value);
    }
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);

  const last = done.value;
  return (
    <div class="toasts" role="status" aria-live="polite">
      {last === null ? null : (
        <p class="toast">
          {last.words}
          <button type="button" aria-keyshortcuts="Control+Z" onClick={() => void undo(last)}>
            Undo
          </button>
        </p>
      )}
      {outcome.value === null ? null : <p class="toast">{outcome.value}</p>}
    </div>
  );
}
