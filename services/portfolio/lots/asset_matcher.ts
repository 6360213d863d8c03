import type { LotMethod, LotRule } from "../portfolio.ts";
import type { LotEvent } from "./asset_plan.ts";
import { ARRIVE, compareUnitCosts, type EventColumns, LEAVE, OPEN, TAKE } from "./event_columns.ts";
import { type LotAmounts, NO_POOL } from "./lot_amounts.ts";
import { relocateLots } from "./lot_location.ts";
import type { LotProblem } from "./lot_book.ts";
import { IntColumn } from "./int_column.ts";
import { CostOrder, type LotOrder, TimeOrder } from "./lot_order.ts";
import { overdrawn, oversold, pickUnavailable } from "./lot_problem.ts";

/** A lot that is in an account; those with a link, or `LOST`, have left and not arrived. */
export const ARRIVED = -2;
const LOST = -1;

/** Which rule holds from an instant on, until another. */
export interface RuleSpan {
  readonly rule: LotRule;
  readonly until: number;
}

/** The event and the lot of every fraction; the lot is -1 for what was not held. */
export interface FractionColumns {
  readonly events: IntColumn;
  readonly lots: IntColumn;
}

/** Where every lot comes from (its event), and where it is. */
export interface LotColumns {
  readonly events: IntColumn;
  readonly accounts: IntColumn;
  readonly links: IntColumn;
}

/**
 * Matches the events of one asset in order. What it works out lies in columns: no object is made
 * for a lot or a fraction.
 */
export class AssetMatcher {
  readonly #columns: EventColumns;
  readonly #amounts: LotAmounts;
  readonly #ruleAt: (at: number) => RuleSpan;
  #rule: LotRule = { method: "fifo", pools: "account" };
  #ruleUntil = -Infinity;

  readonly #lotEvents: IntColumn;
  readonly #lotAccounts: IntColumn;
  readonly #lotLinks: IntColumn;
  readonly #lotsByRow = new Map<string, number[]>();
  readonly #lotsByLink = new Map<number, number[]>();
  readonly #fractionEvents: IntColumn;
  readonly #fractionLots: IntColumn;
  readonly #problems: LotProblem[] = [];

  /** Of each account; and of all together, where they are one pool. */
  #accountOrders: LotOrder[] = [];
  #commonOrder: LotOrder | null = null;

  constructor(
    columns: EventColumns,
    { amounts, ruleAt }: {
      readonly amounts: LotAmounts;
      readonly ruleAt: (at: number) => RuleSpan;
    },
  ) {
    this.#columns = columns;
    this.#amounts = amounts;
    this.#ruleAt = ruleAt;
    const { length } = columns.events;
    this.#lotEvents = new IntColumn(length);
    this.#lotAccounts = new IntColumn(length);
    this.#lotLinks = new IntColumn(length);
    this.#fractionEvents = new IntColumn(length);
    this.#fractionLots = new IntColumn(length);
  }

