import { render } from "preact";
import { localizeMoments } from "../../components/keys/moments.ts";
import { Change, Explained, Price, Unknown } from "../../components/figures/Figures.tsx";
import { formatChange, formatPrice } from "../../components/format/number.ts";
import { isoInstant } from "../../components/format/time.ts";
import { FlashLimiter } from "../../components/live/flash_limiter.ts";
import {
  baseOf,
  isTradedSource,
  liveChange24h,
  type LivePriceRow,
  type PriceChange,
} from "../../components/live/live_prices.ts";
import { roughSpan } from "../../components/live/live_status.ts";
import { priceFreshness } from "../../services/kernel/price_freshness.ts";
import { flashCell } from "./flash_cell.ts";

const NO_BASE = "The close 24 hours before the live price is not known here: load the page again";

/** One place that shows an asset's price: a row of a table, or the head of a page. */
interface LivePlace {
  readonly root: HTMLElement;
  readonly price: HTMLElement | null;
  readonly change: HTMLElement | null;
  readonly age: HTMLElement | null;
}

/** What the server wrote about an asset beside its price; `null` where it can't be read. */
function rowOf({ dataset }: HTMLElement): LivePriceRow | null {
  const { live: coinId = "", price = "", at = "", source } = dataset;
  const [priceUsd, asof] = [Number(price), Date.parse(at)];
  if (coinId === "" || price === "" || Number.isNaN(priceUsd) || Number.isNaN(asof)) return null;
  const change = dataset["change"];
  const base = baseOf(priceUsd, change === undefined ? null : Number(change));
  return {
    coinId,
    priceUsd,
    at: asof,
    source: source ?? null,
    isTraded: source !== undefined && isTradedSource(source, []),
    base: base === null ? null : { priceUsd: base, at: asof },
  };
}

/** The live places of a page by their asset, and the writing into them. */
export class LiveCells {
  readonly rows: readonly LivePriceRow[];
  readonly #places = new Map<string, LivePlace[]>();
  readonly #moments: readonly HTMLTimeElement[];
  readonly #flashes = new FlashLimiter<HTMLElement>();
  readonly #taken = new WeakSet<HTMLElement>();
  readonly #shown = new WeakMap<HTMLElement, string>();

  constructor(page: ParentNode) {
    const rows = new Map<string, LivePriceRow>();
    for (const root of page.querySelectorAll<HTMLElement>("[data-live]")) {
      const row = rowOf(root);
      if (row === null) continue;
      rows.set(row.coinId, row);
      const place = {
        root,
        price: root.querySelector<HTMLElement>('[data-cell="price"]'),
        change: root.querySelector<HTMLElement>('[data-cell="change_24h"]'),
        age: root.querySelector<HTMLElement>("[data-age]"),
      };
      const change = liveChange24h(row);
      if (place.price) this.#shown.set(place.price, formatPrice(row.priceUsd).text);
      if (place.change) this.#shown.set(place.change, change === null ? "" : formatChange(change));
      this.#places.set(row.coinId, [...this.#places.get(row.coinId) ?? [], place]);
    }
    this.rows = [...rows.values()];
    this.#moments = [...page.querySelectorAll<HTMLTimeElement>("[data-live-asof] time")];
  }

  /** Writes a price and its change wherever the asset stands. */
  write({ row, direction }: PriceChange, { isCalm, now }: { isCalm: boolean; now: number }): void {
    const change = liveChange24h(row);
    for (const { price, change: changeCell } of this.#places.get(row.coinId) ?? []) {
      if (price !== null && this.#isNew(price, formatPrice(row.priceUsd).text)) {
        this.#take(price, { isLink: true });
        render(
          <Explained figure="price" assetId={row.coinId}>
            <Price value={row.priceUsd} />
          </Explained>,
          price,
        );
        if (!isCalm && this.#flashes.take(price, now)) flashCell(price, direction);
      }
      if (changeCell === null) continue;
      if (!this.#isNew(changeCell, change === null ? "" : formatChange(change))) continue;
      this.#take(changeCell, { isLink: change !== null });
      render(
        change === null
          ? <Unknown reason={NO_BASE} />
          : (
            <Explained figure="change_24h" assetId={row.coinId}>
              <Change fraction={change} />
            </Explained>
          ),
        changeCell,
      );
    }
  }

  /** Marks a live price that is late, with its age. */
  age(row: LivePriceRow, now: number): void {
    const ageMs = now - row.at;
    const freshness = priceFreshness(ageMs, row);
    const text = freshness === "live" ? "" : roughSpan(ageMs);
    for (const { root, age } of this.#places.get(row.coinId) ?? []) {
      if (root.dataset["state"] !== freshness) root.dataset["state"] = freshness;
      if (age === null || age.textContent === text) continue;
      age.textContent = text;
      age.hidden = text === "";
    }
  }

  /** Dates the page by its newest price. */
  date(at: number, now: number): void {
    for (const moment of this.#moments) {
      moment.dateTime = isoInstant(at);
      if (moment.parentElement !== null) localizeMoments(moment.parentElement, now);
    }
  }

  /**
   * Before the first drawing in a cell: a link that the server wrote is taken over as it is, with
   * its focus; anything of another kind would stay beside what is drawn.
   */
  #take(cell: HTMLElement, { isLink }: { isLink: boolean }): void {
    if (this.#taken.has(cell)) return;
    this.#taken.add(cell);
    if (isLink !== (cell.querySelector("a.explain") !== null)) cell.replaceChildren();
  }

  /** Whether a cell would read differently than it does. */
  #isNew(cell: HTMLElement, text: string): boolean {
    const isNew = this.#shown.get(cell) !== text;
    if (isNew) this.#shown.set(cell, text);
    return isNew;
  }
}
