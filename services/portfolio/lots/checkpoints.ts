/** How the matching of an asset stood before an event. */
export interface Checkpoint {
  /** The event. */
  readonly index: number;
  /** The lots that it remembers, which is what its memory depends on. */
  readonly lots: number;
  /** Brings the matching back, as often as wanted. */
  readonly restore: () => void;
}

/** Fewer events are matched again faster than anything is remembered. */
const FIRST_GAP = 256;
const MAX_KEPT = 32;
/** Lots that all checkpoints together may remember for each event that was matched. */
const LOTS_PER_EVENT = 2;

/**
 * The checkpoints of one asset, evenly spread over its events. There are at most 32, and together
 * they remember at most two lots for each event: when there are more, every other one goes and the
 * distance doubles. So a change costs a new match of at most a sixteenth of the events beside
 * those that come after it, where lots do not pile up.
 */
export class Checkpoints {
  #kept: Checkpoint[] = [];
  #gap: number;

  constructor({ every = FIRST_GAP }: { readonly every?: number | undefined } = {}) {
    this.#gap = every;
  }

  /** Spreads checkpoints over so many events: what would be thinned out anyway is not taken. */
  spreadOver(events: number): void {
    this.#gap = Math.max(this.#gap, Math.ceil(events / MAX_KEPT));
  }

  /** Before which event the next one should be taken. */
  get next(): number {
    return (this.#kept.at(-1)?.index ?? 0) + this.#gap;
  }

  add(checkpoint: Checkpoint): void {
    this.#kept.push(checkpoint);
    const room = LOTS_PER_EVENT * checkpoint.index;
    while (this.#kept.length > MAX_KEPT || this.#kept.length > 1 && this.#lots() > room) {
      // The latest stays: changes near the end are the most frequent.
      const odd = (this.#kept.length - 1) % 2;
      this.#kept = this.#kept.filter((_, place) => place % 2 === odd);
      this.#gap *= 2;
    }
  }

  /** Restores the latest that is not behind an event, and forgets later ones; its event, or -1. */
  rewind(index: number): number {
    while ((this.#kept.at(-1)?.index ?? -1) > index) this.#kept.pop();
    const latest = this.#kept.at(-1);
    latest?.restore();
    return latest?.index ?? -1;
  }

  #lots(): number {
    return this.#kept.reduce((sum, { lots }) => sum + lots, 0);
  }
}
