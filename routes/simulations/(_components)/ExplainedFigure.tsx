import { Gain, Money } from "../../../components/figures/Amounts.tsx";
import { Change, Unknown } from "../../../components/figures/Figures.tsx";
import { formatCount, formatDecimal, formatShare } from "../../../components/format/number.ts";
import { SourceLine } from "../../../components/states/Panel.tsx";
import type { SimulatedUnit, SimulationExplanation } from "../../../services/defi/mod.ts";

/** Words, formula, inputs and rounding of a figure of a simulation. */
export function ExplainedFigure({ told }: { readonly told: SimulationExplanation }) {
  return (
    <article class="overlay-body explanation" id="explanation" data-label={told.label}>
      <div>
        <div class="quote">
          <b>
            <Value value={told.value} unit={told.unit} reason={told.reason} />
          </b>
        </div>
        {told.value === null
          ? <p class="second">Unknown: {told.reason ?? "no reason given"}.</p>
          : null}
        <SourceLine state="sim" parts={["simulated", "not a forecast"]} />
      </div>
      <p class="lede">{told.words}</p>
      <div>
        <h3>Formula</h3>
        <p class="formula">{told.formula}</p>
      </div>
      {told.inputs.length === 0 ? null : (
        <div>
          <h3>Inputs</h3>
          <dl class="rows">
            {told.inputs.map(({ name, value, unit, note }) => (
              <div key={name}>
                <dt>
                  {name}
                  {note === null ? null : (
                    <span class="input-source">
                      <span>{note}</span>
                    </span>
                  )}
                </dt>
                <dd>
                  <Value value={value} unit={unit} reason={note} />
                </dd>
              </div>
            ))}
          </dl>
        </div>
      )}
      <div>
        <h3>Rounding</h3>
        <p class="second">{told.rounding}</p>
      </div>
    </article>
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
