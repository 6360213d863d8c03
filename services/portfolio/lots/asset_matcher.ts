import type { LotMethod, LotRule } from "../portfolio.ts";
import type { LotEvent } from "./lot_event.ts";
import { Checkpoints } from "./checkpoints.ts";
import { ARRIVE, compareUnitCosts, type EventColumns, LEAVE, OPEN, TAKE } from "./event_columns.ts";
import { IntColumn } from "./int_column.ts";
import { type LotAmounts, NO_POOL } from "./lot_amounts.ts";
import type { LotProblem } from "./lot_book.ts";
import { relocateLots } from "./lot_location.ts";
import { CostOrder, type LotOrder, TimeOrder } from "./lot_order.ts";
import { overdrawn, oversold, pickUnavailable } from "./lot_problem.ts";
import { ARRIVED, LOST, type LotPlace, LotTable } from "./lot_table.ts";

/** Events that are matched before others get their turn. */
const EVENTS_AT_ONCE = 10_000;
/** What holds before the first event. */
const NO_RULE: LotRule = { method: "fifo", pools: "account" };

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

/**
 * Matches the events of one asset in order. What it works out lies in columns: no object is made
 * for a lot or a fraction. When events change, it goes back to a checkpoint before the first of
 * them and matches what comes after.
 */
export class AssetMatcher {
  readonly #columns: EventColumns;
  readonly #amounts: LotAmounts;
  readonly #ruleAt: (at: number) => RuleSpan;
  readonly #checkpoints: Checkpoints;
  #rule = NO_RULE;
  #ruleUntil = -Infinity;

  readonly #lots = new LotTable();
  readonly #isByRow: boolean;
  /** Lots before this one are used up. */
  #oldest = 0;
  readonly #fractions: FractionColumns = { events: new IntColumn(), lots: new IntColumn() };
  readonly #problems: LotProblem[] = [];

  /** Of each account; and of all together, where they are one pool. */
  #accountOrders: LotOrder[] = [];
  #commonOrder: LotOrder | null = null;

  /** `isByRow` lets rows name the lots that they take. */
  constructor(
    columns: EventColumns,
    { amounts, ruleAt, isByRow, checkpointEvery }: {
      readonly amounts: LotAmounts;
      readonly ruleAt: (at: number) => RuleSpan;
      readonly isByRow: boolean;
      readonly checkpointEvery?: number | undefined;
    },
  ) {
    this.#columns = columns;
    this.#amounts = amounts;
    this.#ruleAt = ruleAt;
    this.#isByRow = isByRow;
    this.#checkpoints = new Checkpoints({ every: checkpointEvery });
  }

  get fractions(): FractionColumns {
    return this.#fractions;
  }

  get lots(): LotTable {
    return this.#lots;
  }

  get problems(): readonly LotProblem[] {
    return this.#problems;
  }

  /**
   * Matches the events, of which those before `from` are as they were the last time; afterwards
   * every open lot has its own cost. Yields now and then.
   */
  *run(from: number): Generator<void> {
    const { events: { length }, opens, takes } = this.#columns;
    this.#checkpoints.spreadOver(length);
    this.#lots.reserve(opens);
    this.#fractions.events.reserve(takes);
    this.#fractions.lots.reserve(takes);
    let index = this.#rewind(from);
    while (index < length) {
      const end = Math.min(length, index + EVENTS_AT_ONCE);
      this.#runTo(end, index);
      index = end;
      yield;
    }
    this.#dissolvePools();
  }

  #runTo(end: number, start: number): void {
    const { times } = this.#columns;
    let due = this.#checkpoints.next;
    for (let index = start; index < end; index++) {
      if (index >= due) {
        this.#save(index);
        due = this.#checkpoints.next;
      }
      const at = times[index] ?? 0;
      if (at >= this.#ruleUntil) this.#enterYear(index, at);
      this.#step(index);
    }
  }