  get fractions(): FractionColumns {
    return { events: this.#fractionEvents, lots: this.#fractionLots };
  }

  get lots(): LotColumns {
    return { events: this.#lotEvents, accounts: this.#lotAccounts, links: this.#lotLinks };
  }

  get problems(): readonly LotProblem[] {
    return this.#problems;
  }

  /** Matches all events; afterwards every open lot has its own cost. */
  run(): void {
    const { times } = this.#columns;
    for (let index = 0; index < times.length; index++) {
      const at = times[index] ?? 0;
      if (at >= this.#ruleUntil) this.#enterYear(index, at);
      this.#step(index);
    }
    this.#dissolvePools();
  }

  #step(index: number): void {
    switch (this.#columns.kinds[index]) {
      case OPEN:
        return this.#open(index);
      case TAKE:
        return this.#take(index);
      case LEAVE:
        return this.#leave(index, itemAt(this.#columns.events, index));
      case ARRIVE:
        return this.#arrive(index, itemAt(this.#columns.events, index));
    }
  }

  #open(index: number): void {
    const lot = this.#amounts.openLot(index);
    this.#register(lot, { event: index, account: this.#accountOf(index), link: ARRIVED });
    this.#place(lot);
  }

  #take(index: number): void {
    const amounts = this.#amounts;
    amounts.begin(index);
    if (this.#rule.method === "specid") this.#takePicks(index);
    const account = this.#accountOf(index);
    const order = this.#commonOrder ?? this.#orderOf(account);
    let isHeld = false;
    while (amounts.hasNeed()) {
      const lot = this.#firstOpen(order);
      if (lot < 0) break;
      isHeld = true;
      amounts.take(lot, this.#poolOf(lot));
      this.#addFraction(index, lot);
    }
    if (!amounts.hasNeed()) return;
    if (isHeld && amounts.isNeedDust()) return amounts.absorbDust();
    this.#problems.push(oversold(itemAt(this.#columns.events, index), this.#missing()));
    amounts.takeMissing();
    this.#addFraction(index, -1);
  }

  #missing() {
    return { missing: this.#amounts.need(), quantityDecimals: this.#amounts.quantityDecimals };
  }

  #takePicks(index: number): void {
    const account = this.#accountOf(index);
    for (const { rowId, index: pick } of this.#columns.picks.get(index) ?? []) {
      let left = this.#amounts.pickQuantity(pick);
      for (const lot of this.#lotsByRow.get(rowId) ?? []) {
        const isHere = this.#lotLinks.at(lot) === ARRIVED &&
          (this.#commonOrder !== null || this.#lotAccounts.at(lot) === account);
        if (!isHere || left === 0n || !this.#amounts.hasNeed() || !this.#amounts.isOpen(lot)) {
          continue;
        }
        left -= this.#amounts.takeUpTo(lot, left);
        this.#addFraction(index, lot);
      }
      if (left > 0n) {
        this.#problems.push(pickUnavailable(itemAt(this.#columns.events, index), rowId));
      }
    }
  }

  #leave(index: number, event: LotEvent): void {
    const amounts = this.#amounts;
    const account = this.#accountOf(index);
    amounts.begin(index);
    let isHeld = false;
    const orders = [this.#orderOf(account), ...this.#commonOrder ? [this.#commonOrder] : []];
    for (const order of orders) {
      while (amounts.hasNeed()) {
        const lot = this.#firstOpen(order);
        if (lot < 0) break;
        isHeld = true;
        const moved = amounts.move(lot, this.#poolOf(lot));
        this.#register(moved, { event: this.#lotEvents.at(lot), account, link: event.link });
      }
    }
    if (!amounts.hasNeed() || isHeld && amounts.isNeedDust()) return;
    this.#problems.push(overdrawn(event, this.#missing()));
    if (event.link === LOST) return;
    this.#register(amounts.moveMissing(), { event: index, account, link: event.link });
  }

  #arrive(index: number, { link }: LotEvent): void {
    for (const lot of this.#lotsByLink.get(link) ?? []) {
      this.#lotAccounts.write(lot, this.#accountOf(index));
      this.#lotLinks.write(lot, ARRIVED);
      this.#place(lot);
    }
    this.#lotsByLink.delete(link);
  }

  #accountOf(index: number): number {
    return this.#columns.account[index] ?? 0;
  }

  #addFraction(event: number, lot: number): void {
    this.#fractionEvents.push(event);
    this.#fractionLots.push(lot);
  }

