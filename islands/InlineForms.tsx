import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ClientError, postForm } from "../components/api/client.ts";
import { useOutcome } from "./page/use_outcome.ts";
import { refreshPage } from "./page/refresh_page.ts";
import { replaceRegions } from "./page/regions.ts";

/** Sends forms marked `data-inline` and brings the page up to date, instead of leaving it. */
export default function InlineForms() {
  const isBusy = useSignal(false);
  const { outcome, tell } = useOutcome();

  useEffect(() => {
    async function send(form: HTMLFormElement, fields: FormData) {
      isBusy.value = true;
      try {
        const answer = await postForm(form.getAttribute("action") ?? location.href, fields);
        form.closest<HTMLDetailsElement>("details[open]")?.removeAttribute("open");
        // A refusal says why on its own copy of the page.
        if (answer.kind === "refused") return replaceRegions(answer.page, Date.now());
        form.reset();
        if (!await refreshPage()) tell("The server could not be reached");
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        tell(`Not done: ${error.message}`);
      } finally {
        isBusy.value = false;
      }
    }

    function onSubmit(event: SubmitEvent) {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || form.dataset["inline"] === undefined) return;
      event.preventDefault();
      if (!isBusy.value) void send(form, new FormData(form, event.submitter));
    }
    document.addEventListener("submit", onSubmit);
    return () => document.removeEventListener("submit", onSubmit);
  }, []);

  return (
    <div class="toasts" role="status" aria-live="polite">
      {outcome.value === null ? null : <p class="toast">{outcome.value}</p>}
    </div>
  );
}
