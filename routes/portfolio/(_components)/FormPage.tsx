import type { ComponentChildren } from "preact";

export interface FormPageProps {
  readonly title: string;
  readonly action: string;
  /** Why it was refused. */
  readonly message: string | null;
  readonly submit: string;
  /** Where it leads without a change. */
  readonly back: string;
  /** What else can be done: it asks before. */
  readonly removal?: {
    readonly summary: string;
    readonly words: string;
    readonly submit: string;
    /** Whether there is nothing to come back to. */
    readonly isLeaving?: boolean;
  };
  /** How a dialog takes it back once it is accepted: a row that was added, or one that was edited. */
  readonly undo?: "add" | "edit";
  readonly children: ComponentChildren;
}

/** A form as a page of its own; where scripts run, the same form opens in a dialog. */
export function FormPage(props: FormPageProps) {
  const { title, action, message, submit, back, removal, undo, children } = props;
  return (
    <>
      <header class="page-head">
        <h1>{title}</h1>
      </header>
      <div class="form-page" id="form" data-label={title} data-undo={undo}>
        <form method="post" action={action} class="stack-form">
          {message === null
            ? null
            : <p class="hint form-refusal" data-kind="bad" role="alert">{message}</p>}
          {children}
          <div class="form-acts">
            <button type="submit" class="btn" data-kind="primary">{submit}</button>
            <a class="btn" href={back} data-close>Cancel</a>
          </div>
        </form>
        {removal === undefined ? null : (
          <details class="form-removal">
            <summary>{removal.summary}</summary>
            <form
              method="post"
              action={action}
              data-leaves={removal.isLeaving ? "" : undefined}
            >
              <p class="second">{removal.words}</p>
              <button type="submit" class="btn" data-kind="danger" name="act" value="delete">
                {removal.submit}
              </button>
            </form>
          </details>
        )}
      </div>
    </>
  );
}
