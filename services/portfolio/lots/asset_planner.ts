import type { Uuid } from "../../kernel/ids.ts";
import { compareTransactions } from "../transaction.ts";
import {
  compareEvents,
  isTransfer,
  type LedgerIndex,
  type LotEvent,
  planRow,
  planTransfers,
  type RowPlan,
} from "./asset_plan.ts";
import type { FeeEntry, IncomeEntry, LotOptions, LotProblem, LotRow } from "./lot_book.ts";
import { mergeSorted, samePrefix } from "./sorted_list.ts";
import type { TransferLink } from "./transfer_pairs.ts";

/** Rows that are planned before others get their turn. */
const ROWS_AT_ONCE = 1_000;

/**
 * Keeps the plan of one asset's rows while they change: only changed rows are read again, and the
 * asset's transfers are paired anew only if one of them changed. Events that mean the same stay
 * the same objects, so that it can be told up to where nothing has changed.
 */
export class AssetPlanner {
  readonly #context: { readonly index: LedgerIndex; readonly options: LotOptions };
  readonly #planOf = new Map<Uuid, RowPlan>();
  #plans: readonly RowPlan[] = [];
  #events: readonly LotEvent[] = [];
  #transferEvents = new Map<string, LotEvent>();
  #links = new Map<string, number>();
  #nextLink = 0;
  #income: readonly IncomeEntry[] = [];
  #fees: readonly FeeEntry[] = [];
  #rowProblems: readonly LotProblem[] = [];
  #transferProblems: readonly LotProblem[] = [];

  constructor(context: { readonly index: LedgerIndex; readonly options: LotOptions }) {
    this.#context = context;
  }

  /** The rows that were read, in order. */
  get rows(): readonly LotRow[] {
    return this.#plans.map(({ row }) => row);
  }

  /** All that happens to the asset, in order. */
  get events(): readonly LotEvent[] {
    return this.#events;
  }

  get income(): readonly IncomeEntry[] {
    return this.#income;
  }

  get fees(): readonly FeeEntry[] {
    return this.#fees;
  }

  get problems(): readonly LotProblem[] {
    return [...this.#rowProblems, ...this.#transferProblems];
  }

  /**
   * Reads changed rows, `null` for one that is gone; tells from which event on anything differs.
   * Yields now and then, so that a long reading need not hold up others.
   */
  *update(changes: ReadonlyMap<Uuid, LotRow | null>): Generator<void, number> {
    const gone = new Set<RowPlan>();
    const added: RowPlan[] = [];
    let count = 0;
    for (const [id, row] of changes) {
      const known = this.#planOf.get(id);
      if (known) gone.add(known);
      if (row) added.push(planRow(row, this.#context));
      if (++count % ROWS_AT_ONCE === 0) yield;
    }
    for (const { row } of gone) this.#planOf.delete(row.id);
    for (const plan of added) this.#planOf.set(plan.row.id, plan);
    const compare = (a: RowPlan, b: RowPlan) => compareTransactions(a.row, b.row);
    added.sort(compare);
    this.#plans = mergeSorted(this.#plans, { gone, added, compare });
    const touched = [...gone, ...added];
    this.#collect(touched);
    const before = this.#events;
    // Rows in order have their trades in order.
    this.#events = mergeSorted(before, {
      gone: new Set(eventsOf(gone)),
      added: eventsOf(added),
      compare: compareEvents,
    });
    if (touched.some(({ row, event }) => event === null && isTransfer(row))) this.#pair();
    return samePrefix(before, this.#events);
  }

  /** Gathers what rows mean beside their events, where that changed. */
  #collect(touched: readonly RowPlan[]): void {
    const plans = this.#plans;
    if (touched.some(({ income }) => income.length > 0)) {
      this.#income = gather(plans, ({ income }) => income);
    }
    if (touched.some(({ fees }) => fees.length > 0)) {
      this.#fees = gather(plans, ({ fees }) => fees);
    }
    if (touched.some(({ problems }) => problems.length > 0)) {
      this.#rowProblems = gather(plans, ({ problems }) => problems);
    }
  }

  /** Pairs the transfers anew; what comes out as before keeps its event and its number. */
  #pair(): void {
    const { options } = this.#context;
    const transfers = this.rows.filter(isTransfer);
    const links = new Map<string, number>();
    const linkOf = ({ out, in: into }: TransferLink) => {
      const key = `${out.id} ${into.id}`;
      const link = this.#links.get(key) ?? this.#nextLink++;
      links.set(key, link);
      return link;
    };
    const plan = planTransfers(transfers, { options, linkOf });
    const known = new Map<string, LotEvent>();
    const added = plan.events.map((event) => {
      const key = `${event.kind} ${event.link} ${event.row.id}`;
      const old = this.#transferEvents.get(key);
      const kept = old && isSame(old, event) ? old : event;
      known.set(key, kept);
      return kept;
    });
    const gone = new Set(this.#transferEvents.values());
    const trades = gone.size > 0 ? this.#events.filter((event) => !gone.has(event)) : this.#events;
    this.#events = mergeSorted(trades, { gone: new Set(), added, compare: compareEvents });
    this.#links = links;
    this.#transferEvents = known;
    this.#transferProblems = plan.problems;
  }
}

function eventsOf(plans: Iterable<RowPlan>): LotEvent[] {
  const events: LotEvent[] = [];
  for (const { event } of plans) if (event) events.push(event);
  return events;
}

/** What the rows have of one kind, one after the other; most have none. */
function gather<Item>(
  plans: readonly RowPlan[],
  listOf: (plan: RowPlan) => readonly Item[],
): readonly Item[] {
  const all: Item[] = [];
  for (const plan of plans) for (const item of listOf(plan)) all.push(item);
  return all;
}

function isSame(a: LotEvent, b: LotEvent): boolean {
  return a.row === b.row && a.at === b.at && a.quantity.units === b.quantity.units &&
    a.quantity.decimals === b.quantity.decimals;
}
