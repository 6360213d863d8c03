import type { ChartWindow } from "../../components/charts/candles_frame.ts";

/** Fewer slots than this tell nothing more. */
const MIN_SLOTS = 8;

/** Keeps a window inside `slots` and no narrower than `MIN_SLOTS`, moving it before cutting it. */
export function clampWindow({ from, to }: ChartWindow, slots: number): ChartWindow {
  const span = Math.min(slots, Math.max(Math.min(MIN_SLOTS, slots), to - from));
  const start = Math.min(Math.max(0, from), slots - span);
  return { from: start, to: start + span };
}

/** Moves a window back to the last of the bars where it would show only the tail behind them. */
export function keepBars({ from, to }: ChartWindow, bars: number): ChartWindow {
  const back = Math.max(0, from - Math.max(0, bars - MIN_SLOTS));
  return { from: from - back, to: to - back };
}

/**
 * A window `factor` times as wide, with the slot `anchor` kept at its place on the screen.
 * Below 1 it zooms in.
 */
export function zoomWindow(
  window: ChartWindow,
  slots: number,
  { factor, anchor }: { factor: number; anchor: number },
): ChartWindow {
  const span = window.to - window.from;
  const wanted = Math.min(slots, Math.max(Math.min(MIN_SLOTS, slots), span * factor));
  const share = (anchor - window.from) / span;
  const from = anchor - share * wanted;
  return clampWindow({ from, to: from + wanted }, slots);
}

/** The window moved by `by` slots, as far as there are any. */
export function panWindow(
  window: ChartWindow,
  slots: number,
  { by }: { by: number },
): ChartWindow {
  return clampWindow({ from: window.from + by, to: window.to + by }, slots);
}

/** The window moved just so far that `slot` is in view. */
export function revealSlot(
  window: ChartWindow,
  slots: number,
  { slot, width }: { slot: number; width: number },
): ChartWindow {
  if (slot < window.from) return panWindow(window, slots, { by: slot - window.from });
  const over = slot + width - window.to;
  return over > 0 ? panWindow(window, slots, { by: over }) : window;
}

/**
 * The window over newer bars of the same series: everything stays everything, the end stays the
 * end, and what lies between stays where it is in time. `shift` is how many slots the newer series
 * begins earlier.
 */
export function followWindow(
  window: ChartWindow,
  { before, after, shift }: { before: number; after: number; shift: number },
): ChartWindow {
  if (isFullWindow(window, before)) return { from: 0, to: after };
  const by = window.to >= before ? after - window.to : shift;
  return panWindow(window, after, { by });
}

/** Whether a window shows everything there is. */
export function isFullWindow({ from, to }: ChartWindow, slots: number): boolean {
  return from <= 0 && to >= slots;
}
