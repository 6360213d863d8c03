import type { Uuid } from "../../kernel/ids.ts";
import { compareTransactions } from "../transaction.ts";
import {
  isTransfer,
  type LedgerIndex,
  planRow,
  planTransfers,
  type RowPlan,
} from "./asset_plan.ts";
import type { FeeEntry, IncomeEntry, LotOptions, LotProblem, LotRow } from "./lot_book.ts";
import { compareEvents, type LotEvent, placeOfTrade } from "./lot_event.ts";
import { findSorted, mergeSorted, samePrefix } from "./sorted_list.ts";
import type { TransferLink } from "./transfer_pairs.ts";

/** Rows that are planned before others get their turn. */
const ROWS_AT_ONCE = 1_000;

/** Rows of an asset that go, as they were read, and that come; one that changes is in both. */
export interface RowChanges {
  readonly removed: ReadonlyMap<Uuid, LotRow>;
  readonly added: ReadonlyMap<Uuid, LotRow>;
}

/**
 * Keeps the plan of one asset's rows while they change: only changed rows are read again, and the
 * asset's transfers are paired anew only if one of them changed. Events that mean the same stay
 * the same objects, so that it can be told up to where nothing has changed. Of a plain trade, as
 * most rows are, nothing but its event is kept.
 */
export class AssetPlanner {
  readonly #context: { readonly index: LedgerIndex; readonly options: LotOptions };
  /** Of rows that mean more than a trade, or something else. */
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

  /** The rows that were read, by id. */
  rows(): Map<Uuid, LotRow> {
    const rows = new Map<Uuid, LotRow>();
    for (const { row } of this.#events) rows.set(row.id, row);
    for (const { row } of this.#plans) rows.set(row.id, row);
    return rows;
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
   * Reads changed rows; tells from which event on anything differs. Yields now and then, so that a
   * long reading need not hold up others.
   */
  *update({ removed, added }: RowChanges): Generator<void, number> {
    const come: RowPlan[] = [];
    for (const row of added.values()) {
      if (come.push(planRow(row, this.#context)) % ROWS_AT_ONCE === 0) yield;
    }
    come.sort(comparePlans);
    const gone = [...removed.values()];
    const before = this.#events;
    // Rows in order have their trades in order.
    this.#events = mergeSorted(before, {
      gone: new Set(gone.flatMap((row) => this.#tradeOf(row) ?? [])),
      added: come.flatMap(({ event }) => event ?? []),
      compare: compareEvents,
    });
    this.#replan(gone, come);
    return samePrefix(before, this.#events);
  }

  #tradeOf(row: LotRow): LotEvent | null {
    if (isTransfer(row)) return null;
    return findSorted(this.#events, { place: placeOfTrade(row), compare: compareEvents });
  }

  /** Gathers what rows mean beside their trades, where that changed. */
  #replan(gone: readonly LotRow[], come: readonly RowPlan[]): void {
    const known = gone.flatMap((row) =>
      findSorted(this.#plans, { place: { row }, compare: comparePlans }) ?? []
    );
    const added = come.filter((plan) => !isPlain(plan));
    const touched = [...known, ...added];
    if (touched.length === 0) return;
    const plans = mergeSorted(this.#plans, { gone: new Set(known), added, compare: comparePlans });
    this.#plans = plans;
    if (touched.some(({ income }) => income.length > 0)) {
      this.#income = gather(plans, ({ income }) => income);
    }
    if (touched.some(({ fees }) => fees.length > 0)) {
      this.#fees = gather(plans, ({ fees }) => fees);
    }
    if (touched.some(({ problems }) => problems.length > 0)) {
      this.#rowProblems = gather(plans, ({ problems }) => problems);
    }
    if (touched.some(({ row }) => isTransfer(row))) this.#pair();
  }

  /** Pairs the transfers anew; what comes out as before keeps its event and its number. */
  #pair(): void {
    const { options } = this.#context;
    const transfers = this.#plans.map(({ row }) => row).filter(isTransfer);
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

function comparePlans(a: Pick<RowPlan, "row">, b: Pick<RowPlan, "row">): number {
  return compareTransactions(a.row, b.row);
}

/** Whether a row means nothing but its trade. */
function isPlain({ event, income, fees, problems }: RowPlan): boolean {
  return event !== null && income.length + fees.length + problems.length === 0;
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
