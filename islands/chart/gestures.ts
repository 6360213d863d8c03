/** A chart that can be read and moved: its bars stand in slots of equal width. */
export interface Explorable {
  /** Whether everything is in view. */
  readonly isWhole: boolean;
  /** Slots that a pixel of the plot stands for. */
  readonly slotsPerPx: number;
  /** The slot at a distance from the plot's left edge. */
  slotAt(x: number): number;
  /** Puts the crosshair on the bar nearest to a point of the plot. */
  pointAt(point: Point): void;
  clear(): void;
  pan(slots: number): void;
  /** Widens (above 1) or narrows what is in view around a slot. */
  zoom(factor: number, anchor: number): void;
  reset(): void;
}

export interface GestureOptions {
  readonly signal: AbortSignal;
  /**
   * Whether the wheel is the chart's alone: on a page of many charts it is the page's until the
   * chart has the focus, or Ctrl is held.
   */
  readonly ownsWheel: boolean;
}

/** A press that moves less is a tap. */
const DRAG_PX = 4;
/** Pixels of wheel that double or halve the window. */
const WHEEL_PX_PER_OCTAVE = 480;
const WHEEL_LINE_PX = 16;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Two fingers: where their middle is and how far apart they are. */
function pinchOf([a, b]: readonly Point[]): { middle: number; spread: number } | null {
  if (a === undefined || b === undefined) return null;
  return { middle: (a.x + b.x) / 2, spread: Math.max(1, Math.abs(a.x - b.x)) };
}

/** Pointer and wheel over a plot: hover reads, drag pans, wheel and two fingers zoom. */
export class ChartGestures {
  readonly #plot: HTMLElement;
  readonly #view: Explorable;
  readonly #ownsWheel: boolean;
  readonly #pointers = new Map<number, Point>();
  #isDragging = false;

  constructor(plot: HTMLElement, view: Explorable, { signal, ownsWheel }: GestureOptions) {
    this.#plot = plot;
    this.#view = view;
    this.#ownsWheel = ownsWheel;
    plot.addEventListener("pointerdown", (event) => this.#press(event), { signal });
    plot.addEventListener("pointermove", (event) => this.#move(event), { signal });
    for (const type of ["pointerup", "pointercancel"] as const) {
      plot.addEventListener(type, (event) => this.#release(event), { signal });
    }
    plot.addEventListener("pointerleave", (event) => this.#leave(event), { signal });
    plot.addEventListener("dblclick", () => view.reset(), { signal });
    plot.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
  }

  #point(event: MouseEvent): Point {
    const box = this.#plot.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#pointers.set(event.pointerId, this.#point(event));
    if (event.pointerType !== "mouse") this.#view.pointAt(this.#point(event));
  }

  #move(event: PointerEvent): void {
    const point = this.#point(event);
    const before = this.#pointers.get(event.pointerId);
    if (before === undefined) return this.#view.pointAt(point);
    if (this.#pointers.size > 1) return this.#pinch(event.pointerId, point);
    const moved = point.x - before.x;
    if (!this.#isDragging && Math.abs(moved) < DRAG_PX) return;
    if (!this.#isDragging) {
      this.#isDragging = true;
      // From here on the drag goes on outside of the plot; a plain click never captures.
      this.#plot.setPointerCapture(event.pointerId);
      this.#plot.dataset["dragging"] = "";
    }
    this.#pointers.set(event.pointerId, point);
    this.#view.pan(-moved * this.#view.slotsPerPx);
    this.#view.pointAt(point);
  }

  #pinch(pointerId: number, point: Point): void {
    const before = pinchOf([...this.#pointers.values()]);
    this.#pointers.set(pointerId, point);
    const after = pinchOf([...this.#pointers.values()]);
    if (before === null || after === null) return;
    const anchor = this.#view.slotAt(before.middle);
    const slots = this.#view.slotsPerPx;
    this.#view.zoom(before.spread / after.spread, anchor);
    this.#view.pan((before.middle - after.middle) * slots);
  }

  #release(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    if (this.#pointers.size > 0) return;
    this.#isDragging = false;
    delete this.#plot.dataset["dragging"];
  }

  #leave(event: PointerEvent): void {
    if (event.pointerType === "mouse" && !this.#isDragging) this.#view.clear();
  }

  #wheel(event: WheelEvent): void {
    const isOurs = this.#ownsWheel || event.ctrlKey || document.activeElement === this.#plot;
    if (!isOurs) return;
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? WHEEL_LINE_PX : 1;
    const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    const delta = (isSideways ? event.deltaX || event.deltaY : event.deltaY) * unit;
    // With nothing left to zoom out of, the wheel is the page's again.
    if (this.#view.isWhole && (isSideways || delta > 0) && !event.ctrlKey) return;
    event.preventDefault();
    const point = this.#point(event);
    if (isSideways) this.#view.pan(delta * this.#view.slotsPerPx);
    else this.#view.zoom(2 ** (delta / WHEEL_PX_PER_OCTAVE), this.#view.slotAt(point.x));
    this.#view.pointAt(point);
  }
}
