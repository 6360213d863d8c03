import { DAY_MS, type UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import type { AssetMatcher } from "./asset_matcher.ts";
import type { LotEvent } from "./lot_event.ts";
import type { EventColumns } from "./event_columns.ts";
import { type Exact, formatExact, powerOfTen } from "./exact.ts";
import type { LotAmounts } from "./lot_amounts.ts";
import type { Disposal, Lot, LotOptions, RealizedTotal } from "./lot_book.ts";
import { ARRIVED } from "./lot_table.ts";
import type { DecimalText } from "../transaction.ts";
import { YearSums } from "./year_sums.ts";
import { MONEY_DECIMALS } from "./words.ts";

const LONG_TERM_DAYS = 365;
/** Fractions or lots that are written before others get their turn. */
const WRITTEN_AT_ONCE = 1_000;

/** A matched asset. */
export interface Matched {
  readonly assetId: AssetId;
  readonly columns: EventColumns;
  readonly amounts: LotAmounts;
  readonly matcher: AssetMatcher;
  readonly options: LotOptions;
}

/** Writes out what follows from a match; what did not change since the last time stays as it is. */
export class BookWriter {
  readonly #matched: Matched;
  readonly #years: YearSums;
  #disposals: readonly Disposal[] = [];
  /** Open lots as they were written, by their numbers. */
  #written: readonly (Lot | undefined)[] = [];

  constructor(matched: Matched) {
    this.#matched = matched;
    this.#years = new YearSums(matched);
  }

  get disposals(): readonly Disposal[] {
    return this.#disposals;
  }

  get realized(): readonly RealizedTotal[] {
    return this.#years.totals;
  }

  /** Writes what was taken by the events from one on. Yields now and then. */
  *writeDisposals(from: number): Generator<void> {
    const { columns, matcher } = this.#matched;
    const { events, lots } = matcher.fractions;
    const first = firstAtLeast(events, from);
    const disposals = this.#disposals.slice(0, first);
    for (let index = first; index < events.length; index++) {
      const event = columns.events[events.at(index)];
      const lot = lots.at(index);
      const origin = lot < 0 ? null : columns.events[matcher.lots.eventOf(lot)] ?? null;
      if (event) disposals.push(disposalOf(this.#matched, { index, event, origin }));
      if (index % WRITTEN_AT_ONCE === 0) yield;
    }
    this.#disposals = disposals;
    this.#years.update(disposals, first);
  }

  /** Writes what is open, in order of acquisition. Yields now and then. */
  *writeLots(): Generator<void, Lot[]> {
    const { amounts, matcher } = this.#matched;
    const written = Array.from<Lot | undefined>({ length: matcher.lots.length });
    const lots: Lot[] = [];
    for (let lot = 0; lot < matcher.lots.length; lot++) {
      if (!amounts.isOpen(lot)) continue;
      const open = this.#writeLot(lot);
      written[lot] = open;
      if (lots.push(open) % WRITTEN_AT_ONCE === 0) yield;
    }
    this.#written = written;
    return lots.sort((a, b) => (a.acquired ?? 0) - (b.acquired ?? 0));
  }

  #writeLot(lot: number): Lot {
    const { assetId, columns, amounts, matcher: { lots } } = this.#matched;
    const event = columns.events[lots.eventOf(lot)];
    if (!event) throw new RangeError(`Cannot find what opened lot ${lot}`);
    const { row, isValued } = event;
    const [units, costUnits] = [amounts.lotQuantity(lot), amounts.lotCost(lot)];
    const account = columns.accounts[lots.accountOf(lot)] ?? "";
    const acquired = acquiredAt(event);
    const quantity = formatAs(row.quantity, { units, decimals: amounts.quantityDecimals });
    const cost = isValued
      ? formatExact({ units: costUnits, decimals: amounts.costDecimals })
      : null;
    const isInTransit = lots.linkOf(lot) !== ARRIVED;
    const known = this.#written[lot];
    // What one unit costs follows from these.
    const isSame = known?.rowId === row.id && known.account === account &&
      known.acquired === acquired && known.quantity === quantity && known.cost === cost &&
      known.isInTransit === isInTransit;
    if (isSame) return known;
    const unitCost = isValued ? formatAs(row.unitPriceUsd, unitCostOf(this.#matched, lot)) : null;
    return { assetId, account, acquired, quantity, cost, unitCost, rowId: row.id, isInTransit };
  }
}

/** The text of an amount: that of its row where it says the same, so that it is kept once. */
function formatAs(text: DecimalText | null, amount: Exact): DecimalText {
  const own = formatExact(amount);
  return own === text ? text : own;
}

function unitCostOf({ amounts }: Matched, lot: number): Exact {
  const { quantityDecimals, costDecimals } = amounts;
  const units = amounts.lotCost(lot) * powerOfTen(quantityDecimals + MONEY_DECIMALS) /
    (amounts.lotQuantity(lot) * powerOfTen(costDecimals));
  return { units, decimals: MONEY_DECIMALS };
}

/** The first fraction of an event, or of a later one. */
function firstAtLeast(events: AssetMatcher["fractions"]["events"], event: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (events.at(middle) < event) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** When the units of a lot were acquired; a transfer from nowhere does not say. */
function acquiredAt({ kind, row }: LotEvent): UtcMs | null {
  return kind === "open" && row.action !== "TRANSFER_IN" ? row.at : null;
}

interface Fraction {
  readonly index: number;
  readonly event: LotEvent;
  /** What opened its lot; `null` for what was not held. */
  readonly origin: LotEvent | null;
}

function disposalOf({ amounts, options }: Matched, { index, event, origin }: Fraction): Disposal {
  const { row } = event;
  const { quantity, cost, proceeds } = amounts.fraction(index);
  const decimals = amounts.costDecimals;
  const isCostKnown = origin === null ? options.missingCost === "zero" : origin.isValued;
  const isGainKnown = isCostKnown && event.isValued;
  const acquired = origin && acquiredAt(origin);
  const daysHeld = acquired === null ? null : Math.floor((row.at - acquired) / DAY_MS);
  const isLong = daysHeld !== null && daysHeld > (options.longTermDays ?? LONG_TERM_DAYS);
  return {
    rowId: row.id,
    action: row.action,
    assetId: row.assetId,
    account: row.account,
    lotRowId: origin && origin.row.id,
    acquired,
    disposed: row.at,
    quantity: formatAs(row.quantity, { units: quantity, decimals: amounts.quantityDecimals }),
    cost: isCostKnown ? formatExact({ units: cost, decimals }) : null,
    proceeds: event.isValued ? formatExact({ units: proceeds, decimals }) : null,
    gain: isGainKnown ? formatExact({ units: proceeds - cost, decimals }) : null,
    daysHeld,
    term: daysHeld === null ? null : isLong ? "long" : "short",
    isComplete: isGainKnown && acquired !== null,
  };
}
