import type { LotColumns } from "./asset_matcher.ts";
import { unitsAt } from "./exact.ts";
import type { EventColumns } from "./event_columns.ts";
import type { LotAmounts } from "./lot_amounts.ts";

interface Ledger {
  readonly columns: EventColumns;
  readonly amounts: LotAmounts;
  readonly lots: LotColumns;
  /** The event before which the ledger is looked at. */
  readonly until: number;
  readonly register: (lot: number, from: number, account: number) => void;
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
export function relocateLots(held: readonly number[], ledger: Ledger): void {
  const { amounts, lots, columns } = ledger;
  const room = balancesOf(ledger);
  const excess: Part[] = [];
  const oldestFirst = held.toSorted((a, b) => timeOf(a, ledger) - timeOf(b, ledger) || a - b);
  for (const lot of oldestFirst) {
    const account = lots.accounts.at(lot);
    const quantity = amounts.lotQuantity(lot);
    const stays = least(quantity, room[account] ?? 0n);
    room[account] = (room[account] ?? 0n) - stays;
    if (stays < quantity) excess.push({ lot, quantity: quantity - stays });
  }
  for (const account of columns.accounts.keys()) {
    while ((room[account] ?? 0n) > 0n) {
      const part = excess.shift();
      if (!part) return;
      const quantity = least(part.quantity, room[account] ?? 0n);
      room[account] = (room[account] ?? 0n) - quantity;
      moveTo(account, { ...part, quantity }, ledger);
      if (quantity < part.quantity) {
        excess.unshift({ lot: part.lot, quantity: part.quantity - quantity });
      }
    }
  }
}

function moveTo(account: number, { lot, quantity }: Part, ledger: Ledger): void {
  const { amounts, lots, register } = ledger;
  if (quantity === amounts.lotQuantity(lot)) lots.accounts.write(lot, account);
  else register(amounts.splitOff(lot, quantity), lot, account);
}

/** What each account holds before an event by its rows; what it oversold is not owed. */
function balancesOf({ columns, amounts, until }: Ledger): bigint[] {
  const balances = columns.accounts.map(() => 0n);
  for (let index = 0; index < until; index++) {
    const event = columns.events[index];
    if (!event) break;
    const account = columns.account[index] ?? 0;
    const units = unitsAt(event.quantity, amounts.quantityDecimals);
    const isIn = event.kind === "open" || event.kind === "arrive";
    const balance = (balances[account] ?? 0n) + (isIn ? units : -units);
    balances[account] = balance > 0n ? balance : 0n;
  }
  return balances;
}

function timeOf(lot: number, { columns, lots }: Ledger): number {
  return columns.times[lots.events.at(lot)] ?? 0;
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
