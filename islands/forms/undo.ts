/** How something that was just done is taken back: a form of the same kind. */
export interface Undo {
  /** What was done. */
  readonly words: string;
  readonly action: string;
  readonly fields: FormData;
}

export interface AcceptedForm {
  /** What the form's page says of its undoing: `add` or `edit`; absent where it has none. */
  readonly kind: string | undefined;
  /** Where it was sent. */
  readonly action: string;
  readonly sent: FormData;
  /** What its fields held when it was opened. */
  readonly before: FormData;
  /** Where it led: the address of a page, with the `row` that was made. */
  readonly href: string;
}

function doing(act: string): FormData {
  const fields = new FormData();
  fields.set("act", act);
  return fields;
}

/** What takes an accepted form back; `null` where it can't be. */
export function undoOf({ kind, action, sent, before, href }: AcceptedForm): Undo | null {
  if (kind === "add") {
    const row = new URL(href).searchParams.get("row");
    if (row === null) return null;
    const path = action.replace(/new$/, row);
    return { words: "Transaction added", action: path, fields: doing("delete") };
  }
  if (kind !== "edit") return null;
  return sent.get("act") === "delete"
    ? { words: "Transaction removed", action, fields: doing("restore") }
    : { words: "Transaction saved", action, fields: before };
}
