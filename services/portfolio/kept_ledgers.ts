import { AppError } from "../kernel/errors.ts";
import { parseUuid, type Uuid } from "../kernel/ids.ts";
import { type UtcMs, utcMsOf } from "../kernel/time.ts";
import type { AssetId } from "../market/mod.ts";
import { PICKS_COLUMN, picksOf } from "./lot_picks.ts";
import type { LotRow } from "./lots/lot_book.ts";
import { LotMatcher, type LotOptions } from "./lots.ts";
import type { LedgerChange, LedgerRow, LedgerScope, LedgerStore } from "./ports.ts";
import { paidMoneyOf } from "./paid_money.ts";
import type { Portfolio } from "./portfolio.ts";
import { SharedTexts } from "./shared_texts.ts";
import type { DecimalText } from "./transaction.ts";

/**
 * Rows that are kept over all ledgers, counted once more for each way in which they are matched;
 * and ways of matching that are kept of each ledger.
 */
const MAX_ROWS = 3_000_000;
const MAX_MATCHERS = 4;
/** A longer ledger does not fit into the memory that the engine gives a thread, with its lots. */
export const MAX_LEDGER_ROWS = 1_500_000;
/** Rows that are read, or taken in, before others get their turn. */
const ROWS_AT_ONCE = 2_000;
/** Up to so many changed rows are taken in at once, which keeps the matches of a ledger. */
const MAX_TAKEN_AT_ONCE = 25_000;
/** Behind every id of a moment. */
const LAST_ID = parseUuid("ffffffff-ffff-8fff-bfff-ffffffffffff");

/** How a ledger is matched: one rule, and years that have another. */
export type LotRules = Pick<Portfolio, "rule" | "rulesByYear">;

/** Dollars for one unit of an asset, or of money, at a time; `null` where none is known. */
export type PriceLookup = (assetId: AssetId, at: UtcMs) => DecimalText | null;

/** Knows what things were worth at past moments. */
export interface PastPrices {
  /** The lookup of all these moments. */
  load(moments: readonly Moment[]): Promise<PriceLookup>;
}

type Moment = Pick<LedgerRow, "assetId" | "at">;

/** A row with what it was traded for, where that takes a rate. */
type KeptRow = LedgerRow & Pick<LotRow, "paid">;

function keptRow(row: LedgerRow): KeptRow {
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
  readonly #matchers = new Map<string, LotMatcher>();
  /** Those that do not have all rows yet. */
  readonly #filling = new Set<LotMatcher>();
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
  async matcher(rules: LotRules, rest: () => Promise<void>): Promise<LotMatcher> {
    const key = keyOf(rules);
    const matcher = this.#matchers.get(key) ?? await this.#newMatcher(rules, rest);
    this.#matchers.delete(key);
    this.#matchers.set(key, matcher);
    this.#forgetMatchers();
    return matcher;
  }

  /** Keeps the one asked for last, and others as far as there is room. */
  #forgetMatchers(): void {
    for (const oldest of this.#matchers.keys()) {
      const { size } = this.#matchers;
      if (size === 1 || size <= MAX_MATCHERS && this.size <= MAX_ROWS) return;
      this.#matchers.delete(oldest);
    }
  }

  async #newMatcher(rules: LotRules, rest: () => Promise<void>): Promise<LotMatcher> {
    const matcher = new LotMatcher([], this.#options(rules));
    // What changes meanwhile reaches it as well.
    this.#filling.add(matcher);
    let count = 0;
    for (const row of this.#rows.values()) {
      matcher.upsert(row);
      if (++count % ROWS_AT_ONCE === 0) await rest();
    }
    this.#filling.delete(matcher);
    return matcher;
  }

  /** A matcher of the rows up to an instant; the one of all of them where none is later. */
  matcherAt(rules: LotRules, to: UtcMs): LotMatcher {
    const past = [...this.#rows.values()].filter(({ at }) => at <= to);
    const known = past.length === this.#rows.size ? this.#matchers.get(keyOf(rules)) : undefined;
    return known ?? new LotMatcher(past, this.#options(rules));
  }

  #options(rules: LotRules): LotOptions {
    return {
      ...rules,
      priceOf: (assetId, at) => this.#priceOf(assetId, at),
      picksOf: (id) => {
        const row = this.#rows.get(id);
        return row === undefined ? [] : picksOf(row);
      },
    };
  }

  #upsert(row: KeptRow): void {
    this.#rows.set(row.id, row);
    if (row.unitPriceUsd === null && row.assetId !== "usd") this.#unpriced.set(row.id, row);
    else this.#unpriced.delete(row.id);
    for (const matcher of this.#allMatchers()) matcher.upsert(row);
  }

  #remove(id: Uuid): void {
    this.#rows.delete(id);
    this.#unpriced.delete(id);
    for (const matcher of this.#allMatchers()) matcher.remove(id);
  }

  #allMatchers(): readonly LotMatcher[] {
    return [...this.#matchers.values(), ...this.#filling];
  }
}

