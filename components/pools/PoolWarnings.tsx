import { Banner } from "../states/States.tsx";
import { type PoolMark, PoolMarks } from "./PoolMarks.tsx";

const BANNERS = { info: "info", caution: "stale", danger: "bad" } as const;

export interface PoolWarningsProps {
  /** The gravest first. */
  readonly warnings: readonly PoolMark[];
}

export interface PoolWarningLineProps extends PoolWarningsProps {
  /** Whether all of their words stand below. */
  readonly isOpen: boolean;
}

/**
 * The warnings of a pool in one line, by the server and by scripts alike: the words of the gravest
 * as far as there is room, and its chip. That there are none is said too.
 */
export function PoolWarningLine({ warnings, isOpen }: PoolWarningLineProps) {
  const [gravest] = warnings;
  return (
    <>
      <span class="words">
        {gravest === undefined
          ? "Nothing to warn of in the newest reading"
          : isOpen
          ? `${warnings.length} ${warnings.length === 1 ? "warning" : "warnings"}`
          : gravest.words}
      </span>
      <span class="marks" data-marks>
        <PoolMarks warnings={warnings} />
      </span>
    </>
  );
}

/** Every warning of a pool in its words; that there are none is said too. */
export function PoolWarningWords({ warnings }: PoolWarningsProps) {
  if (warnings.length === 0) return <>The newest reading gives nothing to warn of.</>;
  return (
    <>
      {warnings.map(({ code, severity, title, words }) => (
        <Banner key={code} kind={BANNERS[severity]} icon={severity === "info" ? "info" : "warn"}>
          <b>{title}.</b> {words}
        </Banner>
      ))}
    </>
  );
}
