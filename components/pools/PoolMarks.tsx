import { Badge } from "../states/States.tsx";

/** What is the matter with a pool. */
export interface PoolMark {
  readonly code: string;
  readonly severity: "info" | "caution" | "danger";
  /** In a word or three, for a chip. */
  readonly title: string;
  readonly words: string;
}

/**
 * The gravest warning of a pool as a chip, with the number of the others, by the server and by
 * scripts alike: one chip, so that names keep their room. All are told on hover and by its page.
 */
export function PoolMarks({ warnings }: { readonly warnings: readonly PoolMark[] }) {
  const [gravest, ...others] = warnings.filter(({ severity }) => severity !== "info");
  if (gravest === undefined) return null;
  const { severity, title } = gravest;
  const words = [gravest, ...others].map((warning) => warning.words).join(" ");
  return (
    <Badge kind={severity === "danger" ? "bad" : "stale"} icon="warn" title={words}>
      <span>{title}</span>
      {others.length === 0 ? null : <b>+{others.length}</b>}
    </Badge>
  );
}
