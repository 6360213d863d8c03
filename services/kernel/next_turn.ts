/**
 * Lets everybody else have a turn: who computes for long, or reads from the embedded database,
 * which answers without ever yielding, waits for this now and then.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
