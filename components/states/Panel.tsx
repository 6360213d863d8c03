import type { ComponentChildren } from "preact";

export type SourceState = "current" | "partial" | "stale" | "sim";

export interface PanelProps {
  /** Unique on the page; names the section. */
  readonly id: string;
  readonly title: string;
  readonly note?: ComponentChildren;
  /** Controls at the end of the title's line. */
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A ruled section with a title; not a card. */
export function Panel({ id, title, note, actions, children }: PanelProps) {
  return (
    <section class="panel" id={id} aria-labelledby={`${id}-title`}>
      <div class="panel-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {note === undefined ? null : <span class="note">{note}</span>}
        {actions === undefined ? null : <div class="end">{actions}</div>}
      </div>
      {children}
    </section>
  );
}

const STATE_WORDS: Readonly<Record<SourceState, string>> = {
  current: "",
  partial: "Partial: ",
  stale: "Stale: ",
  sim: "Simulated: ",
};

export interface SourceLineProps {
  readonly state?: SourceState;
  readonly parts: readonly ComponentChildren[];
}

/** What signs a panel: source, resolution, as-of, with the state as a ring and as a word. */
export function SourceLine({ state = "current", parts }: SourceLineProps) {
  return (
    <p class="source" data-state={state === "current" ? undefined : state}>
      {parts.map((part, at) => (
        <span key={at}>
          {at === 0 && state !== "current" ? <span class="sr">{STATE_WORDS[state]}</span> : null}
          {part}
        </span>
      ))}
    </p>
  );
}
