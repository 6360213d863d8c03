import { Badge } from "../states/States.tsx";

/** What is the matter with a pool. */
export interface PoolMark {
  readonly code: string;
  readonly severity: "info" | "caution" | "danger";
  /** In a word or three, for a chip. */
  readonly title: string;
  readonly words: string;
}

/** Chips of one row; the rest is counted, and told by the pool's page. */
const MAX_CHIPS = 2;

/** The gravest warnings of a pool as chips, by the server and by scripts alike; all on hover. */
export function PoolMarks({ warnings }: { readonly warnings: readonly PoolMark[] }) {
  const told = warnings.filter(({ severity }) => severity !== "info");
  const more = told.slice(MAX_CHIPS);
  return (
    <>
      {told.slice(0, MAX_CHIPS).map(({ code, severity, title, words }) => (
        <Badge key={code} kind={severity === "danger" ? "bad" : "stale"} icon="warn" title={words}>
          <span>{title}</span>
        </Badge>
      ))}
      {more.length === 0
        ? null
        : (
          <Badge key="more" kind="plain" title={more.map(({ words }) => words).join(" ")}>
            <span>{`${more.length} more`}</span>
          </Badge>
        )}
    </>
  );
}
