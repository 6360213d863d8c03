import type { UtcMs } from "../kernel/time.ts";

/** One rate as the console shows it: units of the currency for a dollar. */
export interface FxRateShown {
  readonly rate: number;
  readonly source: string;
  readonly asof: UtcMs;
}

/** How a currency that portfolios are valued in is converted now. */
export interface FxCurrencyStatus {
  readonly currency: string;
  /** `delayed`: the end-of-day rate is too far off, and values are held until a word. */
  readonly state: "intraday" | "eod" | "permitted" | "delayed" | "unpriced";
  readonly fallback: FxRateShown | null;
  readonly lastIntraday: FxRateShown | null;
  /** Gap between the two in basis points; `null` while the fallback is not asked for. */
  readonly driftBps: number | null;
  readonly permittedUntil: UtcMs | null;
}

/** Exchange rates, as an operator sees and steers them. */
export interface FxControl {
  listStatus(): Promise<readonly FxCurrencyStatus[]>;
  /**
   * Lets values use the end-of-day rate for half an hour. Throws `RESOURCE_NOT_FOUND` for an
   * unknown currency, `CONFLICT` where nothing is held.
   */
  useEodOnce(
    currency: string,
    by: { readonly actor: string },
  ): Promise<FxCurrencyStatus>;
}
