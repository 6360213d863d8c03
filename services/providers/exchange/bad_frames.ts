import { MINUTE_MS, type UtcMs } from "../../kernel/time.ts";

const MAX_KEPT_PER_MINUTE = 10;
const MAX_KEPT_CHARS = 2_000;

/** A frame that could not be read, cut to 2,000 characters. */
export interface BadFrame {
  readonly venue: string;
  readonly frame: string;
  readonly reason: string;
  readonly at: UtcMs;
}

/** Counts every unreadable frame and hands on at most ten a minute. */
export class BadFrames {
  readonly #keep: (bad: BadFrame) => void;
  #count = 0;
  #kept = 0;
  #minute = -1;

  constructor(keep: (bad: BadFrame) => void) {
    this.#keep = keep;
  }

  get count(): number {
    return this.#count;
  }

  add(bad: BadFrame): void {
    this.#count++;
    const minute = Math.floor(bad.at / MINUTE_MS);
    if (minute !== this.#minute) this.#kept = 0;
    this.#minute = minute;
    if (this.#kept >= MAX_KEPT_PER_MINUTE) return;
    this.#kept++;
    this.#keep({ ...bad, frame: bad.frame.slice(0, MAX_KEPT_CHARS) });
  }
}
