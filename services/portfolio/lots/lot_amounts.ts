import type { EventColumns } from "./event_columns.ts";
import type { Exact } from "./exact.ts";

/**
 * The amounts of one asset's lots, pools and fractions; which lot is next is not its concern.
 * Events, lots, pools and fractions are named by their index; lots are numbered as they come.
 * Costs split so that parts add up: each takes its share of what is left, rounded down, and the
 * last takes the rest.
 *
 * A pool of average cost holds the cost of its lots, which then only have quantities; pool
 * `NO_POOL` stands for lots with a cost of their own.
 */
export interface LotAmounts {
  readonly quantityDecimals: number;
  readonly costDecimals: number;
  /**
   * Reads the amounts of the events anew from one on; those before it are as they were. Tells
   * whether they can be held: if not, these amounts are of no use any more.
   */
  load(columns: EventColumns, from: number): boolean;
  /**
   * Remembers lots, of which `open` are not used up, pools and fractions as they are. The answer
   * brings them back, as often as wanted; events are not its concern.
   */
  save(open: Int32Array): () => void;
  /** Forgets all lots, pools and fractions. */
  clear(): void;
  /** Opens the lot of an event. */
  openLot(event: number): void;
  /** Loads what an event takes, and what it is worth. */
  begin(event: number): void;
  /** Whether the event takes more. */
  hasNeed(): boolean;
  /** How much it still takes. */
  need(): bigint;
  /** Whether what it still takes is no more than a rounding error of its quantity. */
  isNeedDust(): boolean;
  isOpen(lot: number): boolean;
  /** Takes as much of a lot as is needed and there. */
  take(lot: number, pool: number): void;
  /** The same of a lot with a cost of its own, but no more than a quantity; tells how much. */
  takeUpTo(lot: number, most: bigint): bigint;
  /** Takes all that is needed from nowhere, at no cost. */
  takeMissing(): void;
  /** Ends the event: its last fraction gets the rest of the proceeds. */
  absorbDust(): void;
  /** Moves as much of a lot as is needed and there to a lot of its own. */
  move(lot: number, pool: number): void;
  /** Opens a lot, at no cost, of all that is needed. */
  moveMissing(): void;
  /** Moves so much of a lot to a lot of its own. */
  splitOff(lot: number, quantity: bigint): void;
  joinPool(lot: number, pool: number): void;
  /** Gives a lot its share of the pool's cost. */
  leavePool(lot: number, pool: number): void;
  /** A quantity in the units of these amounts. */
  unitsOf(quantity: Exact): bigint;
  lotQuantity(lot: number): bigint;
  lotCost(lot: number): bigint;
  fraction(index: number): FractionAmounts;
}

export const NO_POOL = -1;

export interface FractionAmounts {
  readonly quantity: bigint;
  readonly cost: bigint;
  readonly proceeds: bigint;
}

/** Shortfalls up to this share of a row's quantity are its maker's rounding: 1 of 10^12. */
export const DUST_PARTS = 1_000_000_000_000;
