/** How long a cell's tint takes to fade; the style sheet's animation is as long. */
export const FLASH_MS = 600;

/** Lets each cell flash at most once per tint, and so less than twice a second. */
export class FlashLimiter<Cell extends object> {
  readonly #last = new WeakMap<Cell, number>();

  /** Whether the cell may flash now; a yes counts as a flash. */
  take(cell: Cell, now: number): boolean {
    const last = this.#last.get(cell);
    if (last !== undefined && now - last < FLASH_MS) return false;
    this.#last.set(cell, now);
    return true;
  }
}
