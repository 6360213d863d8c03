import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ClientError, fetchPage, postForm } from "../components/api/client.ts";
import { OverlayHead } from "../components/overlays/OverlayHead.tsx";
import { Skeleton } from "../components/states/States.tsx";
import { type Undo, undoOf } from "./forms/undo.ts";
import { UndoToast } from "./forms/UndoToast.tsx";
import { refreshPage } from "./page/refresh_page.ts";

/** The form's own part of its page. */
function formOf(page: Document): HTMLElement {
  const form = page.getElementById("form");
  if (form === null) throw new ClientError("The answer holds no form");
  return form;
}

/** Calls with the address of each marked link that is pressed, instead of leading there. */
function useDialogLinks(open: (href: string) => void): void {
  useEffect(() => {
    function onClick(event: MouseEvent) {
      const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
      const link = event.target instanceof Element && event.target.closest("a[data-dialog]");
      if (!isPlain || !(link instanceof HTMLAnchorElement)) return;
      event.preventDefault();
      open(link.href);
    }
    document.addEventListener("click", onClick);
    return () => document.removeEventListener("click", onClick);
  }, []);
}

const FIRST_FIELD = "[aria-invalid], input:not([type=hidden]), select";

/** One piece of work at a time, with the words of its failure. */
function useAttempt() {
  const isLoading = useSignal(false);
  const failure = useSignal<string | null>(null);

  async function attempt(work: () => Promise<void>) {
    isLoading.value = true;
    failure.value = null;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      failure.value = error.message;
    } finally {
      isLoading.value = false;
    }
  }

  return { isLoading, failure, attempt };
}

/** Closes at a press beside the dialog, or on what is marked `data-close` in it. */
function closeByPress(event: MouseEvent, dialog: HTMLDialogElement | null): void {
  const isClose = event.target instanceof Element && event.target.closest("[data-close]");
  if (!isClose && event.target !== dialog) return;
  event.preventDefault();
  dialog?.close();
}

/**
 * Opens links marked `data-dialog` in a dialog: the form of the page that they lead to, which the
 * server checks as it does there. Once it is accepted this page is brought up to date, and what was
 * done can be taken back; a form marked `data-leaves` leads on to another page.
 */
export default function FormDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const slot = useRef<HTMLDivElement>(null);
  const before = useRef(new FormData());
  const title = useSignal("Form");
  const done = useSignal<Undo | null>(null);
  const { isLoading, failure, attempt } = useAttempt();

  function show(form: HTMLElement) {
    title.value = form.dataset["label"] ?? "Form";
    slot.current?.replaceChildren(document.adoptNode(form));
    slot.current?.querySelector<HTMLElement>(FIRST_FIELD)?.focus();
  }

  useDialogLinks((href) => {
    slot.current?.replaceChildren();
    dialog.current?.showModal();
    void attempt(async () => {
      const form = formOf(await fetchPage(href));
      before.current = new FormData(form.querySelector("form") ?? undefined);
      show(form);
    });
  });

  function onSubmit(event: SubmitEvent) {
    const form = event.target;
    event.preventDefault();
    if (!(form instanceof HTMLFormElement) || isLoading.value) return;
    const sent = new FormData(form, event.submitter);
    // Not `form.action`: a field of that name stands in its place.
    const action = form.getAttribute("action") ?? location.href;
    void attempt(async () => {
      const outcome = await postForm(action, sent);
      if (outcome.kind === "refused") return show(formOf(outcome.page));
      const { href } = outcome;
      if (form.dataset["leaves"] !== undefined) return location.assign(href);
      const kind = form.closest<HTMLElement>("[data-undo]")?.dataset["undo"];
      await refreshPage();
      dialog.current?.close();
      done.value = undoOf({ kind, action, sent, before: before.current, href });
    });
  }

  return (
    <>
      <dialog
        class="dialog form-dialog"
        ref={dialog}
        aria-labelledby="form-dialog-title"
        aria-busy={isLoading.value}
        onSubmit={onSubmit}
        onClick={(event) => closeByPress(event, dialog.current)}
      >
        <OverlayHead
          id="form-dialog-title"
          title={title.value}
          onClose={() => dialog.current?.close()}
        />
        <div class="overlay-body">
          <Failure text={failure.value} />
          {isLoading.value && !slot.current?.firstChild
            ? <Skeleton rows={6} label="the form" />
            : null}
          <div ref={slot} />
        </div>
      </dialog>
      <UndoToast done={done} />
    </>
  );
}

function Failure({ text }: { readonly text: string | null }) {
  if (text === null) return null;
  return <p class="hint" data-kind="bad" role="alert">Not done: {text}</p>;
}
