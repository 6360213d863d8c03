import type { Uuid } from "../kernel/ids.ts";
import { formatUtcMs } from "../kernel/time.ts";
import type { AssetId } from "../market/mod.ts";
import type { OwnSumName, PortfolioValue } from "./holding_service.ts";
import { knownSum } from "./known_sum.ts";
import type { LotBook } from "./lots.ts";
import {
  EXACT,
  type ExplainedState,
  type FigureExplanation,
  MAX_INPUTS,
  newestRows,
  type PortfolioInput,
} from "./portfolio_explanation.ts";
import type { DecimalText } from "./transaction.ts";

export type SettledFigure = "realised" | "income" | "fees";

interface Settled {
  readonly label: string;
  readonly words: string;
  readonly formula: string;
  readonly sum: OwnSumName;
  readonly counted: keyof PortfolioValue["unvalued"];
  /** What those are called. */
  readonly noun: string;
  readonly inputsOf: (book: LotBook) => readonly SettledInput[];
  /** The entries whose rows stand behind it. */
  readonly entriesOf: (book: LotBook) => readonly { readonly rowId: Uuid }[];
}

interface SettledInput {
  readonly name: string;
  readonly assetId?: AssetId;
  readonly value: DecimalText | null;
  readonly note: string;
}

const SETTLED: Readonly<Record<SettledFigure, Settled>> = {
  realised: {
    label: "Realised gain",
    words: "Proceeds less cost of everything that was sold or paid with, each by the rate of its " +
      "time. Disposals whose cost or proceeds are not known are counted and left out.",
    formula: "Σ (proceeds − fees − cost of the lots taken)",
    sum: "realized",
    counted: "disposals",
    noun: "Disposals",
    inputsOf: ({ realized }) =>
      realized.map(({ assetId, year, proceeds, cost, gain, incomplete }) => ({
        ...{ assetId, name: `${assetId}, ${year}` },
        value: gain,
        note: `${proceeds ?? "unknown proceeds"} − ${cost ?? "unknown cost"}` +
          (incomplete === 0 ? "" : `, ${incomplete} of unknown gain left out`),
      })),
    entriesOf: ({ disposals }) => disposals,
  },
  income: {
    label: "Income",
    words:
      "Rewards, airdrops and other income at what they were worth when they came, by the rate " +
      "of that time.",
    formula: "Σ quantity × price at its time",
    sum: "income",
    counted: "income",
    noun: "Income",
    inputsOf: ({ income }) =>
      income.map(({ assetId, at, quantity, value }) => ({
        ...{ assetId, name: `${assetId}, ${formatUtcMs(at)}` },
        value,
        note: `${quantity} units`,
      })),
    entriesOf: ({ income }) => income,
  },
  fees: {
    label: "Fees",
    words:
      "All fees at what they were worth when they were paid, by the rate of that time. They are part of the cost of " +
      "what was bought, and off the proceeds of what was sold.",
    formula: "Σ fee × price at its time",
    sum: "fees",
    counted: "fees",
    noun: "Fees",
    inputsOf: ({ fees }) =>
      fees.map(({ assetId, at, quantity, value, appliedTo }) => ({
        ...assetId !== null && { assetId },
        name: `${assetId ?? "USD"}, ${formatUtcMs(at)}`,
        value,
        note: `${quantity} units, in ${appliedTo}`,
      })),
    entriesOf: ({ fees }) => fees,
  },
};

/** A sum over what is settled, whatever is held now: which entries make it, and what it lacks. */
export function settledFigure(
  figure: SettledFigure,
  { value: { own }, matched: { book, ledger } }: ExplainedState,
): FigureExplanation {
  const { label, words, formula, sum, counted, noun, inputsOf, entriesOf } = SETTLED[figure];
  const used = new Set(entriesOf(book).map(({ rowId }) => rowId));
  return {
    ...{ figure, label, words, formula },
    value: own[sum],
    unit: "money",
    currency: own.currency,
    reason: own.reasons[sum] ?? null,
    inputs: [...leftOut(own.unvalued[counted], noun), ...listed(inputsOf(book))],
    rounding: EXACT,
    ...newestRows([...used].flatMap((id) => ledger.find(id) ?? [])),
  };
}

function leftOut(count: number, noun: string): readonly PortfolioInput[] {
  if (count === 0) return [];
  const name = `${noun} of unknown value: ${count}`;
  return [{ name, value: null, unit: "money", note: "left out: see what needs a decision" }];
}

/** The newest, and the others as one. */
function listed(inputs: readonly SettledInput[]): readonly PortfolioInput[] {
  const older = inputs.slice(0, -MAX_INPUTS);
  const inMoney = (input: SettledInput): PortfolioInput => ({ ...input, unit: "money" });
  const newest = inputs.slice(-MAX_INPUTS).map(inMoney);
  if (older.length === 0) return newest;
  const { sum } = knownSum(older.map(({ value }) => value));
  return [inMoney({ name: "Older", value: sum, note: `${older.length} in sum` }), ...newest];
}
