import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { fetchExplanationJson, fetchPage } from "../components/api/client.ts";
import { Icon } from "../components/Icon.tsx";
import { localizeMoments } from "../components/keys/moments.ts";
import { OverlayHead } from "../components/overlays/OverlayHead.tsx";
import { Skeleton } from "../components/states/States.tsx";

type DrawerState =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly title: string; readonly body: Node }
  | { readonly kind: "failed"; readonly message: string };

/** The explanation's own part of its page, to stand in the drawer. */
async function readExplanation(href: string): Promise<DrawerState> {
  try {
    const body = (await fetchPage(href)).getElementById("explanation");
    if (body === null) return { kind: "failed", message: "The answer holds no explanation" };
    return { kind: "ready", title: body.dataset["label"] ?? "Explanation", body };
  } catch (error) {
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

/** Shows the explanation of a figure beside the page it stands on; the link works without it. */
export default function ExplainDrawer() {
  const dialog = useRef<HTMLDialogElement>(null);
  const slot = useRef<HTMLDivElement>(null);
  const href = useSignal("");
  const state = useSignal<DrawerState>({ kind: "loading" });

  async function load(target: string) {
    href.value = target;
    state.value = { kind: "loading" };
    const next = await readExplanation(target);
    // A slow answer for a figure that was left must not replace the one asked for since.
    if (href.value === target) state.value = next;
  }

  useEffect(() => {
    function onClick(event: MouseEvent) {
      const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
      const link = event.target instanceof Element && event.target.closest("a.explain");
      if (!isPlain || !(link instanceof HTMLAnchorElement)) return;
      event.preventDefault();
      dialog.current?.showModal();
      void load(link.href);
    }
    document.addEventListener("click", onClick);
    return () => document.removeEventListener("click", onClick);
  }, []);

  useEffect(() => {
    if (state.value.kind !== "ready" || slot.current === null) return;
    slot.current.replaceChildren(document.adoptNode(state.value.body));
    localizeMoments(slot.current, Date.now());
  }, [state.value]);

  const title = state.value.kind === "ready" ? state.value.title : "Explanation";
  return (
    <dialog
      class="drawer"
      ref={dialog}
      aria-labelledby="explain-title"
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <OverlayHead id="explain-title" title={title} onClose={() => dialog.current?.close()} />
      {state.value.kind === "ready"
        ? <div ref={slot} />
        : <Pending state={state.value} onRetry={() => void load(href.value)} />}
      <DrawerFoot key={href.value} href={href.value} />
    </dialog>
  );
}

interface PendingProps {
  readonly state: Exclude<DrawerState, { readonly kind: "ready" }>;
  readonly onRetry: () => void;
}

function Pending({ state, onRetry }: PendingProps) {
  return (
    <div class="overlay-body">
      {state.kind === "loading"
        ? <Skeleton rows={8} label="the explanation" />
        : (
          <div class="state" role="alert">
            <Icon name="error" />
            <h3>The explanation could not be read</h3>
            <p>{state.message}. The figure on the page still stands.</p>
            <div class="acts">
              <button type="button" class="btn" data-size="s" onClick={onRetry}>
                <Icon name="refresh" />Try again
              </button>
            </div>
          </div>
        )}
    </div>
  );
}

/** Copying is told in words, as nothing on the page changes by it. */
function DrawerFoot({ href }: { readonly href: string }) {
  const copied = useSignal("");

  async function copyJson() {
    try {
      await navigator.clipboard.writeText(await fetchExplanationJson(href));
      copied.value = "Copied as JSON";
    } catch (error) {
      copied.value = error instanceof Error ? error.message : "Could not be copied";
    }
  }

  return (
    <div class="overlay-foot">
      <span class="hint" role="status">{copied.value}</span>
      <button type="button" class="btn" data-size="s" onClick={() => void copyJson()}>
        <Icon name="copy" />Copy as JSON
      </button>
      <a class="btn" data-size="s" href={href}>Open as page</a>
    </div>
  );
}
