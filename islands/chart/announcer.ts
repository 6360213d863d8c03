/** A key held down is not commented on; where it comes to rest is. */
const SETTLE_MS = 300;

/**
 * Passes on the last of the texts it gets, once they settle. It answers the reader's own keys; what
 * changes without being asked for belongs into a region that speaks more rarely.
 */
export class Announcer {
  readonly #say: (text: string) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  announce(text: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#say(text), SETTLE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
