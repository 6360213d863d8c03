import { formatDecimal, formatPlain } from "../format/number.ts";
import { formatBand } from "./score_text.ts";

/** Widths in points of the scale, so that an end of it and a narrow interval still show. */
const TICK = 1.8;
const LEAST_BOX = 1;

export interface ScoreBandProps {
  /** Whose score it is, for those who do not see the drawing. */
  readonly name: string;
  readonly score: number;
  readonly band: readonly [low: number, high: number] | null;
  /** Decimals of the score as it is written: none, unless scores lie closer than whole points. */
  readonly digits?: number;
}

/** A score with its interval: a tick on a bar on a line from 0 to 100. */
export function ScoreBand(props: ScoreBandProps) {
  return (
    <span class="band">
      <b title={formatPlain(props.score)}>{formatDecimal(props.score, props.digits ?? 0)}</b>
      <BandLine {...props} />
    </span>
  );
}

/** The line alone, as wide as its place, with the ends of the scale. */
export function WideBand(props: ScoreBandProps) {
  return (
    <div class="band wide">
      <BandLine {...props} />
      <div class="ends" aria-hidden="true">
        <span>0</span>
        <span>50</span>
        <span>100</span>
      </div>
    </div>
  );
}

function BandLine({ name, score, band, digits = 0 }: ScoreBandProps) {
  const interval = band === null ? "" : `, interval ${formatBand(band)}`;
  const [low, high] = band ?? [score, score];
  return (
    <svg
      viewBox="0 0 100 16"
      preserveAspectRatio="none"
      role="img"
      aria-label={`${name} ${formatDecimal(score, digits)}${interval}, on a scale of 0 to 100`}
    >
      <path class="band-line" d="M0 8.5H100" />
      <rect class="band-box" x={low} y="5" width={Math.max(LEAST_BOX, high - low)} height="7" />
      <rect
        class="band-tick"
        x={Math.min(100 - TICK, Math.max(0, score - TICK / 2))}
        y="1"
        width={TICK}
        height="15"
      />
    </svg>
  );
}