  #register(
    lot: number,
    { event, account, link }: { event: number; account: number; link: number },
  ): void {
    this.#lotEvents.push(event);
    this.#lotAccounts.push(account);
    this.#lotLinks.push(link);
    if (link >= 0) addTo(this.#lotsByLink, link, lot);
    if (this.#columns.picks.size === 0) return;
    const rowId = this.#columns.events[event]?.row.id;
    if (rowId) addTo(this.#lotsByRow, rowId, lot);
  }

  /** Puts a lot that arrived where the rule of the year looks for it. */
  #place(lot: number): void {
    const pool = this.#poolOf(lot);
    if (pool !== NO_POOL) this.#amounts.joinPool(lot, pool);
    const { method } = this.#rule;
    const event = this.#lotEvents.at(lot);
    const { times, unitCost } = this.#columns;
    const key = (method === "hifo" || method === "lofo" ? unitCost : times)[event] ?? 0;
    this.#orderOf(this.#lotAccounts.at(lot)).push(lot, key);
    this.#commonOrder?.push(lot, key);
  }

  #orderOf(account: number): LotOrder {
    return this.#accountOrders[account] ??= this.#newOrder(this.#rule.method);
  }

  #firstOpen(order: LotOrder): number {
    while (true) {
      const lot = order.first();
      if (lot < 0 || this.#amounts.isOpen(lot)) return lot;
      order.removeFirst();
    }
  }

  #newOrder(method: LotMethod): LotOrder {
    switch (method) {
      case "hifo":
      case "lofo":
        return new CostOrder((a, b) => this.#compareCosts(a, b), {
          isHighestFirst: method === "hifo",
        });
      default:
        return new TimeOrder({ isNewestFirst: method === "lifo" });
    }
  }

  #compareCosts(a: number, b: number): number {
    const { events } = this.#columns;
    const left = events[this.#lotEvents.at(a)];
    const right = events[this.#lotEvents.at(b)];
    return left && right ? compareUnitCosts(left, right) : 0;
  }

  /** The pool of average cost that a lot is in; one of unknown cost would spoil the average. */
  #poolOf(lot: number): number {
    if (this.#rule.method !== "acb") return NO_POOL;
    const isKnown = this.#columns.events[this.#lotEvents.at(lot)]?.isValued;
    if (!isKnown) return NO_POOL;
    return this.#rule.pools === "universal" ? 0 : this.#lotAccounts.at(lot);
  }

  /** Lets the rule of a year hold for what is open when it begins. */
  #enterYear(index: number, at: number): void {
    const { rule, until } = this.#ruleAt(at);
    const isSame = rule.method === this.#rule.method && rule.pools === this.#rule.pools;
    const isFirst = this.#ruleUntil === -Infinity;
    this.#ruleUntil = until;
    if (isSame && !isFirst) return;
    this.#dissolvePools();
    const wereCommon = this.#rule.pools === "universal";
    this.#rule = rule;
    if (wereCommon && rule.pools === "account") this.#relocate(index);
    this.#accountOrders = [];
    this.#commonOrder = rule.pools === "universal" ? this.#newOrder(rule.method) : null;
    for (const lot of this.#heldLots()) this.#place(lot);
  }

  #dissolvePools(): void {
    if (this.#rule.method !== "acb") return;
    for (const lot of this.#heldLots()) {
      const pool = this.#poolOf(lot);
      if (pool !== NO_POOL) this.#amounts.leavePool(lot, pool);
    }
  }

  #relocate(index: number): void {
    relocateLots(this.#heldLots(), {
      columns: this.#columns,
      amounts: this.#amounts,
      lots: this.lots,
      until: index,
      register: (lot, from, account) =>
        this.#register(lot, { event: this.#lotEvents.at(from), account, link: ARRIVED }),
    });
  }

  #heldLots(): number[] {
    const held: number[] = [];
    for (let lot = 0; lot < this.#lotEvents.length; lot++) {
      if (this.#lotLinks.at(lot) === ARRIVED && this.#amounts.isOpen(lot)) held.push(lot);
    }
    return held;
  }
}

function itemAt(events: readonly LotEvent[], index: number): LotEvent {
  const event = events[index];
  if (!event) throw new RangeError(`Cannot find event ${index}: ${events.length} exist`);
  return event;
}

function addTo<Key>(lists: Map<Key, number[]>, key: Key, lot: number): void {
  const list = lists.get(key);
  if (list) list.push(lot);
  else lists.set(key, [lot]);
}
