import { AppError } from "../kernel/errors.ts";
import type { UtcMs } from "../kernel/time.ts";
import { formatUtcMs } from "../kernel/time.ts";
import { settledFigure } from "./explain_settled.ts";
import { type DayChange, dayChange, type Position } from "./holdings.ts";
import type { UnpricedAsset, UnvaluedFees } from "./performance/measure.ts";
import {
  EXACT,
  type ExplainedState,
  type FigureExplanation,
  MAX_INPUTS,
  newestRows,
  type PortfolioInput,
} from "./portfolio_explanation.ts";
import { type ReturnFigure, returnOf, whyUnmeasured } from "./why_unmeasured.ts";

export const PORTFOLIO_FIGURES = [
  ...[
    "nav",
    "day",
    "gain",
    "unrealised",
    "realised",
    "twr",
    "xirr",
    "roi",
    "drawdown",
    "income",
    "fees",
  ],
] as const;

const POSITION = "position-";
const FLOATS = "Double precision; shown to the decimals of the currency.";

/** Takes a figure apart. Throws `RESOURCE_NOT_FOUND` for one that there is not. */
export function explainPortfolio(figure: string, state: ExplainedState): FigureExplanation {
  if (figure.startsWith(POSITION)) return positionFigure(figure.slice(POSITION.length), state);
  switch (figure) {
    case "nav":
      return valueFigure(figure, state);
    case "day":
      return dayFigure(figure, state);
    case "unrealised":
      return unrealisedFigure(figure, state);
    case "realised":
    case "income":
    case "fees":
      return settledFigure(figure, state);
    case "gain":
    case "twr":
    case "xirr":
    case "roi":
    case "drawdown":
      return returnFigure(figure, state);
    default:
      throw new AppError("RESOURCE_NOT_FOUND", `There is no figure "${figure}"`, {
        details: { figures: [...PORTFOLIO_FIGURES, `${POSITION}{asset_id}`] },
      });
  }
}

function inputOfPosition({ name, quantity, price, valueUsd, unpriced }: Position): PortfolioInput {
  const source = price === null
    ? unpriced
    : `${quantity} × ${price.priceUsd} USD, ${price.provenance.source} ` +
      `${price.provenance.resolution}, ${formatUtcMs(price.provenance.asof)}`;
  return { name, value: valueUsd, unit: "usd", note: source };
}

function valueFigure(figure: string, { value, matched }: ExplainedState): FigureExplanation {
  const { fx, currency } = value;
  const rate: readonly PortfolioInput[] = currency === "USD" ? [] : [{
    name: `${currency} for one dollar`,
    value: fx.rate === null ? null : `${fx.rate}`,
    unit: "units",
    note: fx.source === null ? null : `${fx.source}${whenOf(fx.asof)}`,
  }];
  return {
    figure,
    label: "Net asset value",
    value: value.nav,
    unit: "money",
    currency,
    reason: value.reasons.nav ?? null,
    words: "What all holdings with a price are worth together. One without a price is left out " +
      "and counted; it is never taken for nothing, nor for its last price.",
    formula: "Σ quantity × price × rate",
    inputs: [...value.positions.map(inputOfPosition), ...rate],
    rounding: EXACT,
    ...newestRows(matched.ledger.rows()),
  };
}

function dayFigure(figure: string, { value, matched }: ExplainedState): FigureExplanation {
  const change = dayChange(value.positions);
  const ratio = change?.ratio ?? null;
  return {
    figure,
    label: "Change in 24 hours",
    value: ratio === null ? null : `${ratio}`,
    unit: "fraction",
    currency: "USD",
    reason: ratio === null ? whyNoDay(change) : null,
    words:
      "What prices in dollars did in 24 hours to what is held now. What was bought or sold meanwhile " +
      "does not count, nor does a holding without both prices.",
    formula: "Σ value / Σ (value / (1 + change of the price)) − 1",
    inputs: value.positions.map((position) => ({
      name: position.name,
      value: position.change24h === null ? null : `${position.change24h}`,
      unit: "fraction",
      note: position.valueUsd === null ? position.unpriced : `worth ${position.valueUsd} USD now`,
    })),
    rounding: FLOATS,
    ...newestRows(matched.ledger.rows()),
  };
}

function whyNoDay(change: DayChange | null): string {
  return change === null
    ? "No holding has a price of now and one of 24 hours before"
    : "What is held was worth nothing 24 hours before";
}

function gainNote({ value, valueUsd, lots, own }: Position): string {
  const { cost, uncosted } = own;
  return `${value ?? valueUsd ?? "unknown value"} − ${cost ?? "unknown cost"} of ${lots} lots` +
    (uncosted === "0" || cost === null ? "" : `, without ${uncosted} units of unknown cost`);
}

function unrealisedFigure(
  figure: string,
  { value, matched }: ExplainedState,
): FigureExplanation {
  return {
    figure,
    label: "Unrealised gain",
    value: value.own.unrealized,
    unit: "money",
    currency: value.own.currency,
    reason: value.own.reasons.unrealized ?? null,
    words: "Value less cost of the units of which both are known. Cost is that of the open lots " +
      `by ${value.rule.method}, fees included, each by the rate of its purchase. Units of ` +
      "unknown cost are named.",
    formula: "Σ (quantity × price × rate − cost of open lots)",
    inputs: value.positions.map((position) => ({
      name: position.name,
      value: position.own.unrealized,
      unit: "money",
      note: gainNote(position),
    })),
    rounding: EXACT,
    ...newestRows(matched.ledger.rows()),
  };
}

