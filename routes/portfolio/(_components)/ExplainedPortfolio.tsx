import { Gain, Money, Quantity, UnitCost } from "../../../components/figures/Amounts.tsx";
import { Change, Unknown } from "../../../components/figures/Figures.tsx";
import { formatCount } from "../../../components/format/number.ts";
import type { ExplainedUnit, PortfolioExplanation } from "../../../services/portfolio/mod.ts";
import { type AssetLabels, labelOf } from "./read_portfolio.ts";

export interface ExplainedPortfolioProps {
  readonly explanation: PortfolioExplanation;
  readonly labels: AssetLabels;
  readonly portfolioId: string;
}

/** Words, formula, inputs, rounding and ledger rows of a figure. */
export function ExplainedPortfolio({ explanation, ...props }: ExplainedPortfolioProps) {
  const { unit, currency, reason } = explanation;
  return (
    <article
      class="overlay-body explanation"
      id="explanation"
      data-label={explanation.label}
    >
      <div>
        <div class="quote">
          <b>
            <Value value={explanation.value} unit={unit} reason={reason} />
            {unit === "money" || unit === "usd" ? <span class="unit">{currency}</span> : null}
          </b>
        </div>
        {explanation.value === null
          ? <p class="second">Unknown: {reason ?? "no reason given"}.</p>
          : null}
      </div>
      <p class="lede">{explanation.words}</p>
      <div>
        <h3>Formula</h3>
        <p class="formula">{explanation.formula}</p>
      </div>
      {explanation.inputs.length === 0 ? null : <Inputs explanation={explanation} />}
      <div>
        <h3>Rounding</h3>
        <p class="second">{explanation.rounding}</p>
      </div>
      <RawRows explanation={explanation} {...props} />
    </article>
  );
}

interface ValueProps {
  readonly value: string | null;
  readonly unit: ExplainedUnit;
  readonly reason: string | null;
}

function Value({ value, unit, reason }: ValueProps) {
  if (value === null) return <Unknown reason={reason} />;
  switch (unit) {
    case "money":
    case "usd":
      return Number(value) < 0 ? <Gain value={Number(value)} /> : <Money value={Number(value)} />;
    case "fraction":
      return <Change fraction={Number(value)} />;
    case "units":
      return <Quantity value={value} />;
    case "text":
      return <>{value}</>;
  }
}

function Inputs({ explanation: { inputs } }: { readonly explanation: PortfolioExplanation }) {
  return (
    <div>
      <h3>Inputs</h3>
      <dl class="rows">
        {inputs.map(({ name, value, unit, note }, at) => (
          <div key={at}>
            <dt>
              {name}
              {note === null ? null : (
                <span class="input-source">
                  <span class="amt">{note}</span>
                </span>
              )}
            </dt>
            <dd>
              <Value value={value} unit={unit} reason={note} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
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
                  <UnitCost
                    value={row.unitPriceUsd === null ? null : Number(row.unitPriceUsd)}
                    reason="The row names no price"
                  />
                </td>
                <td>{row.account}</td>
                <td>{row.importId === null ? "by hand" : `line ${row.line ?? "?"}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
