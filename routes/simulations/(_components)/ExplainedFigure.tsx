import { ExplanationFrame, unknownOf } from "../../../components/explain/ExplanationFrame.tsx";
import { Gain, Money } from "../../../components/figures/Amounts.tsx";
import { Change, Unknown } from "../../../components/figures/Figures.tsx";
import { formatCount, formatDecimal, formatShare } from "../../../components/format/number.ts";
import { SourceLine } from "../../../components/states/Panel.tsx";
import type { SimulatedUnit, SimulationExplanation } from "../../../services/defi/mod.ts";

/** Words, formula, inputs and rounding of a figure of a simulation. */
export function ExplainedFigure({ told }: { readonly told: SimulationExplanation }) {
  const { label, value, unit, reason, words, formula, rounding } = told;
  return (
    <ExplanationFrame
      title={label}
      value={<Value value={value} unit={unit} reason={reason} />}
      unknown={unknownOf(told)}
      source={<SourceLine state="sim" parts={["simulated", "not a forecast"]} />}
      inputs={told.inputs.map(({ name, value, unit, note }) => ({
        name,
        origin: note === null ? null : <span>{note}</span>,
        value: <Value value={value} unit={unit} reason={note} />,
      }))}
      {...{ words, formula, rounding }}
    />
  );
}

interface ValueProps {
  readonly value: number | null;
  readonly unit: SimulatedUnit;
  readonly reason: string | null;
}

function Value({ value, unit, reason }: ValueProps) {
  if (value === null) return <Unknown reason={reason} />;
  switch (unit) {
    case "usd":
      return (
        <>
          <Money value={value} /> <span class="unit">USD</span>
        </>
      );
    case "gain":
      return <Gain value={value} />;
    case "change":
      return <Change fraction={value} />;
    case "share":
      return <>{formatShare(value)}</>;
    case "count":
      return <>{formatCount(value)}</>;
    case "days":
      return (
        <>
          {formatDecimal(value, Number.isInteger(value) ? 0 : 2)} <span class="unit">days</span>
        </>
      );
  }
}