type ExplainedReturn = Exclude<ReturnFigure, "modifiedDietz">;

const RETURN_WORDS: Readonly<Record<ExplainedReturn, readonly [string, string, string]>> = {
  gain: [
    "Gain",
    "What the value grew by beyond what was paid in.",
    "value + withdrawn − deposited − opening value",
  ],
  twr: [
    "Time-weighted return (TWR)",
    "What one unit of money became that stayed in all the time: returns are linked at each flow, " +
    "so the time and size of deposits do not count.",
    "Π (value before flow / value after the flow before) − 1",
  ],
  xirr: [
    "Money-weighted return (XIRR)",
    "The yearly rate at which all that was paid in grew to what was taken out and what is there.",
    "Σ flow × (1 + r)^(−days / 365) = 0",
  ],
  roi: [
    "Return on investment (ROI)",
    "Gain on all that was paid in.",
    "gain / (opening + deposited)",
  ],
  drawdown: [
    "Max drawdown",
    "The deepest fall of the TWR index below its highest point before.",
    "min (index / running peak − 1)",
  ],
};

function returnFigure(
  figure: ExplainedReturn,
  { matched, measured }: ExplainedState,
): FigureExplanation {
  const { performance, currency } = measured;
  const [label, words, formula] = RETURN_WORDS[figure];
  const value = performance === null ? null : returnOf(performance, figure);
  const amounts = performance === null ? [] : ([
    ["Opening value", performance.openingValue, performance.from],
    ["Deposited", performance.deposited, null],
    ["Withdrawn", performance.withdrawn, null],
    ["Value", performance.value, performance.to],
  ] as const);
  return {
    ...{ figure, label, words, formula, currency },
    value: value === null ? null : `${value}`,
    unit: figure === "gain" ? "money" : "fraction",
    reason: whyUnmeasured(measured, figure),
    inputs: [
      ...amounts.map(([name, amount, at]) => ({
        name,
        value: textOf(amount),
        unit: "money" as const,
        note: at === null ? "purchases and sales count as flows" : formatUtcMs(at),
      })),
      ...(performance?.contributions ?? []).map((one) => ({
        ...{ assetId: one.assetId, name: `Gain of ${one.assetId}` },
        value: textOf(one.gain),
        unit: "money" as const,
        note: null,
      })),
      ...(performance?.unpriced ?? []).flatMap(leftOutInput),
      ...(performance?.unvaluedFees ?? []).map(unvaluedInput),
    ],
    rounding: FLOATS,
    ...newestRows(matched.ledger.rows()),
  };
}

/** What no return counts any more, as its prices ended. */
function leftOutInput({ assetId, leftOut }: UnpricedAsset): readonly PortfolioInput[] {
  if (leftOut === null) return [];
  const { since, lastValue } = leftOut;
  return [{
    ...{ assetId, name: `${assetId}, left out` },
    value: lastValue === null ? null : `${lastValue}`,
    unit: "money",
    note: since === null
      ? "without a price since it came"
      : `without a price since ${formatUtcMs(since)}: its value of then counts as taken`,
  }];
}

/** What no return counts, as nobody knows what it was worth. */
function unvaluedInput({ assetId, count }: UnvaluedFees): PortfolioInput {
  return {
    ...{ assetId, name: `Fees of ${assetId} without a rate: ${count}` },
    value: null,
    unit: "money",
    note: "left out until exchange rates of their days are there, or they name their unit price",
  };
}

function positionFigure(
  assetId: string,
  { value, matched }: ExplainedState,
): FigureExplanation {
  const position = value.positions.find((one) => one.assetId === assetId);
  if (position === undefined) {
    throw new AppError("RESOURCE_NOT_FOUND", `The portfolio holds no "${assetId}"`);
  }
  const { book, ledger } = matched;
  return {
    figure: POSITION + assetId,
    label: `Value of ${position.name}`,
    value: position.value,
    unit: "money",
    currency: value.currency,
    reason: position.unpriced,
    words: "What is held of it over all accounts, at the price of now.",
    formula: "Σ quantity of open lots × price × rate",
    inputs: [
      inputOfPosition(position),
      ...book.lots.filter((lot) => lot.assetId === assetId).slice(0, MAX_INPUTS).map((lot) => ({
        name: `Lot${whenOf(lot.acquired)}, ${lot.account}`,
        value: lot.quantity,
        unit: "units" as const,
        note: lot.cost === null ? "cost not known" : `cost ${lot.cost} ${matched.currency}`,
      })),
    ],
    rounding: EXACT,
    ...newestRows([...ledger.rows()].filter((row) => row.assetId === assetId)),
  };
}

/** A number as text; `null` for what is none, as a price or rate is missing. */
function textOf(value: number): string | null {
  return Number.isFinite(value) ? `${value}` : null;
}

function whenOf(at: UtcMs | null): string {
  return at === null ? "" : `, ${formatUtcMs(at)}`;
}
