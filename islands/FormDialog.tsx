import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ClientError, fetchPage, postForm } from "../components/api/client.ts";
import { OverlayHead } from "../components/overlays/OverlayHead.tsx";
import { Skeleton } from "../components/states/States.tsx";

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

/** Shows where an accepted form leads; anew where that is this page. */
function goOn(href: string): void {
  if (new URL(href).pathname === location.pathname) location.reload();
  else location.assign(href);
}

/**
 * Opens links marked `data-dialog` in a dialog: the form of the page that they lead to, which the
 * server checks as it does there. Once it is accepted, the page it leads to is shown.
 */
export default function FormDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const slot = useRef<HTMLDivElement>(null);
  const title = useSignal("Form");
  const { isLoading, failure, attempt } = useAttempt();

  function show(form: HTMLElement) {
    title.value = form.dataset["label"] ?? "Form";
    slot.current?.replaceChildren(document.adoptNode(form));
    slot.current?.querySelector<HTMLElement>("[aria-invalid], input:not([type=hidden]), select")
      ?.focus();
  }

  useDialogLinks((href) => {
    slot.current?.replaceChildren();
    dialog.current?.showModal();
    void attempt(async () => show(formOf(await fetchPage(href))));
  });

  function onSubmit(event: SubmitEvent) {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    event.preventDefault();
    if (isLoading.value) return;
    const fields = new FormData(form, event.submitter);
    void attempt(async () => {
      // Not `form.action`: a field of that name stands in its place.
      const outcome = await postForm(form.getAttribute("action") ?? location.href, fields);
      if (outcome.kind === "refused") show(formOf(outcome.page));
      else goOn(outcome.href);
    });
  }

  function onClick(event: MouseEvent) {
    const isClose = event.target instanceof Element && event.target.closest("[data-close]");
    if (!isClose && event.target !== dialog.current) return;
    event.preventDefault();
    dialog.current?.close();
  }

  return (
    <dialog
      class="dialog form-dialog"
      ref={dialog}
      aria-labelledby="form-dialog-title"
      aria-busy={isLoading.value}
      onSubmit={onSubmit}
      onClick={onClick}
    >
      <OverlayHead
        id="form-dialog-title"
        title={title.value}
        onClose={() => dialog.current?.close()}
      />
      <div class="overlay-body">
        {failure.value === null
          ? null
          : <p class="hint" data-kind="bad" role="alert">Not done: {failure.value}</p>}
        {isLoading.value && !slot.current?.firstChild
          ? <Skeleton rows={6} label="the form" />
          : null}
        <div ref={slot} />
      </div>
    </dialog>
  );
}
