import type { Uuid } from "../kernel/ids.ts";
import type { UtcMs } from "../kernel/time.ts";
import type { AssetId } from "../market/mod.ts";
import { isSameRow, type KeptRow } from "./kept_row.ts";
import { fromDollars, moneyIdOf, rowInCurrency, type UnitPrices } from "./lot_currency.ts";
import { parsePicks } from "./lot_picks.ts";
import { LedgerLots, type LotBook, type LotOptions, RowIndex } from "./lots.ts";
import type { BaseCurrency, Portfolio } from "./portfolio.ts";
import type { DecimalText } from "./transaction.ts";

/**
 * Rows that are kept over all ledgers, counted once more for each way in which they are matched;
 * and ways of matching that are kept of each ledger.
 */
export const MAX_ROWS = 3_000_000;
const MAX_MATCHERS = 4;
/** Whatever room there is: who asks in another currency asks in dollars as well, each time. */
const MIN_MATCHERS = 2;
/** Rows that are read before others get their turn. */
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
  /** The rows as it has them: those of the ledger where amounts are in dollars. */
  readonly rows: RowIndex<KeptRow>;
  readonly lots: LedgerLots;
}

/** What one unit of a currency cost at the times of rows, and what that was read by. */
export interface KeptUnits {
  readonly unitAt: UnitPrices;
  readonly mark: string;
}

/** Of what a price is needed, and when. */
export type Moment = Pick<KeptRow, "assetId" | "at">;

/** What a row without a price of its own may be valued by; a dollar is one at any time. */
function momentsOf({ assetId, at, paid }: KeptRow): readonly Moment[] {
  const own = assetId === "usd" ? [] : [{ assetId, at }];
  return paid ? [...own, { assetId: paid.cashId, at }] : own;
}

/** A ledger in memory, with its lots by each way of matching that was asked for. */
export class KeptLedger {
  readonly #rows = new RowIndex<KeptRow>();
  readonly #unpriced = new Map<Uuid, KeptRow>();
  readonly #matchers = new Map<string, KeptMatcher>();
  /** Those that do not have all rows yet. */
  readonly #filling = new Set<KeptMatcher>();
  readonly #units = new Map<BaseCurrency, KeptUnits>();
  /** The rows are as of this version. */
  version = -1;
  #priceOf: PriceLookup = () => null;
  readonly #maxRows: number;

  /** `maxRows` is the room for rows, each counted once more for each way of matching. */
  constructor({ maxRows = MAX_ROWS }: { readonly maxRows?: number } = {}) {
    this.#maxRows = maxRows;
  }

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

