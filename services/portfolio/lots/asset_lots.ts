import type { Uuid } from "../../kernel/ids.ts";
import type { AssetId } from "../../market/mod.ts";
import { AssetMatcher, type RuleSpan } from "./asset_matcher.ts";
import type { LedgerIndex } from "./asset_plan.ts";
import { AssetPlanner, type RowChanges } from "./asset_planner.ts";
import { BigAmounts } from "./big_amounts.ts";
import { BookWriter } from "./book_writer.ts";
import { EventColumns, methodsOf } from "./event_columns.ts";
import type { LotAmounts } from "./lot_amounts.ts";
import type { LotBook, LotOptions, LotRow, Split } from "./lot_book.ts";
import { WordAmounts } from "./word_amounts.ts";
import { wordScaleOf } from "./word_scale.ts";
import { MONEY_DECIMALS } from "./words.ts";

/** Division down to 10^-18, the precision of most tokens. */
const DEFAULT_SPLIT: Split = { decimals: MONEY_DECIMALS, rounding: "down" };

interface Match {
  readonly amounts: LotAmounts;
  readonly matcher: AssetMatcher;
  readonly writer: BookWriter;
}

/** Rows that changed since they were read. */
class PendingRows implements RowChanges {
  readonly removed = new Map<Uuid, LotRow>();
  readonly added: Map<Uuid, LotRow>;

  constructor(added = new Map<Uuid, LotRow>()) {
    this.added = added;
  }

  get isEmpty(): boolean {
    return this.removed.size + this.added.size === 0;
  }

  add(row: LotRow): void {
    this.added.set(row.id, row);
  }

  remove(row: LotRow): void {
    // One that was not read yet was never there.
    if (!this.added.delete(row.id)) this.removed.set(row.id, row);
  }

  reread(row: LotRow): void {
    if (this.added.has(row.id) || this.removed.has(row.id)) return;
    this.removed.set(row.id, row);
    this.added.set(row.id, row);
  }
}

/**
 * Keeps the lots of one asset while its rows change. Changes are gathered; the next look at the
 * book reads the changed rows, matches from the last checkpoint before them, and writes what came
 * out differently.
 */
export class AssetLots {
  readonly #assetId: AssetId;
  readonly #context: { readonly index: LedgerIndex; readonly options: LotOptions };
  #size = 0;
  #changes = new PendingRows();
  /** What the work at hand takes in. */
  #taken = new PendingRows();
  #planner: AssetPlanner;
  #columns: EventColumns;
  #match: Match | null = null;
  #work: Generator<void> | null = null;
  #book: LotBook | null = null;

  constructor(
    assetId: AssetId,
    context: { readonly index: LedgerIndex; readonly options: LotOptions },
  ) {
    this.#assetId = assetId;
    this.#context = context;
    this.#planner = new AssetPlanner(context);
    this.#columns = new EventColumns(context.options);
  }

  /** How many rows it has. */
  get size(): number {
    return this.#size;
  }

  /** Whether a row is among those that came or changed since the last look. */
  hasAdded(id: Uuid): boolean {
    return this.#changes.added.has(id);
  }

  /** Adds a row that it does not have. */
  add(row: LotRow): void {
    this.#size++;
    this.#changes.add(row);
  }

  /** Takes a row away, which it has as it is. */
  remove(row: LotRow): void {
    this.#size--;
    this.#changes.remove(row);
  }

  /** Lets a row that it has be read anew, as something that the row depends on has changed. */
  reread(row: LotRow): void {
    this.#changes.reread(row);
  }

  /** The book of the rows as they are now. */
  book(): LotBook {
    for (const _ of this.catchUp()) continue;
    if (this.#book === null) throw new RangeError("Cannot match an asset that has no rows");
    return this.#book;
  }

  /**
   * Brings the book up to the rows, and yields now and then. Several may do so at the same time,
   * and rows may change meanwhile: there is one piece of work at a time, and whoever comes next
   * goes on with it.
   */
  *catchUp(): Generator<void> {
    while (this.#work !== null || !this.#changes.isEmpty) {
      const work = this.#work ??= this.#begin();
      try {
        if (!work.next().done) yield;
        else if (this.#work === work) this.#end();
      } catch (error) {
        this.#startOver();
        throw error;
      }
    }
  }

  #begin(): Generator<void> {
    this.#taken = this.#changes;
    this.#changes = new PendingRows();
    return this.#apply(this.#taken);
  }

  #end(): void {
    this.#work = null;
    this.#taken = new PendingRows();
  }

  /** After a row that can't be read nothing is known for sure but the rows. */
  #startOver(): void {
    const rows = this.#planner.rows();
    for (const { removed, added } of [this.#taken, this.#changes]) {
      for (const id of removed.keys()) rows.delete(id);
      for (const [id, row] of added) rows.set(id, row);
    }
    this.#changes = new PendingRows(rows);
    this.#planner = new AssetPlanner(this.#context);
    this.#columns = new EventColumns(this.#context.options);
    this.#match = null;
    this.#book = null;
    this.#end();
  }

  *#apply(changes: RowChanges): Generator<void> {
    const planner = this.#planner;
    const from = yield* planner.update(changes);
    if (from < planner.events.length || from < this.#columns.events.length || !this.#match) {
      yield* this.#rematch(from);
    }
    const { matcher, writer } = this.#match ?? this.#start();
    const lots = this.#book?.lots ?? (yield* writer.writeLots());
    const problems = [...planner.problems, ...matcher.problems];
    this.#book = {
      lots,
      disposals: writer.disposals,
      income: planner.income,
      fees: planner.fees,
      realized: writer.realized,
      problems: problems.sort((a, b) => a.at - b.at),
    };
  }

  *#rematch(changed: number): Generator<void> {
    this.#columns.load(this.#planner.events, changed);
    const canGoOn = this.#match?.amounts.load(this.#columns, changed) ?? false;
    const from = canGoOn ? changed : 0;
    const { matcher, writer } = canGoOn && this.#match || this.#start();
    yield* matcher.run(from);
    yield* writer.writeDisposals(from);
    this.#book = null;
  }

  /** Begins with amounts that hold the events as they are. */
  #start(): Match {
    const { options } = this.#context;
    const columns = this.#columns;
    const amounts = amountsOf(columns, options);
    const isByRow = methodsOf(options).includes("specid");
    const ruleAt = (at: number) => ruleSpanAt(at, options);
    const { checkpointEvery } = options;
    const matcher = new AssetMatcher(columns, { amounts, ruleAt, isByRow, checkpointEvery });
    const matched = { assetId: this.#assetId, columns, amounts, matcher, options };
    return this.#match = { amounts, matcher, writer: new BookWriter(matched) };
  }
}

/** Amounts of these events in machine words where these are exact, else in big integers. */
export function amountsOf(columns: EventColumns, options: LotOptions): LotAmounts {
  const { split = DEFAULT_SPLIT } = options;
  const isDefault = split.decimals === MONEY_DECIMALS && split.rounding === "down";
  const scale = isDefault ? wordScaleOf(columns) : null;
  if (scale) {
    const hasPools = methodsOf(options).includes("acb");
    const words = new WordAmounts(scale, { hasPools });
    if (words.load(columns, 0)) return words;
  }
  const big = new BigAmounts(columns, { split });
  big.load(columns, 0);
  return big;
}

/** The rule of the tax year of an instant, and when that year ends. */
export function ruleSpanAt(at: number, { rule, rulesByYear = {} }: LotOptions): RuleSpan {
  const year = new Date(at).getUTCFullYear();
  return { rule: rulesByYear[year] ?? rule, until: Date.UTC(year + 1, 0) };
}
