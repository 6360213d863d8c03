import type { ComponentChildren } from "preact";
import type { OperatorAct } from "./acts.ts";

export interface ActButtonProps {
  readonly act: OperatorAct;
  readonly kind?: "danger" | "quiet";
  /** Something is lost or stands still by it: the question says so in its colour. */
  readonly isDangerous?: boolean;
  readonly children: ComponentChildren;
}

/** A control of the console: scripts ask before they do what it says. */
export function ActButton({ act, kind, isDangerous = false, children }: ActButtonProps) {
  return (
    <button
      type="button"
      class="btn needs-js"
      data-size="s"
      data-kind={kind}
      data-act={act.path}
      data-title={act.title}
      data-ask={act.ask}
      data-done={act.done}
      data-danger={isDangerous ? "" : undefined}
    >
      {children}
      <span class="sr">&nbsp;{act.subject}</span>
    </button>
  );
}