/**
 * Ledgers in memory, so that a look at lots costs no more than what changed since the last one:
 * rows from the earliest change on are read again, and assets that have none stay as they are.
 */
export class KeptLedgers {
  readonly #store: LedgerStore;
  readonly #prices: PastPrices | null;
  readonly #rest: () => Promise<void>;
  readonly #maxRows: number;
  readonly #ledgers = new Map<Uuid, KeptLedger>();
  /** By portfolio: where each version began to differ from the one before. */
  readonly #changes = new Map<Uuid, Map<number, UtcMs>>();
  /** Loads of one ledger follow each other. */
  readonly #turns = new Map<Uuid, Promise<unknown>>();

  /** `rest` lets other work run between the parts of a large ledger. */
  constructor({ store, prices, rest, maxRows }: {
    readonly store: LedgerStore;
    readonly prices?: PastPrices | null;
    readonly rest?: () => Promise<void>;
    /** Of one ledger; `MAX_LEDGER_ROWS` by default. */
    readonly maxRows?: number;
  }) {
    this.#store = store;
    this.#prices = prices ?? null;
    this.#rest = rest ?? (() => Promise.resolve());
    this.#maxRows = maxRows ?? MAX_LEDGER_ROWS;
  }

  /** Remembers a change, so that only rows from there on are read again. */
  note({ portfolioId }: LedgerScope, { changedFrom, ledgerVersion }: LedgerChange): void {
    if (changedFrom === null || !this.#ledgers.has(portfolioId)) return;
    const changes = this.#changes.get(portfolioId) ?? new Map<number, UtcMs>();
    this.#changes.set(portfolioId, changes.set(ledgerVersion, changedFrom));
  }

  /**
   * The ledger of a portfolio as of its version, or later. Throws `PAYLOAD_TOO_LARGE` for one that
   * is too long to be computed on.
   */
  async open(portfolio: Portfolio): Promise<KeptLedger> {
    const { id } = portfolio;
    const turn = (this.#turns.get(id) ?? Promise.resolve()).then(() => this.#load(portfolio));
    const settled = turn.catch(() => {});
    this.#turns.set(id, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(id) === settled) this.#turns.delete(id);
    }
  }

  async #load({ id, ownerId, ledgerVersion }: Portfolio): Promise<KeptLedger> {
    let ledger = this.#ledgers.get(id) ?? new KeptLedger();
    if (ledger.version < ledgerVersion) {
      const from = this.#changedFrom(id, { known: ledger.version, now: ledgerVersion });
      ledger = await this.#follow(ledger, { scope: { ownerId, portfolioId: id }, from });
      ledger.version = ledgerVersion;
      this.#changes.delete(id);
    }
    if (this.#prices !== null) ledger.setPrices(await this.#prices.load(ledger.unpricedMoments()));
    this.#keep(id, ledger);
    return ledger;
  }

  /** From when on rows may differ; the beginning where a change is not known. */
  #changedFrom(id: Uuid, { known, now }: { known: number; now: number }): UtcMs {
    const changes = this.#changes.get(id);
    let from = Infinity;
    for (let version = known + 1; version <= now; version++) {
      const at = changes?.get(version);
      if (at === undefined) return utcMsOf(0);
      from = Math.min(from, at);
    }
    return utcMsOf(from);
  }

