import { Signal } from "@preact/signals";
import { stringify } from "devalue";
import { isValidElement } from "preact";
import { isJsx, nestedSlot, slotId } from "./island_boundary.ts";

/** A computed signal has a getter for `value` and no setter. */
function isComputed(signal: object): boolean {
  for (let at: object | null = signal; at; at = Object.getPrototypeOf(at)) {
    const property = Object.getOwnPropertyDescriptor(at, "value");
    if (property) return property.set === undefined;
  }
  return false;
}

/** The slot of JSX, a new one if it lies deep inside a property. */
function slotOf(value: unknown): number | null {
  return slotId(value) ?? (isValidElement(value) && isJsx(value) ? nestedSlot(value) : null);
}

/** A reduction is wrapped in an array: a falsy one would mean that the value is not of the kind. */
const REDUCERS = {
  Slot(value: unknown) {
    const id = slotOf(value);
    return id === null ? false : [id];
  },
  Computed: (value: unknown) =>
    value instanceof Signal && isComputed(value) ? [value.peek()] : false,
  Signal: (value: unknown) => value instanceof Signal ? [value.peek()] : false,
};

/**
 * The properties of a page's islands as text. Values that appear twice are written once, so what
 * was shared on the server is shared in the browser.
 */
export function encodeProps(props: readonly Readonly<Record<string, unknown>>[]): string {
  return stringify(props, REDUCERS);
}

/** JavaScript source of a string that is safe inside a `<script>` element. */
export function toScriptString(text: string): string {
  return JSON.stringify(text)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}