  find(id: Uuid): KeptRow | null {
    return this.#rows.rowOf(id);
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
      for (const kept of matchers) this.#follow(kept, { before: row, after: row });
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
    for (const { id, at } of this.#rows.values()) {
      if (at >= from && !now.has(id)) this.#remove(id);
    }
    for (const row of rows) {
      const known = this.#rows.rowOf(row.id);
      if (known === null || !isSameRow(known, row)) this.#upsert(row);
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
  async matcher(rules: LotRulesIn, rest: () => Promise<void>): Promise<LedgerLots> {
    const key = keyOf(rules);
    const known = this.#matchers.get(key);
    // What is not asked for any more goes first, so that both never take room together.
    this.#forgetMatchers({ added: known === undefined ? 1 : 0 });
    const kept = known ?? await this.#newMatcher(rules, rest);
    this.#matchers.delete(key);
    this.#matchers.set(key, kept);
    return kept.lots;
  }

  /** With those to be added, keeps the two asked for last, and others as far as there is room. */
  #forgetMatchers({ added }: { readonly added: number }): void {
    for (const oldest of this.#matchers.keys()) {
      const size = this.#matchers.size + added;
      const rows = this.#rows.size * (1 + size);
      if (size <= MIN_MATCHERS || size <= MAX_MATCHERS && rows <= this.#maxRows) return;
      this.#matchers.delete(oldest);
    }
  }

  async #newMatcher(rules: LotRulesIn, rest: () => Promise<void>): Promise<KeptMatcher> {
    const { currency = "USD" } = rules;
    const rows = currency === "USD" ? this.#rows : new RowIndex<KeptRow>();
    const kept = { currency, rows, lots: new LedgerLots(rows, this.#options(rules)) };
    // What changes meanwhile reaches it as well.
    this.#filling.add(kept);
    await kept.lots.fill(this.#rowsOf(kept), rest);
    this.#filling.delete(kept);
    return kept;
  }

  *#rowsOf({ currency, rows }: KeptMatcher): Generator<KeptRow> {
    for (const row of this.#rows.values()) {
      const own = this.#rowIn(row, currency);
      if (currency !== "USD") rows.set(own);
      yield own;
    }
  }

  /**
   * The lots of each asset by the rows up to an instant. Those of assets to which nothing happened
   * since are the same as of now.
   */
  async *booksAt(
    { to, ...rules }: LotRules & { readonly to: UtcMs },
    rest: () => Promise<void>,
  ): AsyncGenerator<LotBook> {
    const now = await this.matcher(rules, rest);
    await now.catchUp(rest);
    const changed = this.#assetsAfter(to);
    const same = now.assetIds().filter((assetId) => !changed.has(assetId));
    // All of it before the first is given away, as rows may change meanwhile.
    const books = same.flatMap((assetId) => now.bookOf(assetId) ?? []);
    const past = new RowIndex(this.#rowsAround(changed).filter(({ at }) => at <= to));
    yield* books;
    const lots = new LedgerLots(past, this.#options(rules));
    await lots.fill([...past.values()].filter(({ assetId }) => changed.has(assetId)), rest);
    yield* lots.drain(rest);
  }

  /** Assets that have rows after an instant, or a row whose fee or parent is one. */
  #assetsAfter(to: UtcMs): ReadonlySet<AssetId> {
    const assets = new Set<AssetId>();
    for (const row of this.#rows.values()) {
      if (row.at > to) { for (const one of this.#familyOf(row)) assets.add(one.assetId); }
    }
    return assets;
  }

  /** The rows of assets, with all that their lots depend on. */
  #rowsAround(assets: ReadonlySet<AssetId>): readonly KeptRow[] {
    const rows: KeptRow[] = [];
    for (const row of this.#rows.values()) {
      if (this.#familyOf(row).some(({ assetId }) => assets.has(assetId))) rows.push(row);
    }
    return rows;
  }

  /** A row with the one that it is a fee for, and its own fees. */
  #familyOf(row: KeptRow): readonly KeptRow[] {
    const parent = row.parentId === null ? null : this.#rows.rowOf(row.parentId);
    return [row, ...parent === null ? [] : [parent], ...this.#rows.feesOf(row.id)];
  }

  #options({ rule, rulesByYear, currency = "USD" }: LotRulesIn): LotOptions {
    return {
      ...{ rule, rulesByYear, moneyId: moneyIdOf(currency) },
      priceOf: (assetId, at) => this.#priceIn(currency, { assetId, at }),
      picksOf: (id) => {
        const picks = this.#rows.rowOf(id)?.picks ?? null;
        return picks === null ? [] : parsePicks(picks);
      },
    };
  }

  #priceIn(currency: BaseCurrency, { assetId, at }: Moment): DecimalText | null {
    const dollars = assetId === "usd" ? "1" : this.#priceOf(assetId, at);
    return currency === "USD" ? dollars : fromDollars(dollars, this.#unitsOf(currency)(at));
  }

  #upsert(row: KeptRow): void {
    const before = this.#rows.set(row);
    if (row.unitPriceUsd === null && row.assetId !== "usd") this.#unpriced.set(row.id, row);
    else this.#unpriced.delete(row.id);
    for (const kept of this.#allMatchers()) this.#follow(kept, { before, after: row });
  }

  #remove(id: Uuid): void {
    const before = this.#rows.delete(id);
    this.#unpriced.delete(id);
    for (const kept of this.#allMatchers()) this.#follow(kept, { before, after: null });
  }

  /** Has a matcher follow a change of the rows, which are changed already. */
  #follow(
    { currency, rows, lots }: KeptMatcher,
    { before, after }: { readonly before: KeptRow | null; readonly after: KeptRow | null },
  ): void {
    if (currency === "USD") return lots.change({ before, after });
    const own = after === null ? null : this.#rowIn(after, currency);
    if (own !== null) lots.change({ before: rows.set(own), after: own });
    else if (before !== null) lots.change({ before: rows.delete(before.id), after: null });
  }

  #allMatchers(): readonly KeptMatcher[] {
    return [...this.#matchers.values(), ...this.#filling];
  }
}

function keyOf({ rule, rulesByYear, currency = "USD" }: LotRulesIn): string {
  return JSON.stringify([rule, rulesByYear, currency]);
}
