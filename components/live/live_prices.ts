import { DAY_MS } from "../../services/kernel/time.ts";
import type { PriceTick } from "../api/live_events.ts";

/** What the page knows of an asset's price. Instants are UTC milliseconds. */
export interface LivePriceRow {
  readonly coinId: string;
  readonly priceUsd: number;
  readonly at: number;
  /** `null` while the price is the close of a candle, which has its own measure of age. */
  readonly source: string | null;
  readonly isTraded: boolean;
  /** The price 24 hours before, and for which instant it is that; `null` where none is known. */
  readonly base: { readonly priceUsd: number; readonly at: number } | null;
}

/** What a tick changed about an asset. */
export interface PriceChange {
  readonly row: LivePriceRow;
  readonly direction: "up" | "down";
}

/** What prices of the synthetic market are called. */
export const DEMO_SOURCE = "demo";
const TRADED_SOURCES: ReadonlySet<string> = new Set(["consolidated", DEMO_SOURCE]);

/** A base stands for 24 hours before as long as it lies off that by at most this share of them. */
const MAX_BASE_OFFSET_MS = DAY_MS / 7;

/** Whether a source tells single trades, so that ten seconds without one is silence. */
export function isTradedSource(source: string, venues: readonly string[]): boolean {
  return venues.length > 0 || TRADED_SOURCES.has(source);
}

/** The price that a change, given as a fraction, was counted from; `null` if there is none. */
export function baseOf(priceUsd: number, change: number | null): number | null {
  if (change === null || !(1 + change > 0)) return null;
  return priceUsd / (1 + change);
}

/**
 * The change over 24 hours as a fraction; `null` once the base known to the page is not what the
 * price was about 24 hours before.
 */
export function liveChange24h({ priceUsd, at, base }: LivePriceRow): number | null {
  if (base === null || Math.abs(at - base.at) > MAX_BASE_OFFSET_MS) return null;
  return priceUsd / base.priceUsd - 1;
}

/**
 * The prices of a page, brought up to date by ticks: those of the demo market only where the page
 * shows it.
 */
export class LivePrices {
  readonly #rows: Map<string, LivePriceRow>;
  readonly #isDemo: boolean;

  constructor(rows: readonly LivePriceRow[], { isDemo }: { readonly isDemo: boolean }) {
    this.#rows = new Map(rows.map((row) => [row.coinId, row]));
    this.#isDemo = isDemo;
  }

  get coinIds(): readonly string[] {
    return [...this.#rows.keys()];
  }

  find(coinId: string): LivePriceRow | null {
    return this.#rows.get(coinId) ?? null;
  }

  /** Rows whose price is a live one. */
  *live(): Generator<LivePriceRow> {
    for (const row of this.#rows.values()) if (row.source !== null) yield row;
  }

  /** Time of the newest live price, `null` without any. */
  newest(): LivePriceRow | null {
    let newest: LivePriceRow | null = null;
    for (const row of this.live()) if (newest === null || row.at > newest.at) newest = row;
    return newest;
  }

  /** Takes a tick in; `null` for one that is older than what is known, or not for this page. */
  apply(tick: PriceTick): PriceChange | null {
    if (tick.source === DEMO_SOURCE && !this.#isDemo) return null;
    const known = this.#rows.get(tick.coinId);
    if (known === undefined || tick.at < known.at) return null;
    const { priceUsd, at, source, change24h } = tick;
    const given = change24h === undefined ? null : baseOf(priceUsd, change24h);
    const base = given === null ? known.base : { priceUsd: given, at };
    const isTraded = isTradedSource(source, tick.venues);
    const row = { coinId: tick.coinId, priceUsd, at, source, isTraded, base };
    this.#rows.set(tick.coinId, row);
    return { row, direction: priceUsd < known.priceUsd ? "down" : "up" };
  }
}
