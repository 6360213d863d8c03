import { Unknown } from "../../../components/figures/Figures.tsx";
import { formatDecimal, formatShare } from "../../../components/format/number.ts";
import { formatDay } from "../../../components/format/time.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import type { PillarId } from "../../../services/scores/mod.ts";
import { whyMissing } from "../../(_scores)/ScoreParts.tsx";
import type { ScoresData } from "./read_scores.ts";

/** Digits of a hash that tell one run from another at a glance. */
const HASH_DIGITS = 12;

/** Weights as the method has them, and as the ranked assets use them. */
export function WeightsPanel({ method, ranked }: ScoresData) {
  return (
    <Panel id="weights" title="Weights" note={`method ${method.version}`}>
      <div data-region="weights">
        <table class="table narrow">
          <caption class="sr">Weights of the pillars</caption>
          <thead>
            <tr>
              <th scope="col">Pillar</th>
              <th scope="col" class="num">Set</th>
              <th scope="col" class="num">In use</th>
            </tr>
          </thead>
          <tbody>
            {method.pillars.map(({ id, label, weight }) => (
              <tr key={id}>
                <th scope="row">{label}</th>
                <td class="num">{formatShare(weight)}</td>
                <td class="num">
                  <UsedWeight ranked={ranked} id={id} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <SourceLine
          parts={[
            method.combine === "geometric" ? "weighted geometric mean" : "weighted arithmetic mean",
            "missing weight is shared among the rest",
            <a key="methods" href="/api/scores/methods">methods as JSON</a>,
          ]}
        />
      </div>
    </Panel>
  );
}

function UsedWeight({ ranked, id }: Pick<ScoresData, "ranked"> & { readonly id: PillarId }) {
  const pillars = ranked.flatMap(({ card }) => card.pillars.filter((pillar) => pillar.id === id));
  const weights = pillars.flatMap(({ usedWeight }) => usedWeight === null ? [] : [usedWeight]);
  const [first] = pillars;
  if (weights.length === 0) {
    return <Unknown reason={first === undefined ? "nobody is ranked" : whyMissing(first)} />;
  }
  const [least, most] = [Math.min(...weights), Math.max(...weights)];
  if (least === most) return <>{formatShare(least)}</>;
  return <>{formatDecimal(least * 100, 0)}–{formatDecimal(most * 100, 0)}%</>;
}

const HASHES = [
  ["method", "Method"],
  ["universe", "Reference set"],
  ["weights", "Weights"],
  ["inputs", "Inputs"],
] as const;

function dayWords(day: string): string {
  return formatDay(Date.parse(day));
}

/** What the run stands on: equal hashes mean equal scores. */
export function LineagePanel({ run }: ScoresData) {
  if (run === null) return null;
  return (
    <Panel id="lineage" title="Lineage" note={`run of ${dayWords(run.day)}`}>
      <div data-region="lineage">
        <dl class="rows">
          {HASHES.map(([key, label]) => (
            <div key={key}>
              <dt>{label}</dt>
              <dd>
                <code title={run.lineage[key]}>{run.lineage[key].slice(0, HASH_DIGITS)}</code>
              </dd>
            </div>
          ))}
          <div>
            <dt>Grades go on from</dt>
            <dd>
              {run.previousDay === null
                ? <Unknown reason="no run of the week before is stored" />
                : dayWords(run.previousDay)}
            </dd>
          </div>
        </dl>
        <SourceLine parts={["sha-256", "equal hashes give the same scores to the last bit"]} />
      </div>
    </Panel>
  );
}
