import type { LiveTimer } from "../api/live_state.ts";

/** A region that speaks more often than this talks over what its listener does. */
export const SPEECH_EVERY_MS = 5_000;

/** Says the last of the texts it gets, and never two within `SPEECH_EVERY_MS`. */
export class PoliteSpeech {
  readonly #say: (text: string) => void;
  readonly #timer: LiveTimer;
  #pending: string | null = null;
  #isQuiet = false;
  #stopWait = () => {};

  constructor(say: (text: string) => void, { timer }: { readonly timer: LiveTimer }) {
    this.#say = say;
    this.#timer = timer;
  }

  say(text: string): void {
    this.#pending = text;
    if (!this.#isQuiet) this.#speak();
  }

  stop(): void {
    this.#stopWait();
  }

  #speak(): void {
    if (this.#pending === null) return;
    this.#say(this.#pending);
    this.#pending = null;
    this.#isQuiet = true;
    this.#stopWait = this.#timer.after(SPEECH_EVERY_MS, () => {
      this.#isQuiet = false;
      this.#speak();
    });
  }
}
