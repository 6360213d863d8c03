import type { ComponentChildren } from "preact";

/** A named value of a list of rows. */
export function RowItem(
  { label, children }: { readonly label: string; readonly children: ComponentChildren },
) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
