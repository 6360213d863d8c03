import { parseUuid, type Uuid } from "../kernel/ids.ts";
import { type UtcMs, utcMsOf } from "../kernel/time.ts";
import type { AssetId } from "../market/mod.ts";
import { PICKS_COLUMN, picksOf } from "./lot_picks.ts";
import { LotMatcher, type LotOptions } from "./lots.ts";
import type { LedgerChange, LedgerRow, LedgerScope, LedgerStore } from "./ports.ts";
import type { Portfolio } from "./portfolio.ts";
import type { DecimalText } from "./transaction.ts";

/**
 * Rows that are kept over all ledgers, counted once more for each way in which they are matched;
 * and ways of matching that are kept of each ledger.
 */
const MAX_ROWS = 2_000_000;
const MAX_MATCHERS = 4;
const ROWS_AT_ONCE = 10_000;
/** Behind every id of a moment. */
const LAST_ID = parseUuid("ffffffff-ffff-8fff-bfff-ffffffffffff");

/** How a ledger is matched: one rule, and years that have another. */
export type LotRules = Pick<Portfolio, "rule" | "rulesByYear">;

/** Dollars for one unit of an asset, or of money, at a time; `null` where none is known. */
export type PriceLookup = (assetId: AssetId, at: UtcMs) => DecimalText | null;

/** Knows what things were worth at past moments. */
export interface PastPrices {
  /** The lookup of all these moments. */
  load(moments: readonly Pick<LedgerRow, "assetId" | "at">[]): Promise<PriceLookup>;
}

/** A ledger in memory, with its lots by each way of matching that was asked for. */
export class KeptLedger {
  readonly #rows = new Map<Uuid, LedgerRow>();
  readonly #matchers = new Map<string, LotMatcher>();
  /** The rows are as of this version. */
  version = -1;
  #priceOf: PriceLookup = () => null;

  /** Rows that it keeps, and that each way of matching keeps. */
  get size(): number {
    return this.#rows.size * (1 + this.#matchers.size);
  }

  /** In no order. */
  rows(): Iterable<LedgerRow> {
    return this.#rows.values();
  }

  find(id: Uuid): LedgerRow | null {
    return this.#rows.get(id) ?? null;
  }

  /** Rows that name no price of their own. */
  unpricedRows(): readonly LedgerRow[] {
    return [...this.#rows.values()].filter(({ unitPriceUsd }) => unitPriceUsd === null);
  }

  /** Values rows without a price anew; lots of those whose price changed are matched again. */
  setPrices(priceOf: PriceLookup): void {
    const before = this.#priceOf;
    this.#priceOf = priceOf;
    for (const row of this.unpricedRows()) {
      if (before(row.assetId, row.at) !== priceOf(row.assetId, row.at)) this.#upsert(row);
    }
  }

  /** The rows from `from` on are now these, and no others. */
  replaceFrom(from: UtcMs, rows: readonly LedgerRow[]): void {
    const now = new Set(rows.map(({ id }) => id));
    for (const { id, at } of [...this.#rows.values()]) {
      if (at >= from && !now.has(id)) this.#remove(id);
    }
    for (const row of rows) {
      const known = this.#rows.get(row.id);
      if (known === undefined || !isSame(known, row)) this.#upsert(row);
    }
  }

  /** The lots by a set of rules; those asked for the longest ago are forgotten. */
  matcher(rules: LotRules): LotMatcher {
    const key = JSON.stringify([rules.rule, rules.rulesByYear]);
    const matcher = this.#matchers.get(key) ??
      new LotMatcher([...this.#rows.values()], this.#options(rules));
    this.#matchers.delete(key);
    this.#matchers.set(key, matcher);
    for (const oldest of this.#matchers.keys()) {
      if (this.#matchers.size <= MAX_MATCHERS) break;
      this.#matchers.delete(oldest);
    }
    return matcher;
  }

  /** A matcher of the rows up to an instant; the one of all of them where none is later. */
  matcherAt(rules: LotRules, to: UtcMs): LotMatcher {
    const past = [...this.#rows.values()].filter(({ at }) => at <= to);
    return past.length === this.size
      ? this.matcher(rules)
      : new LotMatcher(past, this.#options(rules));
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

  #upsert(row: LedgerRow): void {
    this.#rows.set(row.id, row);
    for (const matcher of this.#matchers.values()) matcher.upsert(row);
  }

  #remove(id: Uuid): void {
    this.#rows.delete(id);
    for (const matcher of this.#matchers.values()) matcher.remove(id);
  }
}

/**
 * Ledgers in memory, so that a look at lots costs no more than what changed since the last one:
 * rows from the earliest change on are read again, and assets that have none stay as they are.
 */
export class KeptLedgers {
  readonly #store: LedgerStore;
  readonly #prices: PastPrices | null;
  readonly #ledgers = new Map<Uuid, KeptLedger>();
  /** By portfolio: where each version began to differ from the one before. */
  readonly #changes = new Map<Uuid, Map<number, UtcMs>>();
  /** Loads of one ledger follow each other. */
  readonly #turns = new Map<Uuid, Promise<unknown>>();

  constructor({ store, prices = null }: {
    readonly store: LedgerStore;
    readonly prices?: PastPrices | null;
  }) {
    this.#store = store;
    this.#prices = prices;
  }

  /** Remembers a change, so that only rows from there on are read again. */
  note({ portfolioId }: LedgerScope, { changedFrom, ledgerVersion }: LedgerChange): void {
    if (changedFrom === null || !this.#ledgers.has(portfolioId)) return;
    const changes = this.#changes.get(portfolioId) ?? new Map<number, UtcMs>();
    this.#changes.set(portfolioId, changes.set(ledgerVersion, changedFrom));
  }

  /** The ledger of a portfolio as of its version, or later. */
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
    const ledger = this.#ledgers.get(id) ?? new KeptLedger();
    if (ledger.version < ledgerVersion) {
      const from = this.#changedFrom(id, { known: ledger.version, now: ledgerVersion });
      ledger.replaceFrom(from, await this.#read({ ownerId, portfolioId: id }, from));
      ledger.version = ledgerVersion;
      this.#changes.delete(id);
    }
    if (this.#prices !== null) ledger.setPrices(await this.#prices.load(ledger.unpricedRows()));
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

  async #read(scope: LedgerScope, from: UtcMs): Promise<readonly LedgerRow[]> {
    const rows: LedgerRow[] = [];
    let after = LAST_ID === null ? undefined : { at: utcMsOf(from - 1), id: LAST_ID };
    while (true) {
      const page = await this.#store.listTransactions(scope, {
        limit: ROWS_AT_ONCE,
        ...after && { after },
      });
      for (const row of page) rows.push(row);
      after = page.at(-1);
      if (page.length < ROWS_AT_ONCE) return rows;
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

function isSame(a: LedgerRow, b: LedgerRow): boolean {
  return a.at === b.at && a.action === b.action && a.assetId === b.assetId &&
    a.quantity === b.quantity && a.unitPriceUsd === b.unitPriceUsd && a.account === b.account &&
    a.txHash === b.txHash && a.parentId === b.parentId && a.importId === b.importId &&
    a.line === b.line && a.notesExtra[PICKS_COLUMN] === b.notesExtra[PICKS_COLUMN];
}
