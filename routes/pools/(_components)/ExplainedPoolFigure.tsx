import {
  ExplanationFrame,
  type ShownInput,
  unknownOf,
} from "../../../components/explain/ExplanationFrame.tsx";
import { Unknown } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import {
  formatCount,
  formatDecimal,
  formatFiat,
  formatPlain,
  formatPoints,
  formatShare,
} from "../../../components/format/number.ts";
import { isoInstant } from "../../../components/format/time.ts";
import { SourceLine } from "../../../components/states/Panel.tsx";
import type { PoolExplanation, PoolInput, PoolUnit } from "../../../services/defi/mod.ts";
import { READING_STATES } from "./HistoryPanels.tsx";

export interface ExplainedPoolFigureProps {
  readonly explanation: PoolExplanation;
  readonly symbol: string;
  /** Where all readings are. */
  readonly historyHref: string;
}

/** Words, formula, inputs, rounding and readings of a figure: the drawer and the page alike. */
export function ExplainedPoolFigure(
  { explanation, symbol, historyHref }: ExplainedPoolFigureProps,
) {
  const { label, value, unit, reason, source, asof, words, formula, rounding } = explanation;
  return (
    <ExplanationFrame
      title={`${label} of ${symbol}`}
      value={value === null ? <Unknown reason={reason} /> : <Value value={value} unit={unit} />}
      unknown={unknownOf(explanation)}
      source={<SourceLine parts={[source, <Moment key="asof" at={asof} />]} />}
      inputs={explanation.inputs.map(shownInput)}
      {...{ words, formula, rounding }}
    >
      <RawRows explanation={explanation} historyHref={historyHref} />
    </ExplanationFrame>
  );
}

function Value({ value, unit }: { readonly value: number; readonly unit: PoolUnit }) {
  return <span title={formatPlain(value)}>{valueText(value, unit)}</span>;
}

function valueText(value: number, unit: PoolUnit): string {
  switch (unit) {
    case "rate":
      return formatShare(value);
    case "points":
      return formatPoints(value);
    case "percentage_points":
      return `${formatDecimal(value, 2)} pt`;
    case "usd": {
      const { text, unit } = formatFiat(value);
      return `${text}${unit} USD`;
    }
    case "score":
      return formatDecimal(value, 1);
    case "days":
      return `${formatDecimal(value, 0)} d`;
    case "ratio":
      return Number.isInteger(value) ? formatCount(value) : formatDecimal(value, 3);
  }
}

function shownInput({ name, value, unit, note, asof, source }: PoolInput): ShownInput {
  return {
    name,
    origin: (
      <>
        <span>{source}</span>
        {asof === null ? null : <Moment at={asof} />}
        {note === null ? null : <span class="input-note">{note}</span>}
      </>
    ),
    value: value === null
      ? <Unknown reason={note ?? "not known"} />
      : <Value value={value} unit={unit} />,
  };
}

/** Stored readings, digits as they are kept, newest first. */
function RawRows(
  { explanation: { rows, rowCount }, historyHref }: Pick<
    ExplainedPoolFigureProps,
    "explanation" | "historyHref"
  >,
) {
  if (rows.length === 0) return null;
  const counted = rows.length < rowCount
    ? `the newest ${formatCount(rows.length)} of ${formatCount(rowCount)}`
    : `all ${formatCount(rowCount)} that count`;
  return (
    <div>
      <h3>Raw readings, {counted}</h3>
      <div class="scroller" tabIndex={0} role="region" aria-label="Raw readings, scrollable">
        <table class="table" data-density="dense">
          <caption class="sr">Stored readings behind this figure, newest first</caption>
          <thead>
            <tr>
              <th scope="col">Time, UTC</th>
              <th scope="col" class="num">supply_apy</th>
              <th scope="col" class="num">incentive_apy</th>
              <th scope="col" class="num">borrow_apy</th>
              <th scope="col" class="num">utilization</th>
              <th scope="col" class="num">tvl_usd</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {rows.toReversed().map((row) => (
              <tr key={row.ts}>
                <th scope="row">{isoInstant(row.ts).slice(0, 16).replace("T", " ")}</th>
                <Raw value={row.supplyApy} />
                <Raw value={row.incentiveApy} />
                <Raw value={row.borrowApy} />
                <Raw value={row.utilization} />
                <Raw value={row.tvlUsd} />
                <td>{READING_STATES[row.state].word}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="second">
        <a href={historyHref}>All readings as CSV</a>
      </p>
    </div>
  );
}

function Raw({ value }: { readonly value: number | null }) {
  return (
    <td class="num">
      {value === null ? <Unknown reason="the source does not give it" /> : formatPlain(value)}
    </td>
  );
}
