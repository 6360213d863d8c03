import { Waterfall } from "../../../components/charts/Waterfall.tsx";
import { waterfallSteps } from "../../../components/charts/waterfall_steps.ts";
import { Gain, Money } from "../../../components/figures/Amounts.tsx";
import { Change, NotApplicable } from "../../../components/figures/Figures.tsx";
import { formatPlain } from "../../../components/format/number.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { BASELINE_LABELS, type SimulatedAutopilot } from "../../../services/defi/mod.ts";
import { resultHref, type SimulationView } from "./simulation_view.ts";

interface Props {
  readonly found: SimulatedAutopilot;
  readonly view: SimulationView;
}

/** From what was promised to what was gained, in parts that add up. */
export function GainPanel({ found: { constraints, simulation } }: Pick<Props, "found">) {
  const { promisedUsd, driftUsd, feesUsd, gasUsd, penaltiesUsd } = simulation.gain;
  const parts = [
    { key: "drift", label: "Paid beyond promise", value: driftUsd },
    { key: "fees", label: "Fees", value: -feesUsd },
    { key: "gas", label: "Gas", value: -gasUsd },
    { key: "penalties", label: "Pools that were gone", value: -penaltiesUsd },
  ];
  const steps = waterfallSteps(parts, {
    start: promisedUsd,
    startLabel: "Promised",
    endLabel: "Gain",
  });
  const gain = (simulation.valuesUsd.at(-1) ?? constraints.capitalUsd) - constraints.capitalUsd;
  const residual = gain - (steps.at(-1)?.value ?? 0);
  return (
    <Panel id="gain" title="From promise to gain" note="USD">
      <Waterfall
        caption="What was promised, and what was added and taken on the way to the gain"
        unit="USD"
        steps={steps}
        valueOf={({ value }) => <Gain value={value} />}
      />
      <SourceLine
        state="sim"
        parts={[
          "promised: each pool at its APY when it was bought",
          `residual ${formatPlain(Number(residual.toFixed(6)))}`,
        ]}
      />
    </Panel>
  );
}

/** The autopilot among ways of doing nothing. */
export function BaselinesPanel({ found, view }: Props) {
  const { constraints: { capitalUsd }, simulation } = found;
  const finalUsd = simulation.valuesUsd.at(-1) ?? capitalUsd;
  return (
    <Panel id="baselines" title="Against doing nothing" note="same capital, same costs">
      <table class="table">
        <caption class="sr">The autopilot and the baselines, what each came to</caption>
        <thead>
          <tr>
            <th scope="col">Way</th>
            <th scope="col" class="num">Final value, USD</th>
            <th scope="col" class="num">APY</th>
            <th scope="col" class="num" data-pri="2">To the autopilot, USD</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Autopilot</th>
            <td class="num">
              <Money value={finalUsd} />
            </td>
            <td class="num">
              <Rate value={simulation.realizedApy} reason="The range is shorter than a day" />
            </td>
            <td class="num" data-pri="2">
              <NotApplicable reason="What the others are held against" />
            </td>
          </tr>
          {simulation.baselines.map(({ name, words, valuesUsd, apy, reason }) => {
            const end = valuesUsd?.at(-1) ?? null;
            const why = reason ?? "";
            return (
              <tr key={name}>
                <th scope="row" title={words}>{BASELINE_LABELS[name]}</th>
                <td class="num">
                  {end === null
                    ? <NotApplicable reason={why} />
                    : (
                      <a class="explain" href={resultHref(view, `/explain/${name}`)}>
                        <Money value={end} />
                      </a>
                    )}
                </td>
                <td class="num">
                  <Rate value={apy} reason={why} />
                </td>
                <td class="num" data-pri="2">
                  {end === null ? <NotApplicable reason={why} /> : <Gain value={end - finalUsd} />}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <SourceLine state="sim" parts={verdict(found)} />
    </Panel>
  );
}

function Rate({ value, reason }: { readonly value: number | null; readonly reason: string }) {
  return value === null ? <NotApplicable reason={reason} /> : <Change fraction={value} />;
}

/** Says plainly which way did best. */
function verdict(
  { constraints: { capitalUsd }, simulation: { valuesUsd, baselines } }: SimulatedAutopilot,
): readonly string[] {
  const finalUsd = valuesUsd.at(-1) ?? capitalUsd;
  const better = baselines.filter((one) => (one.valuesUsd?.at(-1) ?? -Infinity) > finalUsd)
    .map(({ name }) => BASELINE_LABELS[name]);
  const known = baselines.filter((one) => one.valuesUsd !== null).length;
  if (known === 0) return ["nothing to compare with: nothing was bought"];
  return [
    better.length === 0
      ? "the autopilot came to the most"
      : `${better.join(" and ")} came to more than the autopilot`,
    "each buys when the autopilot first does",
  ];
}
