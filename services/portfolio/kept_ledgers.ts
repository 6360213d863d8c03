import { AppError } from "../kernel/errors.ts";
import { parseUuid, type Uuid } from "../kernel/ids.ts";
import { type UtcMs, utcMsOf } from "../kernel/time.ts";
import {
  KeptLedger,
  MAX_ROWS,
  type Moment,
  type PriceLookup,
  ROWS_AT_ONCE,
} from "./kept_ledger.ts";
import { type KeptRow, RowKeeper } from "./kept_row.ts";
import type { LedgerChange, LedgerScope, LedgerStore } from "./ports.ts";
import type { BaseCurrency, Portfolio } from "./portfolio.ts";

/** A longer ledger does not fit into the memory that the engine gives a thread, with its lots. */
export const MAX_LEDGER_ROWS = 1_500_000;
/** Up to so many changed rows are taken in at once, which keeps the matches of a ledger. */
const MAX_TAKEN_AT_ONCE = 25_000;
/** Behind every id of a moment. */
const LAST_ID = parseUuid("ffffffff-ffff-8fff-bfff-ffffffffffff");

/** Knows what things were worth at past moments. */
export interface PastPrices {
  /** The lookup of all these moments. */
  load(moments: readonly Moment[]): Promise<PriceLookup>;
  /** Stays the same for as long as what was loaded is what would be loaded again. */
  mark(): string;
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
   * The ledger of a portfolio as of its version, or later, with what a currency cost at the times
   * of its rows. Throws `PAYLOAD_TOO_LARGE` for one that is too long to be computed on.
   */
  async open(portfolio: Portfolio, currency: BaseCurrency = "USD"): Promise<KeptLedger> {
    const { id } = portfolio;
    const turn = (this.#turns.get(id) ?? Promise.resolve())
      .then(() => this.#load(portfolio, currency));
    const settled = turn.catch(() => {});
    this.#turns.set(id, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(id) === settled) this.#turns.delete(id);
    }
  }

  async #load(
    { id, ownerId, ledgerVersion }: Portfolio,
    currency: BaseCurrency,
  ): Promise<KeptLedger> {
    let ledger = this.#ledgers.get(id) ?? new KeptLedger();
    if (ledger.version < ledgerVersion) {
      const from = this.#changedFrom(id, { known: ledger.version, now: ledgerVersion });
      ledger = await this.#follow(ledger, { scope: { ownerId, portfolioId: id }, from });
      ledger.version = ledgerVersion;
      this.#changes.delete(id);
    }
    if (this.#prices !== null) ledger.setPrices(await this.#prices.load(ledger.unpricedMoments()));
    if (currency !== "USD") await this.#loadUnits(ledger, currency);
    this.#keep(id, ledger);
    return ledger;
  }

  async #loadUnits(ledger: KeptLedger, currency: BaseCurrency): Promise<void> {
    if (this.#prices === null) return;
    const mark = `${ledger.version} ${this.#prices.mark()}`;
    if (ledger.unitsMark(currency) === mark) return;
    const moments = ledger.momentsOf(currency);
    const priceOf = await this.#prices.load(moments);
    // Of its own: a lookup may learn more later on, and rows would seem to stand by that already.
    const units = new Map(moments.map(({ assetId, at }) => [at, priceOf(assetId, at)]));
    ledger.setUnits(currency, { mark, unitAt: (at) => units.get(at) ?? null });
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
    const keeper = new RowKeeper();
    let after = LAST_ID === null ? undefined : { at: utcMsOf(from - 1), id: LAST_ID };
    while (true) {
      const page = await this.#store.listTransactions(scope, {
        limit: ROWS_AT_ONCE,
        ...after && { after },
      });
      yield page.map((row) => keeper.keep(row));
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
