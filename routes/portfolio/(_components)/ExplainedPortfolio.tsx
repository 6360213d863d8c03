import {
  ExplanationFrame,
  type ShownInput,
  unknownOf,
} from "../../../components/explain/ExplanationFrame.tsx";
import { Gain, InCurrency, Money, Quantity } from "../../../components/figures/Amounts.tsx";
import { Change, Unknown } from "../../../components/figures/Figures.tsx";
import { formatCount } from "../../../components/format/number.ts";
import type { ExplainedUnit, PortfolioExplanation } from "../../../services/portfolio/mod.ts";
import { type AssetLabels, labelOf } from "./read_portfolio.ts";
import { RowPrice } from "./RowPrice.tsx";

export interface ExplainedPortfolioProps {
  readonly explanation: PortfolioExplanation;
  readonly labels: AssetLabels;
  readonly portfolioId: string;
}

/** Figures that are gains, as are all that they are made of. */
const GAINS: readonly string[] = ["realised", "unrealised"];

/** Words, formula, inputs, rounding and ledger rows of a figure. */
export function ExplainedPortfolio({ explanation, ...props }: ExplainedPortfolioProps) {
  const isGain = GAINS.includes(explanation.figure);
  const { label, unit, currency, value, reason, words, formula, rounding } = explanation;
  return (
    <InCurrency currency={currency}>
      <ExplanationFrame
        title={label}
        value={
          <>
            <Value
              value={value}
              unit={unit}
              reason={reason}
              isGain={isGain || explanation.figure === "gain"}
            />
            {unit === "money" || unit === "usd" ? <span class="unit">{currency}</span> : null}
          </>
        }
        unknown={unknownOf(explanation)}
        inputs={explanation.inputs.map((input) =>
          shownInput(input, { isGain, labels: props.labels })
        )}
        {...{ words, formula, rounding }}
      >
        <RawRows explanation={explanation} {...props} />
      </ExplanationFrame>
    </InCurrency>
  );
}

interface ValueProps {
  readonly value: string | null;
  readonly unit: ExplainedUnit;
  readonly reason: string | null;
  /** Whether it is signed even where it is above 0. */
  readonly isGain: boolean;
}

function Value({ value, unit, reason, isGain }: ValueProps) {
  if (value === null) return <Unknown reason={reason} />;
  switch (unit) {
    case "money":
      return <SignedMoney value={Number(value)} isGain={isGain} />;
    case "usd":
      return (
        <InCurrency currency="USD">
          <SignedMoney value={Number(value)} isGain={isGain} />
        </InCurrency>
      );
    case "fraction":
      return <Change fraction={Number(value)} />;
    case "units":
      return <Quantity value={value} />;
    case "text":
      return <>{value}</>;
  }
}

function SignedMoney({ value, isGain }: { readonly value: number; readonly isGain: boolean }) {
  return isGain || value < 0 ? <Gain value={value} /> : <Money value={value} />;
}

function shownInput(
  { name, assetId, value, unit, note }: PortfolioExplanation["inputs"][number],
  { isGain, labels }: Pick<ValueProps, "isGain"> & Pick<ExplainedPortfolioProps, "labels">,
): ShownInput {
  return {
    name: assetId === undefined ? name : name.replace(assetId, labelOf(labels, assetId).name),
    origin: note === null ? null : <span class="amt">{note}</span>,
    value: <Value value={value} unit={unit} reason={note} isGain={isGain} />,
  };
}

function RawRows({ explanation, labels, portfolioId }: ExplainedPortfolioProps) {
  const { rows, rowCount } = explanation;
  if (rows.length === 0) return null;
  const counted = rows.length < rowCount
    ? `the newest ${formatCount(rows.length)} of ${formatCount(rowCount)}`
    : `all ${formatCount(rowCount)}`;
  return (
    <div>
      <h3>Rows of the ledger, {counted}</h3>
      <div class="scroller" tabIndex={0} role="region" aria-label="Ledger rows, scrollable">
        <table class="table" data-density="dense">
          <caption class="sr">Rows of the ledger behind this figure</caption>
          <thead>
            <tr>
              <th scope="col">Time, UTC</th>
              <th scope="col">Action</th>
              <th scope="col">Asset</th>
              <th scope="col" class="num">Quantity</th>
              <th scope="col" class="num">Unit price, USD</th>
              <th scope="col">Account</th>
              <th scope="col">From</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <th scope="row">
                  <a href={`/portfolio/${portfolioId}/transactions/${row.parentId ?? row.id}`}>
                    {new Date(row.at).toISOString().slice(0, 16).replace("T", " ")}
                  </a>
                </th>
                <td>{row.action}</td>
                <td>{labelOf(labels, row.assetId).symbol}</td>
                <td class="num">
                  <Quantity value={row.quantity} />
                </td>
                <td class="num">
                  <RowPrice row={row} />
                </td>
                <td>
                  <span class="own" title={row.account}>{row.account}</span>
                </td>
                <td>{row.importId === null ? "by hand" : `line ${row.line ?? "?"}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
