import { Unknown } from "../../../components/figures/Figures.tsx";
import { formatDecimal, formatFiat, formatShare } from "../../../components/format/number.ts";
import { PoolFigure } from "../../../components/pools/PoolFigure.tsx";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { type ExplainedScore, type ScorePart, stepLabel } from "../../../services/defi/mod.ts";
import { figureSubject } from "./figure_subject.ts";
import type { PoolPageData } from "./read_pool.ts";

const TITLES = { v1: "Score v1, term by term", v0: "Score v0, term by term" } as const;

/** A score by one method with its terms, their formulas and what is missing. */
export function ScorePanel(
  { detail, view, method }: PoolPageData & { readonly method: "v0" | "v1" },
) {
  const { metrics, source, settings } = detail;
  const explained = detail.scores[method];
  const subject = figureSubject(detail, view);
  const shared = method === "v1" ? shareOf(explained) : null;
  return (
    <Panel
      id={`score-${method}`}
      title={TITLES[method]}
      note={method === "v1" ? "geometric, 0 to 100" : "weighted sum"}
    >
      <p class="score-line">
        <PoolFigure
          name={`score_${method}`}
          value={explained.score}
          subject={subject}
          reason={explained.reason}
        />
        <span class="muted">{formatShare(explained.coverage)} coverage</span>
      </p>
      <table class="table two-line score-terms">
        <caption class="sr">Terms of score {method}</caption>
        <thead>
          <tr>
            <th scope="col">Term</th>
            <th scope="col" class="num">Measured</th>
            <th scope="col" class="num" data-pri="6">Weight</th>
            <th scope="col" class="num">{method === "v1" ? "Factor" : "Points"}</th>
          </tr>
        </thead>
        <tbody>
          {explained.parts.map((part) => <Term key={part.name} part={part} method={method} />)}
        </tbody>
      </table>
      <SourceLine
        state={explained.coverage < 1 ? "partial" : "current"}
        parts={[
          source,
          shared ?? `stability from ${settings.window} readings`,
          `${formatShare(metrics.staleShare)} of the window is old`,
        ]}
      />
    </Panel>
  );
}

/** What becomes of the weights of factors that are not known. */
function shareOf({ parts }: ExplainedScore): string {
  const missing = parts.filter(({ result }) => result === null);
  if (missing.length === 0) return "all factors known";
  return `${missing.map(({ name }) => stepLabel(name).toLowerCase()).join(", ")} left out, ` +
    "the other weights carry the score";
}

function Term({ part, method }: { readonly part: ScorePart; readonly method: "v0" | "v1" }) {
  const { name, weight, result, formula, reason } = part;
  return (
    <tr>
      <th scope="row" data-p="name">
        {stepLabel(name)}
        <p class="hint">{formula}</p>
      </th>
      <td class="num" data-p="value">
        <Measured part={part} />
      </td>
      <td class="num" data-pri="6" data-p="detail">
        <span class="sub">weight</span> {formatDecimal(weight, 2)}
      </td>
      <td class="num" data-p="change">
        {result === null
          ? <Unknown reason={reason} />
          : <b>{formatDecimal(result, method === "v1" ? 3 : 2)}</b>}
      </td>
    </tr>
  );
}

function Measured({ part: { value, unit, reason, result } }: { readonly part: ScorePart }) {
  // A structure has no number: it is told by its name.
  if (value === null) return result === null ? <Unknown reason={reason} /> : <>{unit}</>;
  switch (unit) {
    case "fraction":
      return <>{formatShare(value)}</>;
    case "USD": {
      const shown = formatFiat(value);
      return <span title={shown.full}>{shown.text + shown.unit} USD</span>;
    }
    case "days":
      return <>{formatDecimal(value, 0)} d</>;
    case "%":
      return <>{formatDecimal(value, 2)}%</>;
    case "ratio":
      return <>{formatDecimal(value, 3)}</>;
    default:
      return <>{formatDecimal(value, 1)}</>;
  }
}
