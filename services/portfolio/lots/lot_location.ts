import { unitsAt } from "./exact.ts";
import type { EventColumns } from "./event_columns.ts";
import type { LotAmounts } from "./lot_amounts.ts";
import type { LotTable } from "./lot_table.ts";

interface Ledger {
  readonly columns: EventColumns;
  readonly amounts: LotAmounts;
  readonly lots: LotTable;
  /** The event before which the ledger is looked at. */
  readonly until: number;
  /** Adds the lot that was just split off one. */
  readonly register: (from: number, account: number) => void;
}

interface Part {
  readonly lot: number;
  readonly quantity: bigint;
}

/**
 * Spreads the lots of a common pool over the accounts by what each really holds, when pools
 * become separate: oldest first, a lot stays in its account as far as that holds so much; the
 * rest goes to accounts that hold more than their lots, in the order of their first row.
 */
export function relocateLots(held: Int32Array, ledger: Ledger): void {
  const { amounts, lots } = ledger;
  const room = balancesOf(ledger);
  const excess: Part[] = [];
  const oldestFirst = held.toSorted((a, b) => timeOf(a, ledger) - timeOf(b, ledger) || a - b);
  for (const lot of oldestFirst) {
    const account = lots.accountOf(lot);
    const quantity = amounts.lotQuantity(lot);
    const has = room.get(account) ?? 0n;
    const stays = least(quantity, has);
    room.set(account, has - stays);
    if (stays < quantity) excess.push({ lot, quantity: quantity - stays });
  }
  for (const account of room.keys()) {
    while ((room.get(account) ?? 0n) > 0n) {
      const part = excess.shift();
      if (!part) return;
      const free = room.get(account) ?? 0n;
      const quantity = least(part.quantity, free);
      room.set(account, free - quantity);
      moveTo(account, { ...part, quantity }, ledger);
      if (quantity < part.quantity) {
        excess.unshift({ lot: part.lot, quantity: part.quantity - quantity });
      }
    }
  }
}

function moveTo(account: number, { lot, quantity }: Part, ledger: Ledger): void {
  const { amounts, lots, register } = ledger;
  if (quantity === amounts.lotQuantity(lot)) return lots.relocate(lot, account);
  amounts.splitOff(lot, quantity);
  register(lot, account);
}

/**
 * What each account holds before an event by its rows, in the order of their first; what it
 * oversold is not owed.
 */
function balancesOf({ columns, amounts, until }: Ledger): Map<number, bigint> {
  const balances = new Map<number, bigint>();
  for (let index = 0; index < until; index++) {
    const event = columns.events[index];
    if (!event) break;
    const account = columns.account[index] ?? 0;
    const units = unitsAt(event.quantity, amounts.quantityDecimals);
    const isIn = event.kind === "open" || event.kind === "arrive";
    const balance = (balances.get(account) ?? 0n) + (isIn ? units : -units);
    balances.set(account, balance > 0n ? balance : 0n);
  }
  return balances;
}

function timeOf(lot: number, { columns, lots }: Ledger): number {
  return columns.times[lots.eventOf(lot)] ?? 0;
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
