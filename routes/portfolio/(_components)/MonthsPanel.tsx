import { formatChange, formatDecimal } from "../../../components/format/number.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import type { PortfolioPerformance } from "../../../services/portfolio/mod.ts";
import { PageCsvLink } from "./panel_links.tsx";
import type { PortfolioPageData } from "./read_portfolio.ts";

const MONTHS = [
  ...["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
] as const;

type Month = PortfolioPerformance["months"][number];

/** A return at which a month has its full colour. */
const FULL_RETURN = 0.4;

/** How strong a return is coloured, -4 to 4. */
export function returnLevel(fraction: number): number {
  const level = Math.ceil(Math.min(1, Math.abs(fraction) / FULL_RETURN) * 4);
  return fraction < 0 ? -level : level;
}

/** What the months of a year compound to; `null` if none of them has a return. */
export function yearReturn(months: readonly Month[]): number | null {
  const known = months.flatMap(({ timeWeightedReturn }) => timeWeightedReturn ?? []);
  return known.length === 0 ? null : known.reduce((unit, own) => unit * (1 + own), 1) - 1;
}

/** Whether a range covers only a part of a year (UTC). */
export function isPartialYear(
  year: number,
  { from, to }: Pick<PortfolioPerformance, "from" | "to">,
): boolean {
  return from > Date.UTC(year, 0) || to < Date.UTC(year + 1, 0);
}

/** Returns by calendar month. */
export function MonthsPanel({ view, measured: { performance } }: PortfolioPageData) {
  if (performance === null) return null;
  const years = [...Map.groupBy(performance.months, ({ year }) => year)]
    .toSorted(([a], [b]) => b - a);
  return (
    <Panel
      id="months"
      title="Monthly returns"
      note="TWR, per cent"
      actions={<PageCsvLink view={view} table="months" of="monthly returns" />}
    >
      <table class="matrix months">
        <caption class="sr">Monthly time-weighted returns, per cent</caption>
        <thead>
          <tr>
            <th scope="col">Year</th>
            {MONTHS.map((name) => <th key={name} scope="col">{name}</th>)}
            <th scope="col">Year</th>
          </tr>
        </thead>
        <tbody>
          {years.map(([year, months]) => (
            <tr key={year}>
              <th scope="row">{year}</th>
              {MONTHS.map((name, at) => (
                <MonthCell
                  key={name}
                  name={name}
                  value={months.find(({ month }) => month === at + 1) ?? null}
                />
              ))}
              <Cell
                name="Year"
                value={yearReturn(months)}
                isPartial={isPartialYear(year, performance)}
              />
            </tr>
          ))}
        </tbody>
      </table>
      <SourceLine
        parts={["months in UTC", "dashed: only a part of the month or year", "full colour at ±40%"]}
      />
    </Panel>
  );
}

function MonthCell({ name, value }: { readonly name: string; readonly value: Month | null }) {
  if (value === null || value.timeWeightedReturn === null) {
    return (
      <td class="muted outside" data-m={name}>
        <span aria-hidden="true">·</span>
        <span class="sr">{value === null ? "outside the period" : "nothing was invested"}</span>
      </td>
    );
  }
  return <Cell name={name} value={value.timeWeightedReturn} isPartial={value.isPartial} />;
}

/** One decimal, as a month is narrow; the title has both. */
function shortChange(fraction: number): string {
  const text = formatDecimal(fraction * 100, 1);
  return fraction > 0 && text !== "0.0" ? `+${text}` : text;
}

interface CellProps {
  readonly name: string;
  readonly value: number | null;
  readonly isPartial: boolean;
}

function Cell({ name, value, isPartial }: CellProps) {
  if (value === null) return <td data-m={name} />;
  const span = name === "Year" ? "year" : "month";
  return (
    <td
      data-m={name}
      data-level={returnLevel(value)}
      data-partial={isPartial ? "" : undefined}
      title={formatChange(value) + (isPartial ? `, a part of the ${span}` : "")}
    >
      {shortChange(value)}
    </td>
  );
}
