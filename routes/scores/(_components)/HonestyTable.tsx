import { Unknown } from "../../../components/figures/Figures.tsx";
import { formatCount, formatDecimal, formatPlain } from "../../../components/format/number.ts";
import { type HonestyRow, type Horizon, type ScoreMethod } from "../../../services/scores/mod.ts";
import { intervalOf, readingOf } from "./honesty_reading.ts";

/** The drawn line reaches from minus to plus so much; correlations of scores lie well inside. */
const DRAWN = 0.5;

export interface HonestyTableProps {
  /** Of one horizon. */
  readonly rows: readonly HonestyRow[];
  readonly horizon: Horizon;
  readonly method: ScoreMethod;
}

/** Each pillar's rank correlation with the return after it, whatever it is. */
export function HonestyTable({ rows, horizon, method }: HonestyTableProps) {
  const labels = new Map<string, string>(method.pillars.map(({ id, label }) => [id, label]));
  return (
    <table class="table two-line">
      <caption class="sr">Rank correlation of scores with the next {horizon} days' return</caption>
      <thead>
        <tr>
          <th scope="col">Pillar</th>
          <th scope="col" class="num">Correlation</th>
          <th scope="col" class="num">95 % interval</th>
          <th scope="col" class="num" title="Days measured">n</th>
          <th scope="col" class="num" data-pri="2">Above 0</th>
          <th scope="col">Reading</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.subject}>
            <th scope="row" data-p="name">
              {labels.get(row.subject) ?? <b class="semi">Overall</b>}
            </th>
            <RelationCells name={labels.get(row.subject) ?? "Overall score"} row={row} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const NOT_MEASURED = "no day had five assets with this pillar and a return after it";

function RelationCells({ name, row }: { readonly name: string; readonly row: HonestyRow }) {
  const { correlation, positive, n } = row;
  const interval = intervalOf(row);
  return (
    <>
      <td class="num" data-p="value">
        {correlation === null
          ? <Unknown reason={NOT_MEASURED} />
          : <Relation name={name} correlation={correlation} interval={interval} />}
      </td>
      <td class="num" data-p="detail">
        {interval === null
          ? <Unknown reason={NOT_MEASURED} />
          : <span class="second">{signed(interval[0])} to {signed(interval[1])}</span>}
        <span class="sub">n {formatCount(n)}</span>
      </td>
      <td class="num">{formatCount(n)}</td>
      <td class="num" data-pri="2">
        {positive === null
          ? <Unknown reason={NOT_MEASURED} />
          : `${formatDecimal(positive * 100, 0)}%`}
      </td>
      <td class="second" data-p="change">{readingOf(row)}</td>
    </>
  );
}

/** A correlation is a change of sort: it bears its sign. */
function signed(value: number): string {
  const text = formatDecimal(value, 2);
  return Number(value.toFixed(2)) > 0 ? `+${text}` : text;
}

function Relation({ name, correlation, interval }: {
  readonly name: string;
  readonly correlation: number;
  readonly interval: readonly [number, number] | null;
}) {
  const at = (value: number) => Math.min(100, Math.max(0, (value + DRAWN) / (2 * DRAWN) * 100));
  const [low, high] = interval ?? [correlation, correlation];
  return (
    <span class="relation">
      <svg
        viewBox="0 0 100 16"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}: ${signed(correlation)}, from ${signed(low)} to ${signed(high)}`}
      >
        <path class="band-line" d="M0 8.5H100" />
        <path class="c-zero" d="M50 0V16" vector-effect="non-scaling-stroke" />
        <rect
          class="band-box"
          x={at(low)}
          y="5"
          width={Math.max(1, at(high) - at(low))}
          height="7"
        />
        <rect class="band-tick" x={at(correlation) - 0.75} y="1" width="1.5" height="15" />
      </svg>
      <b title={formatPlain(correlation)}>{signed(correlation)}</b>
    </span>
  );
}
