import { refreshRegions } from "./refresh_regions.ts";

/** What comes together is read together. */
const GATHER_MS = 1_000;
/** Between two readings of the page. */
const LEAST_MS = 60_000;

/** Has the regions of a page read again once they are outdated: soon, but not again at once. */
export class RegionReader {
  #readAt = performance.now();
  #due: ReturnType<typeof setTimeout> | undefined;

  /** Tells it that the page was made from older facts; nothing comes of it without regions. */
  outdate(): void {
    if (document.querySelector("[data-region]") === null) return;
    const waitMs = Math.max(GATHER_MS, this.#readAt + LEAST_MS - performance.now());
    this.#due ??= setTimeout(() => this.#read(), waitMs);
  }

  stop(): void {
    clearTimeout(this.#due);
  }

  #read(): void {
    this.#due = undefined;
    this.#readAt = performance.now();
    // Nobody looks: it is tried again later.
    if (document.hidden) this.outdate();
    else void refreshRegions();
  }
}
