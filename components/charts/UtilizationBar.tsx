import { formatShare } from "../format/number.ts";
import { tenth } from "./scale.ts";

const WIDTH = 72;

export interface UtilizationBarProps {
  readonly name: string;
  /** Borrowed of supplied, a fraction. */
  readonly utilization: number;
  /** From where the rate climbs steeply, a fraction. */
  readonly kink: number;
}

/** How much of a pool is lent, on a track with the kink marked; past the kink the rest is amber. */
export function UtilizationBar({ name, utilization, kink }: UtilizationBarProps) {
  const x = (share: number) => tenth(Math.min(1, Math.max(0, share)) * WIDTH);
  const label = `${name}: utilisation ${formatShare(utilization)}, kink at ${formatShare(kink)}`;
  return (
    <svg
      class="util-bar"
      viewBox={`0 0 ${WIDTH} 12`}
      width={WIDTH}
      height="12"
      role="img"
      aria-label={label}
    >
      <rect class="c-track" y="3" width={WIDTH} height="6" />
      <rect class="c-total" y="3" width={x(Math.min(utilization, kink))} height="6" />
      {utilization > kink
        ? (
          <rect
            class="c-past"
            x={x(kink)}
            y="3"
            width={tenth(x(utilization) - x(kink))}
            height="6"
          />
        )
        : null}
      <path class="c-zero" d={`M${x(kink)} 0V12`} />
    </svg>
  );
}
