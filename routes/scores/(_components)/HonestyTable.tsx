import { Unknown } from "../../../components/figures/Figures.tsx";
import { formatCount, formatDecimal, formatPlain } from "../../../components/format/number.ts";
import {
  type HonestyRow,
  type Horizon,
  HORIZONS,
  type ScoreMethod,
} from "../../../services/scores/mod.ts";
import { intervalOf, readingOf } from "./honesty_reading.ts";

/** The drawn line reaches from minus to plus so much; correlations of scores lie well inside. */
const DRAWN = 0.5;

export interface HonestyTableProps {
  readonly rows: readonly HonestyRow[];
  readonly method: ScoreMethod;
}

/** Each pillar's rank correlation with the returns of each horizon after it, whatever it is. */
export function HonestyTable({ rows, method }: HonestyTableProps) {
  const labels = new Map<string, string>(method.pillars.map(({ id, label }) => [id, label]));
  const subjects = [...new Set(rows.map(({ subject }) => subject))];
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label="Rank correlations">
      <table class="table">
        <caption class="sr">Rank correlation of scores with later returns</caption>
        <thead>
          <tr>
            <th scope="col">Pillar</th>
            {HORIZONS.map((days) => <HorizonHeaders key={days} days={days} />)}
          </tr>
        </thead>
        <tbody>
          {subjects.map((subject) => (
            <tr key={subject}>
              <th scope="row">
                {subject === "overall"
                  ? <b class="semi">Overall</b>
                  : labels.get(subject) ?? subject}
              </th>
              {HORIZONS.map((days) => (
                <HorizonCells
                  key={days}
                  name={labels.get(subject) ?? "Overall score"}
                  row={rows.find((row) => row.subject === subject && row.horizon === days)}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HorizonHeaders({ days }: { readonly days: Horizon }) {
  return (
    <>
      <th scope="col" class="num">Next {days} days</th>
      <th scope="col" class="num">95 % interval</th>
      <th scope="col" class="num">
        n<span class="sr">, days measured for the next {days} days</span>
      </th>
      <th scope="col" class="num">Above 0</th>
      <th scope="col">Reading</th>
    </>
  );
}

const NOT_MEASURED = "no day had five assets with this pillar and a return after it";

function HorizonCells(
  { name, row }: { readonly name: string; readonly row: HonestyRow | undefined },
) {
  if (row === undefined || row.correlation === null) {
    return (
      <>
        {["value", "interval"].map((key) => (
          <td key={key} class="num">
            <Unknown reason={NOT_MEASURED} />
          </td>
        ))}
        <td class="num">0</td>
        <td class="num">
          <Unknown reason={NOT_MEASURED} />
        </td>
        <td class="second">not measured</td>
      </>
    );
  }
  const { correlation, positive, n } = row;
  const interval = intervalOf(row);
  return (
    <>
      <td class="num">
        <Relation name={name} correlation={correlation} interval={interval} />
      </td>
      <td class="num">
        {interval === null
          ? <Unknown reason="one day alone has no spread" />
          : <span class="second">{signed(interval[0])} to {signed(interval[1])}</span>}
      </td>
      <td class="num">{formatCount(n)}</td>
      <td class="num">
        {positive === null
          ? <Unknown reason={NOT_MEASURED} />
          : `${formatDecimal(positive * 100, 0)}%`}
      </td>
      <td class="second">{readingOf(row)}</td>
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
