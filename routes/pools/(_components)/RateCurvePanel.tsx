import { LineKey } from "../../../components/charts/LinesSvg.tsx";
import { RateCurveSvg } from "../../../components/charts/RateCurveSvg.tsx";
import { formatCount, formatShare } from "../../../components/format/number.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import {
  fittedBorrowApy,
  isLending,
  kinkWords,
  type RateCurve,
} from "../../../services/defi/mod.ts";
import type { PoolPageData } from "./read_pool.ts";

const HEIGHT = 236;
const STEPS = 100;

/** How the rate follows the utilisation, and where the pool stands on it now. */
export function RateCurvePanel({ curve, detail: { pool, metrics, source } }: PoolPageData) {
  const now = curve.points.at(-1);
  // What lends nothing out has no such curve.
  if (now === undefined && !isLending(pool)) return null;
  const { fit } = curve;
  return (
    <Panel id="curve" title="Rate curve" note="APY against utilisation">
      {now === undefined
        ? (
          <EmptyState icon="info" title="Not known">
            The source gives no utilisation or no borrow rate in this range.
          </EmptyState>
        )
        : (
          <>
            <div class="legend">
              <span class="key">
                <svg viewBox="0 0 16 8" aria-hidden="true">
                  <circle class="c-borrow" cx="8" cy="4" r="3" />
                </svg>
                Borrow
              </span>
              <span class="key">
                <svg viewBox="0 0 16 8" aria-hidden="true">
                  <circle class="c-supply" cx="8" cy="4" r="3" />
                </svg>
                Supply
              </span>
              {fit === null ? null : (
                <span class="key">
                  <LineKey index={1} />fitted
                </span>
              )}
              <span>ring: now</span>
            </div>
            <RateCurveSvg
              dots={curve.points}
              kink={curve.kink}
              curve={fit === null
                ? null
                : Array.from({ length: STEPS + 1 }, (_, at) => fittedBorrowApy(fit, at / STEPS))}
              label={`Borrow and supply APY against utilisation, steep past ` +
                `${formatShare(curve.kink)}; the pool stands at ${formatShare(now.utilization)}, ` +
                `borrow ${formatShare(now.borrowApy)}, supply ${formatShare(now.supplyApy)}`}
              height={HEIGHT}
            />
          </>
        )}
      <SourceLine
        state={metrics.isKinkFresh ? "current" : "partial"}
        parts={[
          source,
          `${formatCount(curve.points.length)} readings`,
          kinkWords(metrics, formatShare),
          fitWords(curve),
        ]}
      />
    </Panel>
  );
}

function fitWords({ fit, points }: RateCurve): string {
  if (points.length === 0) return "nothing to fit";
  if (fit === null) return "the readings follow no one curve with this kink";
  const steep = fit.slope2 === null ? "no reading past the kink" : formatShare(fit.slope2);
  return `slopes ${formatShare(fit.slope1)} and ${steep}, fitted to the readings, off by ` +
    `${formatShare(fit.meanGap)} on average`;
}
