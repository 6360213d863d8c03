import type { LotMethod } from "../portfolio.ts";
import type { LotEvent } from "./lot_event.ts";
import { add, type Exact, multiply, parseExact } from "./exact.ts";
import type { LotOptions } from "./lot_book.ts";

/** A lot that a row names: which row acquired it, and how much of it. */
export interface EventPick {
  readonly rowId: string;
  readonly quantity: Exact;
}

/** The kinds of events as the numbers of a column. */
export const OPEN = 0;
export const TAKE = 1;
export const LEAVE = 2;
export const ARRIVE = 3;
const KINDS = { open: OPEN, take: TAKE, leave: LEAVE, arrive: ARRIVE };

/** The events of an asset as columns, but for their amounts. */
export class EventColumns {
  readonly #picksOf: NonNullable<LotOptions["picksOf"]> | null;
  readonly #isRanked: boolean;
  readonly #places = new Map<string, number>();
  readonly #accounts: string[] = [];
  readonly #picks = new Map<number, readonly EventPick[]>();
  #events: readonly LotEvent[] = [];
  #kinds = new Uint8Array(0);
  #times = new Float64Array(0);
  #account = new Int32Array(0);
  #unitCost = new Float64Array(0);

  constructor(options: LotOptions) {
    const methods = methodsOf(options);
    this.#picksOf = methods.includes("specid") ? options.picksOf ?? null : null;
    this.#isRanked = methods.some((method) => method === "hifo" || method === "lofo");
  }

  get events(): readonly LotEvent[] {
    return this.#events;
  }

  get kinds(): Uint8Array {
    return this.#kinds;
  }

  get times(): Float64Array {
    return this.#times;
  }

  /** Places in `accounts`. */
  get account(): Int32Array {
    return this.#account;
  }

  /** Every account that an event was ever in; an account keeps its place. */
  get accounts(): readonly string[] {
    return this.#accounts;
  }

  /** Of what opens, where costs are ranked: its unit cost, rounded to a float. */
  get unitCost(): Float64Array {
    return this.#unitCost;
  }

  /** Events that open a lot, and those that take from lots. */
  get opens(): number {
    return this.#countOf(OPEN);
  }

  get takes(): number {
    return this.#countOf(TAKE);
  }

  /** By event, where lots are named. */
  get picks(): ReadonlyMap<number, readonly EventPick[]> {
    return this.#picks;
  }

  /** Lays out the events anew from one on; those before it are as they were. */
  load(events: readonly LotEvent[], from: number): void {
    for (const index of this.#picks.keys()) if (index >= from) this.#picks.delete(index);
    this.#events = events;
    this.#reserve(events.length);
    for (let index = from; index < events.length; index++) {
      const event = events[index];
      if (event) this.#write(index, event);
    }
  }

  #countOf(kind: number): number {
    let count = 0;
    for (let index = 0; index < this.#events.length; index++) {
      if (this.#kinds[index] === kind) count++;
    }
    return count;
  }

  #write(index: number, event: LotEvent): void {
    const { at, row, kind } = event;
    this.#kinds[index] = KINDS[kind];
    this.#times[index] = at;
    this.#account[index] = this.#placeOf(row.account);
    const isRanked = this.#isRanked && kind === "open";
    this.#unitCost[index] = isRanked ? ratioOf(rankOf(event), event.quantity) : 0;
    const named = kind === "take" ? this.#picksOf?.(row.id) ?? [] : [];
    if (named.length === 0) return;
    this.#picks.set(
      index,
      named.map(({ rowId, quantity }) => ({ rowId, quantity: parseExact(quantity) })),
    );
  }

  #placeOf(account: string): number {
    const known = this.#places.get(account);
    if (known !== undefined) return known;
    const place = this.#accounts.push(account) - 1;
    this.#places.set(account, place);
    return place;
  }

  /** Makes room; the first time exactly, as most assets never change again. */
  #reserve(length: number): void {
    const room = this.#times.length;
    if (length <= room) return;
    const most = room === 0 ? length : Math.max(length, 2 * room);
    this.#kinds = new Uint8Array(this.#kinds.buffer.transfer(most));
    this.#times = new Float64Array(this.#times.buffer.transfer(8 * most));
    this.#account = new Int32Array(this.#account.buffer.transfer(4 * most));
    this.#unitCost = new Float64Array(this.#unitCost.buffer.transfer(8 * most));
  }
}

function ratioOf(a: Exact, b: Exact): number {
  return Number(a.units) / Number(b.units) * 10 ** (b.decimals - a.decimals);
}

/** The methods that a ledger uses, in any year. */
export function methodsOf({ rule, rulesByYear = {} }: LotOptions): LotMethod[] {
  return [rule, ...Object.values(rulesByYear)].map(({ method }) => method);
}

function rankOf({ rank, quantity, price, extra }: LotEvent): Exact {
  return rank ?? add(multiply(quantity, price), extra);
}

/** Orders two events by unit cost, exactly. */
export function compareUnitCosts(a: LotEvent, b: LotEvent): number {
  const aRank = rankOf(a);
  const bRank = rankOf(b);
  const left = aRank.units * b.quantity.units *
    10n ** BigInt(bRank.decimals + a.quantity.decimals);
  const right = bRank.units * a.quantity.units *
    10n ** BigInt(aRank.decimals + b.quantity.decimals);
  return left < right ? -1 : left > right ? 1 : 0;
}
