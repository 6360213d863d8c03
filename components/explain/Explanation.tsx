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
/** As many inputs stand as they are; more scroll in a frame of their own. */
const MAX_OPEN_INPUTS = 12;

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
  const { provenance } = figure;
  const state: SourceState = provenance?.isDemo ? "sim" : "current";
  return (
    <article class="overlay-body explanation" id="explanation" data-label={titleOf(figure)}>
      <div>
        <div class="quote">
          <b>
            <UnitValue value={figure.value} unit={figure.unit} reason={figure.reason} />
          </b>
        </div>
        {figure.value === null
          ? <p class="second">Unknown: {figure.reason ?? "no reason given"}.</p>
          : null}
        {provenance === null ? null : (
          <SourceLine
            state={state}
            parts={[
              provenance.source,
              provenance.derivedFrom === null
                ? provenance.resolution
                : `${provenance.resolution}, derived from ${provenance.derivedFrom}`,
              <Moment key="asof" at={provenance.asof} />,
            ]}
          />
        )}
      </div>
      <p class="lede">{figure.words}</p>
      <div>
        <h3>Formula</h3>
        <p class="formula">{figure.formula}</p>
      </div>
      <Inputs inputs={figure.inputs} />
      <div>
        <h3>Rounding</h3>
        <p class="second">{figure.rounding}</p>
      </div>
      <RawRows rows={figure.rows} />
    </article>
  );
}

/** What the explanation is called: `Price of Bitcoin`. */
export function titleOf({ label, asset }: ExplainedFigure): string {
  return `${label} of ${asset.name}`;
}

function Inputs({ inputs }: { readonly inputs: readonly ExplainedInput[] }) {
  if (inputs.length === 0) return null;
  const frame = inputs.length <= MAX_OPEN_INPUTS ? {} : {
    class: "scroller",
    tabIndex: 0,
    role: "region" as const,
    "aria-label": "Inputs, scrollable",
  };
  return (
    <div>
      <h3>Inputs</h3>
      <div {...frame}>
        <dl class="rows">
          {inputs.map((input, at) => (
            <div key={at}>
              <dt>
                {input.name}
                <span class="input-source">
                  {input.source === null ? null : <span>{input.source}</span>}
                  {input.resolution === null ? null : <span>{input.resolution}</span>}
                  {input.asof === null ? null : <Moment at={input.asof} />}
                </span>
              </dt>
              <dd>
                <UnitValue value={input.value} unit={input.unit} reason="not in the store" />
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  );
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
