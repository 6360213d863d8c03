import { computed, signal } from "@preact/signals";
import { parse } from "devalue";

/** Stands in properties for JSX that the server rendered. */
export class SlotReference {
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }
}

const REVIVERS = {
  Slot: ([id]: [number]) => new SlotReference(id),
  Computed: ([value]: [unknown]) => computed(() => value),
  Signal: ([value]: [unknown]) => signal(value),
};

/** Reads what the server wrote with `encodeProps`, shared values included. */
export function decodeProps(text: string): Record<string, unknown>[] {
  return parse(text, REVIVERS) as Record<string, unknown>[];
}
