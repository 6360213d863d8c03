import type { Uuid } from "../kernel/ids.ts";
import type { UtcMs } from "../kernel/time.ts";
import type { AssetId } from "../market/mod.ts";
import { fromDollars, moneyIdOf, rowInCurrency, type UnitPrices } from "./lot_currency.ts";
import { PICKS_COLUMN, picksOf } from "./lot_picks.ts";
import type { LotRow } from "./lots/lot_book.ts";
import { LotMatcher, type LotOptions } from "./lots.ts";
import { paidMoneyOf } from "./paid_money.ts";
import type { LedgerRow } from "./ports.ts";
import type { BaseCurrency, Portfolio } from "./portfolio.ts";
import type { DecimalText } from "./transaction.ts";

/**
 * Rows that are kept over all ledgers, counted once more for each way in which they are matched;
 * and ways of matching that are kept of each ledger.
 */
export const MAX_ROWS = 3_000_000;
const MAX_MATCHERS = 4;
/** Rows that are read, or taken in, before others get their turn. */
export const ROWS_AT_ONCE = 2_000;
/** Before they are read. */
const UNKNOWN_UNITS: UnitPrices = () => null;

/** How a ledger is matched: one rule, and years that have another. */
export type LotRules = Pick<Portfolio, "rule" | "rulesByYear">;

/** The same with what amounts are in: dollars, where it says nothing. */
export interface LotRulesIn extends LotRules {
  readonly currency?: BaseCurrency | undefined;
}

/** Dollars for one unit of an asset, or of money, at a time; `null` where none is known. */
export type PriceLookup = (assetId: AssetId, at: UtcMs) => DecimalText | null;

/** Lots by one way of matching. */
interface KeptMatcher {
  readonly currency: BaseCurrency;
  readonly matcher: LotMatcher;
}

/** What one unit of a currency cost at the times of rows, and what that was read by. */
export interface KeptUnits {
  readonly unitAt: UnitPrices;
  readonly mark: string;
}

/** Of what a price is needed, and when. */
export type Moment = Pick<LedgerRow, "assetId" | "at">;

/** A row with what it was traded for, where that takes a rate. */
export type KeptRow = LedgerRow & Pick<LotRow, "paid">;

/** A row as it is kept. */
export function keptRow(row: LedgerRow): KeptRow {
  const paid = paidMoneyOf(row);
  return paid === null ? row : { ...row, paid };
}

/** What a row without a price of its own may be valued by; a dollar is one at any time. */
function momentsOf({ assetId, at, paid }: KeptRow): readonly Moment[] {
  const own = assetId === "usd" ? [] : [{ assetId, at }];
  return paid ? [...own, { assetId: paid.cashId, at }] : own;
}

/** A ledger in memory, with its lots by each way of matching that was asked for. */
export class KeptLedger {
  readonly #rows = new Map<Uuid, KeptRow>();
  readonly #unpriced = new Map<Uuid, KeptRow>();
  readonly #matchers = new Map<string, KeptMatcher>();
  /** Those that do not have all rows yet. */
  readonly #filling = new Set<KeptMatcher>();
  readonly #units = new Map<BaseCurrency, KeptUnits>();
  /** The rows are as of this version. */
  version = -1;
  #priceOf: PriceLookup = () => null;

  /** Rows that it keeps, and that each way of matching keeps. */
  get size(): number {
    return this.#rows.size * (1 + this.#matchers.size);
  }

  /** Rows alone. */
  get rowCount(): number {
    return this.#rows.size;
  }

  /** In no order. */
  rows(): Iterable<KeptRow> {
    return this.#rows.values();
  }

  find(id: Uuid): LedgerRow | null {
    return this.#rows.get(id) ?? null;
  }

