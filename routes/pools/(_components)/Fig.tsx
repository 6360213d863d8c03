import type { ComponentChildren } from "preact";

export interface FigProps {
  readonly label: string;
  readonly note?: ComponentChildren;
  readonly isLead?: boolean;
  /** What scripts keep up to date: the figure's name and its value. */
  readonly live?: { readonly "data-figure": string; readonly "data-value": number | "" };
  readonly children: ComponentChildren;
}

/** A named number of a strip, with a word on it below. */
export function Fig({ label, note, isLead = false, live, children }: FigProps) {
  return (
    <div class={isLead ? "fig lead" : "fig"}>
      <dt>{label}</dt>
      <dd>{live === undefined ? children : <span {...live}>{children}</span>}</dd>
      {note === undefined ? null : <dd>{note}</dd>}
    </div>
  );
}
