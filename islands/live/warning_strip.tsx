import { render } from "preact";
import type { PoolMark } from "../../components/pools/PoolMarks.tsx";
import { PoolWarningLine, PoolWarningWords } from "../../components/pools/PoolWarnings.tsx";

/**
 * The warnings of a pool's page as its readings change them. Nothing else moves by that: the line
 * keeps its height, and the words the room that they had when they were opened.
 */
export class WarningStrip {
  readonly #line: HTMLElement;
  readonly #words: HTMLElement;
  readonly #details: HTMLDetailsElement;
  #warnings: readonly PoolMark[] | null = null;
  #told = "";

  private constructor(
    details: HTMLDetailsElement,
    { line, words }: { readonly line: HTMLElement; readonly words: HTMLElement },
  ) {
    this.#details = details;
    this.#line = line;
    this.#words = words;
    details.addEventListener("toggle", () => this.#open());
  }

  /** The strip that an element is, or `null` where it is none. */
  static of(root: HTMLElement): WarningStrip | null {
    const line = root.querySelector<HTMLElement>("[data-warning-line]");
    const words = root.querySelector<HTMLElement>("[data-warning-words]");
    if (!(root instanceof HTMLDetailsElement) || line === null || words === null) return null;
    return new WarningStrip(root, { line, words });
  }

  write(warnings: readonly PoolMark[]): void {
    const told = JSON.stringify(warnings);
    if (told === this.#told) return;
    this.#told = told;
    this.#warnings = warnings;
    this.#writeLine(warnings);
    if (!this.#details.open) return;
    this.#words.style.blockSize = `${this.#words.offsetHeight}px`;
    // What no longer fits is scrolled to, by keys as well.
    this.#words.tabIndex = 0;
    this.#writeWords(warnings);
  }

  /** Who opens or closes it gives it the room that it takes. */
  #open(): void {
    this.#words.style.blockSize = "";
    this.#words.removeAttribute("tabindex");
    if (this.#warnings === null) return;
    this.#writeLine(this.#warnings);
    if (this.#details.open) this.#writeWords(this.#warnings);
  }

  #writeLine(warnings: readonly PoolMark[]): void {
    const { open } = this.#details;
    render(<PoolWarningLine warnings={warnings} isOpen={open} />, this.#line);
  }

  #writeWords(warnings: readonly PoolMark[]): void {
    render(<PoolWarningWords warnings={warnings} />, this.#words);
  }
}