  /** When prices are needed, and of what: of rows that name none, and of the money they name. */
  unpricedMoments(): readonly Moment[] {
    return [...this.#unpriced.values()].flatMap(momentsOf);
  }

  /** Values rows without a price anew; lots of those whose price changed are matched again. */
  setPrices(priceOf: PriceLookup): void {
    const before = this.#priceOf;
    this.#priceOf = priceOf;
    for (const row of [...this.#unpriced.values()]) {
      const isMoved = momentsOf(row)
        .some(({ assetId, at }) => before(assetId, at) !== priceOf(assetId, at));
      if (isMoved) this.#upsert(row);
    }
  }

  /** When the price of a unit of a currency is needed: of every row. */
  momentsOf(currency: BaseCurrency): readonly Moment[] {
    const assetId = moneyIdOf(currency);
    return Array.from(this.#rows.values(), ({ at }) => ({ assetId, at }));
  }

  /** What the prices of a currency's units were read by; `null` before they were. */
  unitsMark(currency: BaseCurrency): string | null {
    return this.#units.get(currency)?.mark ?? null;
  }

  /** Values rows in a currency anew; lots of those whose rate changed are matched again. */
  setUnits(currency: BaseCurrency, units: KeptUnits): void {
    const before = this.#units.get(currency)?.unitAt ?? UNKNOWN_UNITS;
    this.#units.set(currency, units);
    const matchers = this.#allMatchers().filter((kept) => kept.currency === currency);
    if (matchers.length === 0) return;
    for (const row of this.#rows.values()) {
      if (before(row.at) === units.unitAt(row.at)) continue;
      for (const { matcher } of matchers) matcher.upsert(this.#rowIn(row, currency));
    }
  }

  #unitsOf(currency: BaseCurrency): UnitPrices {
    return this.#units.get(currency)?.unitAt ?? UNKNOWN_UNITS;
  }

  #rowIn(row: KeptRow, currency: BaseCurrency): KeptRow {
    return currency === "USD" ? row : rowInCurrency(row, this.#unitsOf(currency)(row.at));
  }

  /** The rows from `from` on are now these, and no others. */
  replaceFrom(from: UtcMs, rows: readonly KeptRow[]): void {
    const now = new Set(rows.map(({ id }) => id));
    for (const { id, at } of [...this.#rows.values()]) {
      if (at >= from && !now.has(id)) this.#remove(id);
    }
    for (const row of rows) {
      const known = this.#rows.get(row.id);
      if (known === undefined || !isSame(known, row)) this.#upsert(row);
    }
  }

  /** Takes rows in, each in place of the one with its id. */
  add(rows: readonly KeptRow[]): void {
    for (const row of rows) this.#upsert(row);
  }

  /**
   * The lots by a set of rules, which are begun in pieces where they were not asked for before;
   * those asked for the longest ago are forgotten.
   */
  async matcher(rules: LotRulesIn, rest: () => Promise<void>): Promise<LotMatcher> {
    const key = keyOf(rules);
    const kept = this.#matchers.get(key) ?? await this.#newMatcher(rules, rest);
    this.#matchers.delete(key);
    this.#matchers.set(key, kept);
    this.#forgetMatchers();
    return kept.matcher;
  }

  /** Keeps the one asked for last, and others as far as there is room. */
  #forgetMatchers(): void {
    for (const oldest of this.#matchers.keys()) {
      const { size } = this.#matchers;
      if (size === 1 || size <= MAX_MATCHERS && this.size <= MAX_ROWS) return;
      this.#matchers.delete(oldest);
    }
  }

  async #newMatcher(rules: LotRulesIn, rest: () => Promise<void>): Promise<KeptMatcher> {
    const { currency = "USD" } = rules;
    const matcher = new LotMatcher([], this.#options(rules));
    const kept = { currency, matcher };
    // What changes meanwhile reaches it as well.
    this.#filling.add(kept);
    let count = 0;
    for (const row of this.#rows.values()) {
      matcher.upsert(this.#rowIn(row, currency));
      if (++count % ROWS_AT_ONCE === 0) await rest();
    }
    this.#filling.delete(kept);
    return kept;
  }

  /** A matcher of the rows up to an instant; the one of all of them where none is later. */
  matcherAt(rules: LotRules, to: UtcMs): LotMatcher {
    const past = [...this.#rows.values()].filter(({ at }) => at <= to);
    const known = past.length === this.#rows.size ? this.#matchers.get(keyOf(rules)) : undefined;
    return known?.matcher ?? new LotMatcher(past, this.#options(rules));
  }

  #options({ rule, rulesByYear, currency = "USD" }: LotRulesIn): LotOptions {
    return {
      ...{ rule, rulesByYear, moneyId: moneyIdOf(currency) },
      priceOf: (assetId, at) => this.#priceIn(currency, { assetId, at }),
      picksOf: (id) => {
        const row = this.#rows.get(id);
        return row === undefined ? [] : picksOf(row);
      },
    };
  }

  #priceIn(currency: BaseCurrency, { assetId, at }: Moment): DecimalText | null {
    const dollars = assetId === "usd" ? "1" : this.#priceOf(assetId, at);
    return currency === "USD" ? dollars : fromDollars(dollars, this.#unitsOf(currency)(at));
  }

  #upsert(row: KeptRow): void {
    this.#rows.set(row.id, row);
    if (row.unitPriceUsd === null && row.assetId !== "usd") this.#unpriced.set(row.id, row);
    else this.#unpriced.delete(row.id);
    for (const { matcher, currency } of this.#allMatchers()) {
      matcher.upsert(this.#rowIn(row, currency));
    }
  }

  #remove(id: Uuid): void {
    this.#rows.delete(id);
    this.#unpriced.delete(id);
    for (const { matcher } of this.#allMatchers()) matcher.remove(id);
  }

  #allMatchers(): readonly KeptMatcher[] {
    return [...this.#matchers.values(), ...this.#filling];
  }
}

function keyOf({ rule, rulesByYear, currency = "USD" }: LotRulesIn): string {
  return JSON.stringify([rule, rulesByYear, currency]);
}

function isSame(a: KeptRow, b: KeptRow): boolean {
  return a.at === b.at && a.action === b.action && a.assetId === b.assetId &&
    a.quantity === b.quantity && a.unitPriceUsd === b.unitPriceUsd && a.account === b.account &&
    a.txHash === b.txHash && a.parentId === b.parentId && a.importId === b.importId &&
    a.line === b.line && a.notesExtra[PICKS_COLUMN] === b.notesExtra[PICKS_COLUMN] &&
    a.paid?.cashId === b.paid?.cashId && a.paid?.total === b.paid?.total;
}
