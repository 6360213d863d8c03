import type { Uuid } from "../../kernel/ids.ts";
import type { UtcMs } from "../../kernel/time.ts";
import { isInflow } from "../transaction.ts";
import { absolute, add, type Exact, parseExact, subtract, ZERO } from "./exact.ts";
import type { LotOptions, LotRow } from "./lot_book.ts";
import { namedPriceOf, type Price, quotedTotalOf } from "./row_value.ts";

/** What a row, or a part of one, does to the lots of its asset. */
export interface LotEvent {
  /** `leave` and `arrive` are the two sides of a transfer. */
  readonly kind: "open" | "take" | "leave" | "arrive";
  readonly row: LotRow;
  readonly at: UtcMs;
  readonly quantity: Exact;
  /** Cost of what opens, proceeds of what is taken: quantity × price + extra. */
  readonly price: Exact;
  readonly extra: Exact;
  /** What its unit cost is ranked by, where that is not its cost. */
  readonly rank: Exact | null;
  /** Whether that is known. */
  readonly isValued: boolean;
  /** The number of what left and arrives; -1 where it is none or has no other side. */
  readonly link: number;
}

/** What a trade is worth, and its fees. */
export interface TradeValue {
  /** `null` where it is not known. */
  readonly price: Price | null;
  readonly fee: Exact;
  readonly options: LotOptions;
}

/**
 * A row that opens a lot or takes from lots. Amounts that stand in its row are read from there each
 * time: most rows of a ledger are trades, and kept amounts would take more room than all else.
 */
export class TradeEvent implements LotEvent {
  readonly row: LotRow;
  readonly extra: Exact;
  readonly rank: Exact | null;
  readonly isValued: boolean;
  /** `null` where it is the price that the row names, or is not known. */
  readonly #price: Exact | null;

  /** Throws for a row whose quantity can't be read. */
  constructor(row: LotRow, { price, fee, options }: TradeValue) {
    const extra = price?.extra ?? ZERO;
    parseExact(row.quantity);
    this.row = row;
    this.extra = isInflow(row) ? add(extra, fee) : subtract(extra, fee);
    this.rank = price && options.rankBy === "unit_price" ? quotedTotalOf(row, price) : null;
    this.isValued = price !== null;
    this.#price = namedPriceOf(row) === null ? price?.unit ?? null : null;
  }

  get kind(): "open" | "take" {
    return isInflow(this.row) ? "open" : "take";
  }

  get at(): UtcMs {
    return this.row.at;
  }

  get quantity(): Exact {
    return absolute(parseExact(this.row.quantity));
  }

  get price(): Exact {
    return this.#price ?? namedPriceOf(this.row) ?? ZERO;
  }

  /** A trade is no transfer. */
  get link(): number {
    return -1;
  }
}

/** What of an event tells its place among others. */
export type EventPlace = Pick<LotEvent, "kind" | "row" | "at" | "link">;

/** Where the trade of a row stands. */
export function placeOfTrade(row: LotRow): EventPlace {
  return { kind: isInflow(row) ? "open" : "take", row, at: row.at, link: -1 };
}

/** By time; at one moment what opens, then transfers that have both sides, then what goes out. */
export function compareEvents(a: EventPlace, b: EventPlace): number {
  return a.at - b.at || rankOf(a) - rankOf(b) ||
    (a.link >= 0 ? 0 : compareIds(a.row.id, b.row.id));
}

function compareIds(a: Uuid, b: Uuid): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function rankOf({ kind, link }: EventPlace): number {
  return kind === "open" ? 0 : link >= 0 ? 1 : 2;
}
