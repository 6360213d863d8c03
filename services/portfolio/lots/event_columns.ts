import type { AssetPlan, LotEvent } from "./asset_plan.ts";
import type { LotMethod } from "../portfolio.ts";
import { add, type Exact, multiply, parseExact } from "./exact.ts";
import type { LotOptions, LotPick } from "./lot_book.ts";

/** A lot that a row names: which row acquired it. */
export interface EventPick {
  readonly rowId: string;
  /** Its quantity is at this place of `pickQuantities`. */
  readonly index: number;
}

/** The kinds of events as the numbers of a column. */
export const OPEN = 0;
export const TAKE = 1;
export const LEAVE = 2;
export const ARRIVE = 3;
const KINDS = { open: OPEN, take: TAKE, leave: LEAVE, arrive: ARRIVE };

/** The events of an asset as columns, but for their amounts. */
export interface EventColumns {
  readonly events: readonly LotEvent[];
  readonly kinds: Uint8Array;
  readonly times: Float64Array;
  /** Places in `accounts`. */
  readonly account: Int32Array;
  readonly accounts: readonly string[];
  /** Of what opens, where costs are ranked: its unit cost, rounded to a float. */
  readonly unitCost: Float64Array;
  readonly picks: ReadonlyMap<number, readonly EventPick[]>;
  readonly pickQuantities: readonly Exact[];
}

/** Lays out the events of an asset. */
export function columnsOf({ events }: AssetPlan, options: LotOptions): EventColumns {
  const kinds = new Uint8Array(events.length);
  const times = new Float64Array(events.length);
  const account = new Int32Array(events.length);
  const unitCost = new Float64Array(events.length);
  const places = new Map<string, number>();
  const isRanked = methodsOf(options).some((method) => method === "hifo" || method === "lofo");
  const picks = new Map<number, readonly EventPick[]>();
  const pickQuantities: Exact[] = [];
  for (const [index, event] of events.entries()) {
    const { at, row, kind } = event;
    kinds[index] = KINDS[kind];
    times[index] = at;
    let place = places.get(row.account);
    if (place === undefined) {
      place = places.size;
      places.set(row.account, place);
    }
    account[index] = place;
    if (isRanked && kind === "open") unitCost[index] = ratioOf(rankOf(event), event.quantity);
    const named = kind === "take" ? options.picksOf?.(row.id) ?? [] : [];
    if (named.length > 0) picks.set(index, named.map((pick) => addPick(pick, pickQuantities)));
  }
  const accounts = [...places.keys()];
  return { events, kinds, times, account, accounts, unitCost, picks, pickQuantities };
}

function addPick({ rowId, quantity }: LotPick, quantities: Exact[]): EventPick {
  return { rowId, index: quantities.push(parseExact(quantity)) - 1 };
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
