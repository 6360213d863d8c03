import type { Position } from "../../../services/portfolio/mod.ts";
import type { PortfolioPageData } from "./read_portfolio.ts";

/** What waits for the owner of a portfolio. */
export interface OpenDecisions {
  /** Whether the currency has no rate, or one that holds the value back. */
  readonly isRateOpen: boolean;
  /** Holdings without a price of their own. */
  readonly unpriced: readonly Position[];
  /** All of them together, with the rows that nobody else can match. */
  readonly count: number;
}

/** A missing rate is one thing to decide on, however many holdings wait for it. */
export function openDecisions({ value, matched }: PortfolioPageData): OpenDecisions {
  const { currency, fx, positions } = value;
  const isRateOpen = currency !== "USD" && (fx.rate === null || fx.status?.state === "delayed");
  const unpriced = positions.filter(({ unpriced, price }) =>
    unpriced !== null && (price === null || fx.rate !== null)
  );
  const count = (isRateOpen ? 1 : 0) + unpriced.length + matched.counts.problems;
  return { isRateOpen, unpriced, count };
}
