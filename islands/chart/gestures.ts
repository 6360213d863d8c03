import { slotAt } from "../../components/charts/candles_frame.ts";
import type { ChartView } from "./chart_view.ts";

/** A press that moves less is a tap. */
const DRAG_PX = 4;
/** Pixels of wheel that double or halve the window. */
const WHEEL_PX_PER_OCTAVE = 480;
const WHEEL_LINE_PX = 16;

interface Point {
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
  readonly #view: ChartView;
  readonly #pointers = new Map<number, Point>();
  #isDragging = false;

  constructor(plot: HTMLElement, view: ChartView, signal: AbortSignal) {
    this.#plot = plot;
    this.#view = view;
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
    const { frame } = this.#view;
    const slots = (frame.window.to - frame.window.from) / frame.plotWidth;
    this.#view.pan(-moved * slots);
    this.#view.pointAt(point);
  }

  #pinch(pointerId: number, point: Point): void {
    const before = pinchOf([...this.#pointers.values()]);
    this.#pointers.set(pointerId, point);
    const after = pinchOf([...this.#pointers.values()]);
    if (before === null || after === null) return;
    const { frame } = this.#view;
    const anchor = slotAt(frame, before.middle);
    this.#view.zoom(before.spread / after.spread, anchor);
    const slots = (frame.window.to - frame.window.from) / frame.plotWidth;
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
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? WHEEL_LINE_PX : 1;
    const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    const delta = (isSideways ? event.deltaX || event.deltaY : event.deltaY) * unit;
    // With nothing left to zoom out of, the wheel is the page's again.
    if (this.#view.isWhole && (isSideways || delta > 0) && !event.ctrlKey) return;
    event.preventDefault();
    const { frame } = this.#view;
    const point = this.#point(event);
    if (isSideways) {
      this.#view.pan(delta * (frame.window.to - frame.window.from) / frame.plotWidth);
    } else {
      this.#view.zoom(2 ** (delta / WHEEL_PX_PER_OCTAVE), slotAt(frame, point.x));
    }
    this.#view.pointAt(point);
  }
}
