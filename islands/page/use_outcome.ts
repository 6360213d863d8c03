import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

/** How long an outcome stays in sight. */
const TOAST_MS = 8_000;

/** What something came to, for a while; `null` before and after that. */
export function useOutcome(): {
  readonly outcome: Signal<string | null>;
  readonly tell: (text: string) => void;
} {
  const outcome = useSignal<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);
  function tell(text: string) {
    clearTimeout(timer.current);
    outcome.value = text;
    timer.current = setTimeout(() => outcome.value = null, TOAST_MS);
  }
  return { outcome, tell };
}
