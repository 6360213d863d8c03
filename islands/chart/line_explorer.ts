import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { LineSet } from "../../components/charts/lines.ts";
import { barsBefore, type BarWindow, lineWindow } from "../../components/charts/line_window.ts";
import type { Explorable, Point } from "./gestures.ts";
import type { ChartAction } from "./keys.ts";
import {
  clampWindow,
  followWindow,
  isFullWindow,
  panWindow,
  revealSlot,
  zoomWindow,
} from "./viewport.ts";

/** What a reader does with a chart of lines: which bars are in view, and which one is read. */
export class LineExplorer implements Explorable {
  readonly #set;
  readonly #window = signal<BarWindow | null>(null);
  readonly #cursor = signal<number | null>(null);
  /** The bars in view. */
  readonly shown: ReadonlySignal<LineSet>;
  /** The bar under the crosshair, an index of `shown`; `null` without one or out of view. */
  readonly cursor: ReadonlySignal<number | null>;
  #plotWidth: () => number = () => 1;

  constructor(set: LineSet) {
    this.#set = signal(set);
    this.shown = computed(() => lineWindow(this.#set.value, this.#bars));
    this.cursor = computed(() => {
      const at = this.#cursor.value;
      if (at === null) return null;
      const inView = at - this.#first;
      return inView >= 0 && inView < this.shown.value.length ? inView : null;
    });
  }

  get #bars(): BarWindow {
    return this.#window.value ?? { from: 0, to: this.#set.value.length };
  }

  get #first(): number {
    return Math.max(0, Math.round(this.#bars.from));
  }

  get isWhole(): boolean {
    return isFullWindow(this.#bars, this.#set.value.length);
  }

  /** One bar stands at each end of the plot: there is a slot fewer than there are bars. */
  get slotsPerPx(): number {
    return Math.max(1, this.shown.value.length - 1) / Math.max(1, this.#plotWidth());
  }

  /** Tells how wide the plot is whenever that is asked for. */
  measureWith(plotWidth: () => number): void {
    this.#plotWidth = plotWidth;
  }

  /** Shows a newer set: the reader's window stays where it is in time. */
  follow(set: LineSet): void {
    const before = this.#set.value;
    if (set === before) return;
    const window = this.#window.value;
    this.#set.value = set;
    if (window === null) return;
    const moved = followWindow(window, {
      before: before.length,
      after: set.length,
      shift: barsBefore(before, set),
    });
    this.#show(set.stepMs === before.stepMs ? moved : { from: 0, to: set.length });
  }

  slotAt(x: number): number {
    return this.#first + x * this.slotsPerPx;
  }

  pointAt({ x }: Point): void {
    const last = this.shown.value.length - 1;
    const at = Math.round(x * this.slotsPerPx);
    this.#cursor.value = this.#first + Math.min(last, Math.max(0, at));
  }

  clear(): void {
    this.#cursor.value = null;
  }

  pan(slots: number): void {
    this.#show(panWindow(this.#bars, this.#set.value.length, { by: slots }));
  }

  zoom(factor: number, anchor: number = this.#cursor.value ?? this.#bars.to): void {
    this.#show(zoomWindow(this.#bars, this.#set.value.length, { factor, anchor }));
  }

  reset(): void {
    this.#window.value = null;
  }

  /** Does what a key means; whether there is now a bar to tell of. */
  act(action: ChartAction, { newest }: { readonly newest: number }): boolean {
    const end = this.#set.value.length - 1;
    switch (action.kind) {
      case "move": {
        const from = this.#cursor.value ?? this.#first + newest;
        return this.#moveTo(Math.min(end, Math.max(0, from + action.by)));
      }
      case "first":
        return this.#moveTo(0);
      case "last":
        return this.#moveTo(end);
      case "zoom":
        this.zoom(action.factor);
        return false;
      case "reset":
        this.reset();
        return false;
      case "clear":
        this.clear();
        return false;
    }
  }

  #moveTo(at: number): boolean {
    this.#cursor.value = at;
    this.#show(revealSlot(this.#bars, this.#set.value.length, { slot: at, width: 1 }));
    return true;
  }

  #show(window: BarWindow): void {
    const { length } = this.#set.value;
    const clamped = clampWindow(window, length);
    this.#window.value = isFullWindow(clamped, length) ? null : clamped;
  }
}
