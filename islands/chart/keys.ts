/** What a key does to a chart. */
export type ChartAction =
  | { readonly kind: "move"; readonly by: number }
  | { readonly kind: "first" | "last" | "clear" | "reset" }
  | { readonly kind: "zoom"; readonly factor: number };

/** Candles that a page key, or an arrow with Shift, moves by. */
const LEAP = 10;
/** A step of zoom by key or button. */
const ZOOM_STEP = 0.7;

/** The action of a key, `null` for one that is not the chart's. */
export function chartAction(key: string, { shift }: { shift: boolean }): ChartAction | null {
  switch (key) {
    case "ArrowLeft":
      return { kind: "move", by: shift ? -LEAP : -1 };
    case "ArrowRight":
      return { kind: "move", by: shift ? LEAP : 1 };
    case "PageUp":
      return { kind: "move", by: -LEAP };
    case "PageDown":
      return { kind: "move", by: LEAP };
    case "Home":
      return { kind: "first" };
    case "End":
      return { kind: "last" };
    case "+":
    case "=":
      return { kind: "zoom", factor: ZOOM_STEP };
    case "-":
    case "_":
      return { kind: "zoom", factor: 1 / ZOOM_STEP };
    case "0":
      return { kind: "reset" };
    case "Escape":
      return { kind: "clear" };
    default:
      return null;
  }
}