  #save(index: number): void {
    const open = this.#openLots();
    const isOpen = (lot: number) => this.#amounts.isOpen(lot);
    const [rule, ruleUntil] = [this.#rule, this.#ruleUntil];
    const [fractions, problems] = [this.#fractions.lots.length, this.#problems.length];
    const restoreLots = this.#lots.save(open);
    const restoreAmounts = this.#amounts.save(open);
    const accountOrders = this.#accountOrders.map((order) => order.save(isOpen));
    const commonOrder = this.#commonOrder?.save(isOpen) ?? null;
    const restore = () => {
      this.#reset({ fractions, problems });
      restoreLots();
      restoreAmounts();
      [this.#rule, this.#ruleUntil] = [rule, ruleUntil];
      this.#accountOrders = accountOrders.map((order) => order());
      this.#commonOrder = commonOrder?.() ?? null;
    };
    this.#checkpoints.add({ index, lots: open.length, restore });
  }

  /** Goes back to where the events before `from` were matched, or further; tells up to where. */
  #rewind(from: number): number {
    const index = this.#checkpoints.rewind(from);
    if (index >= 0) return index;
    this.#reset({ fractions: 0, problems: 0 });
    this.#lots.clear();
    this.#amounts.clear();
    [this.#rule, this.#ruleUntil] = [NO_RULE, -Infinity];
    this.#accountOrders = [];
    this.#commonOrder = null;
    return 0;
  }

  #reset({ fractions, problems }: { readonly fractions: number; readonly problems: number }): void {
    this.#fractions.events.truncate(fractions);
    this.#fractions.lots.truncate(fractions);
    this.#problems.length = problems;
    this.#oldest = 0;
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
    this.#amounts.openLot(index);
    const account = this.#accountOf(index);
    this.#place(this.#register({ event: index, account, link: ARRIVED }));
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
    for (const { rowId, quantity } of this.#columns.picks.get(index) ?? []) {
      let left = this.#amounts.unitsOf(quantity);
      for (const lot of this.#lots.ofRow(rowId)) {
        const isHere = this.#lots.linkOf(lot) === ARRIVED &&
          (this.#commonOrder !== null || this.#lots.accountOf(lot) === account);
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
        amounts.move(lot, this.#poolOf(lot));
        this.#register({ event: this.#lots.eventOf(lot), account, link: event.link });
      }
    }
    if (!amounts.hasNeed() || isHeld && amounts.isNeedDust()) return;
    this.#problems.push(overdrawn(event, this.#missing()));
    if (event.link === LOST) return;
    amounts.moveMissing();
    this.#register({ event: index, account, link: event.link });
  }

  #arrive(index: number, { link }: LotEvent): void {
    for (const lot of this.#lots.arrive(link, this.#accountOf(index))) this.#place(lot);
  }

  #accountOf(index: number): number {
    return this.#columns.account[index] ?? 0;
  }

  #addFraction(event: number, lot: number): void {
    this.#fractions.events.push(event);
    this.#fractions.lots.push(lot);
  }

  /** Adds the lot that the amounts just made. */
  #register(place: LotPlace): number {
    const lot = this.#lots.add(place);
    const row = this.#isByRow ? this.#columns.events[place.event]?.row : undefined;
    if (row) this.#lots.nameBy(row.id, lot);
    return lot;
  }

  /** Puts a lot that arrived where the rule of the year looks for it. */
  #place(lot: number): void {
    const pool = this.#poolOf(lot);
    if (pool !== NO_POOL) this.#amounts.joinPool(lot, pool);
    const { method } = this.#rule;
    const event = this.#lots.eventOf(lot);
    const { times, unitCost } = this.#columns;
    const key = (method === "hifo" || method === "lofo" ? unitCost : times)[event] ?? 0;
    this.#orderOf(this.#lots.accountOf(lot)).push(lot, key);
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
    const left = events[this.#lots.eventOf(a)];
    const right = events[this.#lots.eventOf(b)];
    return left && right ? compareUnitCosts(left, right) : 0;
  }

  /** The pool of average cost that a lot is in; one of unknown cost would spoil the average. */
  #poolOf(lot: number): number {
    if (this.#rule.method !== "acb") return NO_POOL;
    const isKnown = this.#columns.events[this.#lots.eventOf(lot)]?.isValued;
    if (!isKnown) return NO_POOL;
    return this.#rule.pools === "universal" ? 0 : this.#lots.accountOf(lot);
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
      lots: this.#lots,
      until: index,
      register: (from, account) =>
        this.#register({ event: this.#lots.eventOf(from), account, link: ARRIVED }),
    });
  }

  #openLots(): Int32Array {
    const { length } = this.#lots;
    while (this.#oldest < length && !this.#amounts.isOpen(this.#oldest)) this.#oldest++;
    const open = new Int32Array(length - this.#oldest);
    let count = 0;
    for (let lot = this.#oldest; lot < length; lot++) {
      if (this.#amounts.isOpen(lot)) open[count++] = lot;
    }
    return open.slice(0, count);
  }

  /** Open lots that are in an account. */
  #heldLots(): Int32Array {
    return this.#openLots().filter((lot) => this.#lots.linkOf(lot) === ARRIVED);
  }
}

function itemAt(events: readonly LotEvent[], index: number): LotEvent {
  const event = events[index];
  if (!event) throw new RangeError(`Cannot find event ${index}: ${events.length} exist`);
  return event;
}
