import { render } from "preact";
import type { PortfolioTick } from "../../components/api/live_portfolios.ts";
import { Gain, InCurrency, Money } from "../../components/figures/Amounts.tsx";
import { formatShare } from "../../components/format/number.ts";
import { FLASH_MS, FlashLimiter } from "../../components/live/flash_limiter.ts";

interface Writing {
  /** Units of the page's currency for a dollar. */
  readonly rate: number;
  /** Whether nothing may move. */
  readonly isCalm: boolean;
  /** Milliseconds of any clock. */
  readonly now: number;
}

/**
 * The value in what a page is in: the server's own where that is the portfolio's currency. `null`
 * where it is held, as then it stays what it was, and where it is not known.
 */
export function shownNav(
  { currency, nav, navUsd, isHeld }: PortfolioTick,
  shown: { readonly currency: string; readonly rate: number },
): number | null {
  if (currency !== shown.currency) return navUsd === null ? null : navUsd * shown.rate;
  return isHeld ? null : nav;
}

/**
 * Writes values into the cells of a portfolio's page: `data-cell` says which one it is, `data-n`
 * what number it shows. Those that change flash.
 */
export class ValueCells {
  readonly #currency: string;
  readonly #flashes = new FlashLimiter<HTMLElement>();

  /** `currency` is what amounts of the page are in. */
  constructor(currency: string) {
    this.#currency = currency;
  }

  write(tick: PortfolioTick, writing: Writing): void {
    const { rate } = writing;
    const nav = shownNav(tick, { currency: this.#currency, rate });
    if (nav !== null) this.#amounts(document, "nav", { value: nav, ...writing });
    let sum: number | null = null;
    for (const { assetId, valueUsd, share } of tick.positions) {
      if (valueUsd === null) continue;
      const rows = `[data-position="${CSS.escape(assetId)}"]`;
      for (const row of document.querySelectorAll<HTMLElement>(rows)) {
        this.#amounts(row, "value", { value: valueUsd * rate, ...writing });
        const { cost, costed = "1" } = row.dataset;
        if (cost !== undefined) {
          // What it cost stays what was paid, whatever the rate of now.
          const gain = valueUsd * Number(costed) * rate - Number(cost);
          sum = (sum ?? 0) + gain;
          this.#amounts(row, "unrealised", { value: gain, ...writing });
        }
        if (share !== null) writeShare(row, share);
      }
    }
    if (sum !== null) this.#amounts(document, "unrealised-sum", { value: sum, ...writing });
  }

  #amounts(
    root: ParentNode,
    cell: string,
    { value, isCalm, now }: Writing & { readonly value: number },
  ): void {
    const isGain = cell.startsWith("unrealised");
    for (const place of root.querySelectorAll<HTMLElement>(`[data-cell="${cell}"]`)) {
      const [text, before] = [place.textContent, Number(place.dataset["n"])];
      place.dataset["n"] = String(value);
      render(
        <InCurrency currency={this.#currency}>
          {isGain ? <Gain value={value} /> : <Money value={value} />}
        </InCurrency>,
        place,
      );
      if (place.textContent === text || isCalm || !this.#flashes.take(place, now)) continue;
      flash(place, value < before ? "down" : "up");
    }
  }
}

function writeShare(row: ParentNode, share: number): void {
  const text = row.querySelector<HTMLElement>('[data-cell="share"]');
  if (text !== null) text.textContent = formatShare(share);
  const meter = row.querySelector("meter");
  if (meter !== null) meter.value = share;
}

function flash(place: HTMLElement, direction: "up" | "down"): void {
  const cell = place.closest<HTMLElement>("td, dd") ?? place;
  cell.dataset["dir"] = direction;
  cell.classList.add("flash");
  // Not `animationend`, which never comes while the tab is hidden.
  setTimeout(() => cell.classList.remove("flash"), FLASH_MS);
}
