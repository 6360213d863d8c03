import { Amount, Change, NotApplicable, Unknown } from "../figures/Figures.tsx";
import { Moment } from "../figures/Moment.tsx";
import {
  formatDecimal,
  formatFiat,
  formatPlain,
  formatPrice,
  formatShare,
} from "../format/number.ts";
import { SourceLine, type SourceState } from "../states/Panel.tsx";
import { ExplanationFrame, type ShownInput, unknownOf } from "./ExplanationFrame.tsx";

export interface ExplainedInput {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  readonly asof: number | null;
  readonly source: string | null;
  readonly resolution: string | null;
}

export interface ExplainedRow {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number | null;
  readonly volumeUsd: number | null;
  readonly marketCapUsd: number | null;
  readonly state: string;
}

/** A figure taken apart, as the explanation shows it. */
export interface ExplainedFigure {
  readonly figure: string;
  readonly asset: { readonly assetId: string; readonly name: string; readonly symbol: string };
  readonly label: string;
  readonly value: number | null;
  readonly unit: string;
  readonly reason: string | null;
  readonly words: string;
  readonly formula: string;
  readonly inputs: readonly ExplainedInput[];
  readonly rounding: string;
  readonly provenance: {
    readonly source: string;
    readonly resolution: string;
    readonly asof: number;
    readonly derivedFrom: string | null;
    readonly isDemo: boolean;
  } | null;
  readonly rows: readonly ExplainedRow[];
}

const COMPACT_FROM = 1_000_000;
/** Units that stand behind their amounts as they are called. */
const NAMED_UNITS: ReadonlySet<string> = new Set(["gwei", "sat/vB", "vB", "sat"]);

interface UnitValueProps {
  readonly value: number | null;
  readonly unit: string;
  readonly reason?: string | null;
}

/** A value in the form of its unit: dollars, a change or a share in per cent, points, or plain units. */
function UnitValue({ value, unit, reason = null }: UnitValueProps) {
  if (value === null) return <Unknown reason={reason} />;
  switch (unit) {
    case "usd": {
      const shown = Math.abs(value) >= COMPACT_FROM ? formatFiat(value) : formatPrice(value);
      return (
        <>
          <Amount shown={shown} /> <span class="unit">USD</span>
        </>
      );
    }
    case "fraction":
      return <Change fraction={value} />;
    case "share":
      return <span title={formatPlain(value)}>{formatShare(value)}</span>;
    case "points":
      return <span title={formatPlain(value)}>{formatDecimal(value, 2)}</span>;
    default: {
      const shown = Math.abs(value) >= COMPACT_FROM ? formatFiat(value) : plain(value);
      if (!NAMED_UNITS.has(unit)) return <Amount shown={shown} />;
      return (
        <>
          <Amount shown={shown} /> <span class="unit">{unit}</span>
        </>
      );
    }
  }
}

function plain(value: number) {
  const full = formatPlain(value);
  return {
    text: Number.isInteger(value) ? formatDecimal(value, 0) : formatPrice(value).text,
    unit: "",
    full,
  };
}

/** Words, formula, inputs, rounding and raw rows of a figure: the drawer and the page alike. */
export function Explanation({ figure }: { readonly figure: ExplainedFigure }) {
  const { provenance, value, unit, reason, words, formula, rounding } = figure;
  return (
    <ExplanationFrame
      title={titleOf(figure)}
      value={<UnitValue value={value} unit={unit} reason={reason} />}
      unknown={unknownOf(figure)}
      source={provenance === null ? null : <Provenance provenance={provenance} />}
      inputs={figure.inputs.map(shownInput)}
      {...{ words, formula, rounding }}
    >
      <RawRows rows={figure.rows} />
    </ExplanationFrame>
  );
}

function Provenance(
  { provenance }: { readonly provenance: NonNullable<ExplainedFigure["provenance"]> },
) {
  const { source, resolution, asof, derivedFrom, isDemo } = provenance;
  const state: SourceState = isDemo ? "sim" : "current";
  return (
    <SourceLine
      state={state}
      parts={[
        source,
        derivedFrom === null ? resolution : `${resolution}, derived from ${derivedFrom}`,
        <Moment key="asof" at={asof} />,
      ]}
    />
  );
}

/** What the explanation is called: `Price of Bitcoin`. */
export function titleOf({ label, asset }: ExplainedFigure): string {
  return `${label} of ${asset.name}`;
}

function shownInput({ name, value, unit, asof, source, resolution }: ExplainedInput): ShownInput {
  return {
    name,
    origin: (
      <>
        {source === null ? null : <span>{source}</span>}
        {resolution === null ? null : <span>{resolution}</span>}
        {asof === null ? null : <Moment at={asof} />}
      </>
    ),
    value: <UnitValue value={value} unit={unit} reason="not in the store" />,
  };
}

const ROW_COLUMNS = [
  ["Open", "open"],
  ["High", "high"],
  ["Low", "low"],
  ["Close", "close"],
  ["Volume", "volume"],
  ["Volume, USD", "volumeUsd"],
  ["Market value", "marketCapUsd"],
] as const;

/** The stored candles behind a figure, digits as they are kept, newest first. */
function RawRows({ rows }: { readonly rows: readonly ExplainedRow[] }) {
  if (rows.length === 0) return null;
  const columns = ROW_COLUMNS.filter(([, key]) => rows.some((row) => row[key] !== null));
  return (
    <div>
      <h3>Raw rows, newest first</h3>
      <div class="scroller" tabIndex={0} role="region" aria-label="Raw rows, scrollable">
        <table class="table" data-density="dense">
          <caption class="sr">Stored candles behind this figure</caption>
          <thead>
            <tr>
              <th scope="col">Bucket start, UTC</th>
              {columns.map(([label, key]) => <th key={key} scope="col" class="num">{label}</th>)}
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {rows.toReversed().map((row) => (
              <tr key={row.openTime}>
                <th scope="row">
                  {new Date(row.openTime).toISOString().slice(0, 16).replace("T", " ")}
                </th>
                {columns.map(([, key]) => (
                  <td key={key} class="num">
                    <RawValue value={row[key]} />
                  </td>
                ))}
                <td>{row.state}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function RawValue({ value }: { readonly value: number | null }) {
  if (value === null) return <NotApplicable reason="the source gives none" />;
  return <>{formatPlain(value)}</>;
}
