import { setImmediate as nextTurn } from "node:timers/promises";

/**
 * While it has other work, the runtime looks at its sockets once in 61 turns (Tokio's
 * `event_interval`): with fewer a request waits for several rests. A turn without work takes some
 * microseconds; a timer of no time at all takes two milliseconds.
 */
const TURNS = 64;

/**
 * Lets everything that waits run: who computes for long, or reads from the embedded database, which
 * answers without ever yielding, waits for this now and then.
 */
export async function giveWay(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await nextTurn();
}