  /** The ledger with its rows from an instant on read again. */
  async #follow(
    ledger: KeptLedger,
    { scope, from }: { readonly scope: LedgerScope; readonly from: UtcMs },
  ): Promise<KeptLedger> {
    const pages = this.#read(scope, from);
    const rows: KeptRow[] = [];
    for (let page = await pages.next(); !page.done; page = await pages.next()) {
      for (const row of page.value) rows.push(row);
      if (rows.length > MAX_TAKEN_AT_ONCE) return await this.#renew(ledger, { from, rows, pages });
    }
    ledger.replaceFrom(from, rows);
    this.#requireRoom(ledger);
    return ledger;
  }

  #requireRoom({ rowCount }: KeptLedger): void {
    if (rowCount <= this.#maxRows) return;
    throw new AppError(
      "PAYLOAD_TOO_LARGE",
      `Cannot compute on a ledger of more than ${this.#maxRows} rows: ` +
        "divide it into several portfolios",
    );
  }

  /** Another ledger in place of one that changed at length, which its readers keep as it is. */
  async #renew(
    ledger: KeptLedger,
    { from, rows, pages }: {
      readonly from: UtcMs;
      readonly rows: readonly KeptRow[];
      readonly pages: AsyncIterable<readonly KeptRow[]>;
    },
  ): Promise<KeptLedger> {
    const renewed = new KeptLedger();
    let count = 0;
    for (const row of ledger.rows()) {
      if (row.at < from) renewed.add([row]);
      if (++count % ROWS_AT_ONCE === 0) await this.#rest();
    }
    renewed.add(rows);
    for await (const page of pages) {
      renewed.add(page);
      this.#requireRoom(renewed);
    }
    return renewed;
  }

  async *#read(scope: LedgerScope, from: UtcMs): AsyncGenerator<readonly KeptRow[]> {
    const texts = new SharedTexts();
    let after = LAST_ID === null ? undefined : { at: utcMsOf(from - 1), id: LAST_ID };
    while (true) {
      const page = await this.#store.listTransactions(scope, {
        limit: ROWS_AT_ONCE,
        ...after && { after },
      });
      yield page.map((row) => keptRow(texts.share(row)));
      after = page.at(-1);
      if (page.length < ROWS_AT_ONCE) return;
      await this.#rest();
    }
  }

  /** Keeps the ledgers that were asked for last, as far as there is room. */
  #keep(id: Uuid, ledger: KeptLedger): void {
    this.#ledgers.delete(id);
    this.#ledgers.set(id, ledger);
    let rows = 0;
    for (const { size } of this.#ledgers.values()) rows += size;
    for (const [oldest, { size }] of this.#ledgers) {
      if (rows <= MAX_ROWS || oldest === id) return;
      rows -= size;
      this.#ledgers.delete(oldest);
      this.#changes.delete(oldest);
    }
  }
}

function keyOf({ rule, rulesByYear }: LotRules): string {
  return JSON.stringify([rule, rulesByYear]);
}

function isSame(a: KeptRow, b: KeptRow): boolean {
  return a.at === b.at && a.action === b.action && a.assetId === b.assetId &&
    a.quantity === b.quantity && a.unitPriceUsd === b.unitPriceUsd && a.account === b.account &&
    a.txHash === b.txHash && a.parentId === b.parentId && a.importId === b.importId &&
    a.line === b.line && a.notesExtra[PICKS_COLUMN] === b.notesExtra[PICKS_COLUMN] &&
    a.paid?.cashId === b.paid?.cashId && a.paid?.total === b.paid?.total;
}
