import { type LineColumn, lineSet } from "../../components/charts/lines.ts";
import { Panel } from "../../components/states/Panel.tsx";
import { DAY_MS } from "../../services/kernel/time.ts";
import { LinesView } from "../(_charts)/LinesView.tsx";
import { SAMPLE_AT } from "./sample.ts";

const DAYS = 90;
const FROM = SAMPLE_AT - SAMPLE_AT % DAY_MS - (DAYS - 1) * DAY_MS;

function column(key: string, label: string, valueAt: (day: number) => number): LineColumn {
  return { key, label, values: Float64Array.from({ length: DAYS }, (_, day) => valueAt(day)) };
}

/** A share that passes its threshold, with a gap, old readings and a stretch of stress. */
const LEVEL = lineSet(
  [column("use", "Use", (day) => day === 30 ? NaN : 0.7 + 0.25 * Math.sin(day / 14))],
  {
    ...{ from: FROM, barMs: DAY_MS, unit: "rate", atLeast: [0, 1] },
    references: [{ key: "kink", label: "Kink", value: 0.9 }],
    spans: [
      { kind: "stress", from: FROM + 15 * DAY_MS, to: FROM + 28 * DAY_MS, text: "past the kink" },
      { kind: "stale", from: FROM + 50 * DAY_MS, to: FROM + 56 * DAY_MS, text: "old readings" },
    ],
  },
);

/** Weights that are held from one decision to the next. */
const PARTS = lineSet([
  column("usdc", "USDC", (day) => day < 20 ? 0.25 : 0.5),
  column("dai", "DAI", (day) => day < 50 ? 0.25 : 0),
  column("weth", "WETH", (day) => day < 10 ? 0 : 0.25),
], { from: FROM, barMs: DAY_MS, unit: "rate", stack: "steps", atLeast: [0, 1] });

/** Amounts far above 0 whose changes are what is asked for. */
const FITTED = lineSet([
  column("one", "One", (day) => 100_000 + 40 * day),
  column("other", "Other", (day) => 100_000 + 900 * Math.sin(day / 9)),
], { from: FROM, barMs: DAY_MS, unit: "usd", isFitted: true });

/** Charts of lines: a level to read against, shaded stretches, parts of a whole, a fitted axis. */
export function ChartsPanel() {
  return (
    <Panel id="line-charts" title="Charts of lines">
      <div class="stack">
        <LinesView
          id="sample-level"
          set={LEVEL}
          height={180}
          words="A share against its kink: amber is old, red is stress, a day is missing."
          isTable={false}
        />
        <LinesView
          id="sample-parts"
          set={PARTS}
          height={180}
          words="Parts of a whole, held from step to step."
          isTable={false}
        />
        <LinesView
          id="sample-fitted"
          set={FITTED}
          height={160}
          words="Dollars on an axis that fits them, which the legend says."
          isTable={false}
        />
      </div>
    </Panel>
  );
}
